#include "harness/measure/runner.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <regex>
#include <span>
#include <sstream>
#include <string_view>

#include "harness/base/counted.hpp"
#include "harness/base/error.hpp"
#include "harness/base/monotonic.hpp"
#include "harness/base/nearest.hpp"
#include "harness/device/device_lost.hpp"

namespace gpugauge {
namespace {

/// Remembers why the run has to stop, and passes what Google Benchmark reports to its own reporter
/// if the user asked for one.
class RunReporter : public benchmark::BenchmarkReporter {
 public:
  explicit RunReporter(std::unique_ptr<benchmark::BenchmarkReporter> inner)
      : inner_(std::move(inner)) {}

  bool stopped() const { return error_ != nullptr; }
  /// Whether the run can go on, in another process.
  bool is_device_lost() const {
    try {
      rethrow();
    } catch (const DeviceLost&) {
      return true;
    } catch (...) {
      return false;
    }
    return false;
  }
  void stop(std::exception_ptr error) { error_ = std::move(error); }
  void rethrow() const {
    if (error_) std::rethrow_exception(error_);
  }

  bool ReportContext(const Context& context) override {
    return !inner_ || inner_->ReportContext(context);
  }
  void ReportRuns(const std::vector<Run>& runs) override {
    if (inner_ && !stopped()) inner_->ReportRuns(runs);
  }
  void Finalize() override {
    if (inner_) inner_->Finalize();
  }

 private:
  std::unique_ptr<benchmark::BenchmarkReporter> inner_;
  std::exception_ptr error_;
};

void report_time(benchmark::State& state, const Work& work, double time_ns) {
  const double seconds = time_ns * 1e-9;
  state.SetIterationTime(seconds);
  // A counter of zero becomes NaN in the library's own `cv` aggregate.
  if (work.bytes > 0) state.counters["bytes_per_second"] = work.bytes / seconds;
  if (work.flops > 0) state.counters["flops_per_second"] = work.flops / seconds;
}

/// Reports what was measured before, a repetition a call.
class EarlierBody {
 public:
  explicit EarlierBody(EarlierCase earlier) : earlier_(std::move(earlier)) {}

  void operator()(benchmark::State& state) {
    if (next_ == earlier_.repetitions.size()) {
      state.SkipWithError(earlier_.reason.c_str());
      return;
    }
    const auto& [work, time_ns] = earlier_.repetitions[next_++];
    for ([[maybe_unused]] auto iteration : state) report_time(state, work, time_ns);
  }

 private:
  EarlierCase earlier_;
  std::size_t next_ = 0;
};

/// The benchmark's body. No exception leaves it: it would end the process and truncate the
/// library's own output.
void run_body(benchmark::State& state, const PlannedCase& planned, Device& device,
              const SamplerHooks& hooks, RunObserver& observer, RunReporter& reporter) {
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
    const CaseOutcome outcome = measure_case(planned, device, case_hooks);
    if (const auto* none = std::get_if<NotMeasured>(&outcome.result)) {
      state.SkipWithError(none->reason.c_str());
    } else {
      const auto& m = std::get<Measurement>(outcome.result);
      for ([[maybe_unused]] auto iteration : state) report_time(state, m.work, m.time_ns.value);
    }
    observer.on_outcome(outcome);
  } catch (...) {
    reporter.stop(std::current_exception());
    state.SkipWithError("the run was stopped");
  }
}

/// JSON, of which a part is nothing, goes to `json`.
std::unique_ptr<benchmark::BenchmarkReporter> own_reporter(const BenchmarkArguments& arguments,
                                                           std::ostream& json) {
  if (!arguments.own_output) return nullptr;
  if (*arguments.own_output != "json") return std::make_unique<benchmark::ConsoleReporter>();
  auto reporter = std::make_unique<benchmark::JSONReporter>();
  reporter->SetOutputStream(&json);
  return reporter;
}

/// The value if the argument is this option. The library itself would print its usage and leave
/// with status 0 at a value it does not know.
std::optional<std::string> value_of(const std::string& argument, std::string_view option,
                                    std::span<const std::string_view> known) {
  const std::string prefix = fmt::format("--{}=", option);
  if (argument.rfind(prefix, 0) != 0) return std::nullopt;
  const std::string value = argument.substr(prefix.size());
  if (std::find(known.begin(), known.end(), value) == known.end()) {
    throw UsageError(unknown_name_message(prefix, value, known));
  }
  return value;
}

bool is_negated(const std::string& filter) { return filter.starts_with('-'); }

std::regex expression_of(const std::string& filter) {
  const std::string pattern = filter == "all" ? "." : filter.substr(is_negated(filter) ? 1 : 0);
  try {
    return std::regex(pattern, std::regex::extended);
  } catch (const std::regex_error& error) {
    throw UsageError(
        fmt::format("filter '{}' is not a regular expression: {}", filter, error.what()));
  }
}

}  // namespace

void initialize_benchmark_library(const BenchmarkArguments& arguments) {
  static char program[] = "gpugauge";  // the library keeps the pointer
  std::vector<std::string> words = arguments.passed_on;
  words.emplace_back(
      "--benchmark_filter=all");  // the plan is filtered already; $BENCHMARK_FILTER is not ours
  std::vector<char*> argv{program};
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (argc > 1) throw UsageError(fmt::format("'{}' is not an option of Google Benchmark", argv[1]));
}

