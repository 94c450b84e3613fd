#include "harness/measure/runner.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <memory>
#include <regex>

#include "harness/error.hpp"

namespace gpugauge {
namespace {

/// What Google Benchmark appends to the name of a benchmark that is registered as ours are.
constexpr std::string_view kRegisteredSuffix = "/iterations:1/manual_time";

/// Hands each outcome to the observer once Google Benchmark reports its run, and the run to its own
/// reporter if the user asked for one.
class OutcomeReporter : public benchmark::BenchmarkReporter {
 public:
  OutcomeReporter(RunObserver& observer, std::unique_ptr<benchmark::BenchmarkReporter> inner)
      : observer_(observer), inner_(std::move(inner)) {}

  void add(CaseOutcome outcome) { outcomes_.push_back(std::move(outcome)); }
  bool stopped() const { return error_ != nullptr; }
  void stop(std::exception_ptr error) {
    if (!error_) error_ = std::move(error);
  }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  bool ReportContext(const Context& context) override {
    return !inner_ || inner_->ReportContext(context);
  }

  void ReportRuns(const std::vector<Run>& runs) override {
    if (stopped()) return;
    if (inner_) inner_->ReportRuns(runs);
    try {
      for (const CaseOutcome& outcome : outcomes_) observer_.on_outcome(outcome);
    } catch (...) {
      stop(std::current_exception());
    }
    outcomes_.clear();
  }

  void Finalize() override {
    if (inner_) inner_->Finalize();
  }

 private:
  RunObserver& observer_;
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  std::vector<CaseOutcome> outcomes_;
  std::exception_ptr error_;
};

void report_measured(benchmark::State& state, const Measurement& m) {
  state.SetIterationTime(m.time_ns.value * 1e-9);
  // A counter of zero becomes NaN in the library's own `cv` aggregate.
  if (m.work.bytes > 0) state.counters["bytes_per_second"] = m.gbps() * 1e9;
  if (m.work.flops > 0) state.counters["flops_per_second"] = m.tflops() * 1e12;
}

/// The benchmark's body. No exception leaves it: it would end the process and truncate the
/// library's own output.
void run_body(benchmark::State& state, const PlannedCase& planned, Device& device,
              const SamplerHooks& hooks, RunObserver& observer, OutcomeReporter& reporter) {
  if (reporter.stopped()) {
    state.SkipWithError("the run was stopped");
    return;
  }
  try {
    observer.on_start(planned);
    SamplerHooks case_hooks = hooks;
    case_hooks.progress = [&](const Estimate& time_ns, int samples) {
      observer.on_progress(planned, time_ns, samples);
    };
    CaseOutcome outcome = measure_case(planned, device, case_hooks);
    if (const auto* none = std::get_if<NotMeasured>(&outcome.result)) {
      state.SkipWithError(none->reason.c_str());
    } else {
      for ([[maybe_unused]] auto iteration : state)
        report_measured(state, std::get<Measurement>(outcome.result));
    }
    reporter.add(std::move(outcome));
  } catch (...) {
    reporter.stop(std::current_exception());
    state.SkipWithError("the run was stopped");
  }
}

std::unique_ptr<benchmark::BenchmarkReporter> own_reporter(const BenchmarkArguments& arguments) {
  if (!arguments.own_output) return nullptr;
  for (const std::string& argument : arguments.passed_on) {
    if (argument == "--benchmark_format=json") return std::make_unique<benchmark::JSONReporter>();
    if (argument == "--benchmark_format=console")
      return std::make_unique<benchmark::ConsoleReporter>();
  }
  throw UsageError("--benchmark_format: expected json or console");
}

void initialize_library(const BenchmarkArguments& arguments) {
  std::vector<std::string> words{"gpugauge"};
  words.insert(words.end(), arguments.passed_on.begin(), arguments.passed_on.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw UsageError(fmt::format("'{}' is not an option of Google Benchmark", argv[1]));
}

}  // namespace

double monotonic_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

BenchmarkArguments parse_benchmark_arguments(const std::vector<std::string>& arguments) {
  constexpr std::string_view kFilter = "--benchmark_filter=";
  BenchmarkArguments parsed;
  for (const std::string& argument : arguments) {
    if (argument.rfind("--benchmark_", 0) != 0 && argument.rfind("--v=", 0) != 0) {
      throw UsageError(fmt::format(
          "'{}' after '--': expected an option of Google Benchmark (--benchmark_…)", argument));
    }
    if (argument.rfind(kFilter, 0) == 0) {
      parsed.filter = argument.substr(kFilter.size());
      continue;
    }
    if (argument == "--benchmark_list_tests" || argument == "--benchmark_list_tests=true")
      parsed.list_tests = true;
    if (argument.rfind("--benchmark_format=", 0) == 0) parsed.own_output = true;
    parsed.passed_on.push_back(argument);
  }
  return parsed;
}

void apply_filter(Plan& plan, const std::string& filter) {
  const bool negated = !filter.empty() && filter.front() == '-';
  const std::string pattern = filter == "all" ? "." : filter.substr(negated ? 1 : 0);
  std::regex expression;
  try {
    expression = std::regex(pattern, std::regex::extended);
  } catch (const std::regex_error& error) {
    throw UsageError(
        fmt::format("filter '{}' is not a regular expression: {}", filter, error.what()));
  }
  const auto matches = [&](const PlannedCase& planned) {
    const std::string registered = planned.name + std::string(kRegisteredSuffix);
    return std::regex_search(planned.name, expression) || std::regex_search(registered, expression);
  };
  const std::size_t before = plan.cases.size();
  std::erase_if(plan.cases,
                [&](const PlannedCase& planned) { return matches(planned) == negated; });
  if (plan.cases.empty()) {
    throw UsageError(
        fmt::format("filter '{}' matches none of the plan's {} cases; gpugauge list shows them",
                    filter, before));
  }
}

void run_cases(const Plan& plan, Device& device, const BenchmarkArguments& arguments,
               RunObserver& observer, const std::function<bool()>& stop_requested) {
  initialize_library(arguments);
  OutcomeReporter reporter(observer, own_reporter(arguments));
  const SamplerHooks hooks{
      .now_seconds = monotonic_seconds, .stop_requested = stop_requested, .progress = {}};
  for (const PlannedCase& planned : plan.cases) {
    if (planned.unsupported) {
      // An error row of zero time would spoil what other tools make of the library's own output.
      observer.on_outcome(measure_case(planned, device, hooks));
      continue;
    }
    benchmark::RegisterBenchmark(planned.name.c_str(),
                                 [&](benchmark::State& state) {
                                   run_body(state, planned, device, hooks, observer, reporter);
                                 })
        ->Iterations(1)
        ->UseManualTime();
  }
  benchmark::RunSpecifiedBenchmarks(&reporter);
  benchmark::ClearRegisteredBenchmarks();
  reporter.rethrow();
}

}  // namespace gpugauge