std::string registered_name(const PlannedCase& planned) {
  return planned.name + "/iterations:1/manual_time";
}

BenchmarkArguments parse_benchmark_arguments(const std::vector<std::string>& arguments) {
  constexpr std::string_view kFilter = "--benchmark_filter=";
  constexpr std::array<std::string_view, 2> kFormats{"json", "console"};
  BenchmarkArguments parsed;
  for (const std::string& argument : arguments) {
    if (argument.rfind("--benchmark_", 0) != 0 && argument.rfind("--v=", 0) != 0) {
      throw UsageError(fmt::format(
          "'{}' after '--': expected an option of Google Benchmark (--benchmark_…)", argument));
    }
    if (argument.rfind("--benchmark_min_warmup_time", 0) == 0) {
      throw UsageError(
          fmt::format("'{}': a case is warmed up by its suite's warmup_seconds", argument));
    }
    if (argument.rfind(kFilter, 0) == 0) {
      parsed.filter = argument.substr(kFilter.size());
      continue;
    }
    if (argument == "--benchmark_list_tests" || argument == "--benchmark_list_tests=true")
      parsed.list_tests = true;
    if (auto format = value_of(argument, "benchmark_format", kFormats))
      parsed.own_output = std::move(format);
    value_of(argument, "benchmark_out_format", kFormats);
    parsed.own_file |= argument.rfind("--benchmark_out=", 0) == 0;
    parsed.passed_on.push_back(argument);
  }
  return parsed;
}

bool filter_names(const std::string& filter, const std::string& case_name) {
  return !filter.empty() && !is_negated(filter) &&
         std::regex_search(case_name, expression_of(filter));
}

std::function<bool(const std::string&)> case_filter(const std::string& filter) {
  if (filter.empty()) return [](const std::string&) { return true; };
  return [negated = is_negated(filter),
          expression = expression_of(filter)](const std::string& case_name) {
    return std::regex_search(case_name, expression) != negated;
  };
}

void apply_filter(Plan& plan, const std::string& filter) {
  const bool negated = is_negated(filter);
  const std::regex expression = expression_of(filter);
  const auto matches = [&](const PlannedCase& planned) {
    return std::regex_search(planned.name, expression) ||
           std::regex_search(registered_name(planned), expression);
  };
  const std::size_t before = plan.cases.size();
  std::erase_if(plan.cases,
                [&](const PlannedCase& planned) { return matches(planned) == negated; });
  if (plan.cases.empty()) {
    throw UsageError(
        fmt::format("filter '{}' matches none of what is planned, {}; gpugauge list shows them",
                    filter, counted(before, "case")));
  }
}

Turn turn_from_text(const std::string& text) {
  Turn turn;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%d/%d%c", &turn.index, &turn.count, &rest) != 2 ||
      turn.index < 1 || turn.index > turn.count)
    throw UsageError(fmt::format("--turn is '{}', expected K/N such as 2/5: process K of N", text));
  return turn;
}

void rotate(Plan& plan, Turn turn) {
  const auto first = plan.cases.size() * static_cast<std::size_t>(turn.index - 1) /
                     static_cast<std::size_t>(turn.count);
  std::rotate(plan.cases.begin(), plan.cases.begin() + static_cast<std::ptrdiff_t>(first),
              plan.cases.end());
}

std::vector<EarlierCase> earlier_cases(const Record& so_far) {
  std::vector<EarlierCase> all;
  const auto named = [&](const std::string& name) -> EarlierCase& {
    const auto found = std::ranges::find(all, name, &EarlierCase::name);
    return found != all.end() ? *found : all.emplace_back(EarlierCase{name, {}});
  };
  for (const Measurement& m : so_far.measurements)
    named(m.name).repetitions.push_back({m.work, m.time_ns.value});
  for (const NotMeasured& none : so_far.not_measured) {
    if (none.status != NotMeasuredStatus::kUnsupported) named(none.name).reason = none.reason;
  }
  return all;
}

void run_cases(const Plan& plan, Device& device, const BenchmarkArguments& arguments,
               RunObserver& observer, const std::function<bool()>& stop_requested,
               const std::vector<EarlierCase>& earlier) {
  std::ostringstream json;
  RunReporter reporter(own_reporter(arguments, json));
  const SamplerHooks hooks{
      .now_seconds = monotonic_seconds, .stop_requested = stop_requested, .progress = {}};
  bool any = false;
  if (arguments.library_writes()) {
    for (const EarlierCase& each : earlier) {
      any = true;
      benchmark::RegisterBenchmark(each.name.c_str(), EarlierBody(each))
          ->Iterations(1)
          ->UseManualTime();
    }
  }
  for (const PlannedCase& planned : plan.cases) {
    if (planned.unsupported) {
      // An error row of zero time would spoil what other tools make of the library's own output.
      observer.on_outcome(measure_case(planned, device, hooks));
      continue;
    }
    any = true;
    benchmark::RegisterBenchmark(planned.name.c_str(),
                                 [&](benchmark::State& state) {
                                   run_body(state, planned, device, hooks, observer, reporter);
                                 })
        ->Iterations(1)
        ->UseManualTime();
  }
  if (any) benchmark::RunSpecifiedBenchmarks(&reporter);  // it complains of none
  benchmark::ClearRegisteredBenchmarks();
  if (!reporter.is_device_lost()) std::cout << json.str() << std::flush;
  reporter.rethrow();
}

}  // namespace gpugauge
