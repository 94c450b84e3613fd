#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <span>

#include "harness/analyze/money/own_prices.hpp"
#include "harness/base/monotonic.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/commands/case_guard.hpp"
#include "harness/cli/commands/progress.hpp"
#include "harness/cli/commands/run_session.hpp"
#include "harness/cli/commands/run_summary.hpp"
#include "harness/cli/logging.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/device/device_lost.hpp"
#include "harness/device/open/open_device.hpp"
#include "harness/measure/interrupt.hpp"
#include "harness/measure/runner.hpp"
#include "harness/plan/outline.hpp"
#include "harness/record/health.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/run_id.hpp"
#include "harness/record/silicon.hpp"
#include "harness/render/answers/outline_table.hpp"
#include "harness/render/screen/progress_text.hpp"
#include "kernels/fill.hpp"

namespace gpugauge {
namespace {

constexpr const char* kRunExamples = R"(
Examples:
  gpugauge run                                        the quick suite on the best device
  gpugauge run --suite nightly --device cuda:1        another suite on the second GPU
  gpugauge run --model qwen3-14b --batch 1,16         your model at your batches
  gpugauge run --filter 'memory/'                     only the cases whose name matches
  gpugauge run --resume results/…/….json.partial      continue after an interruption
  gpugauge run -- --benchmark_repetitions=3           Google Benchmark's own options after --)";

std::string sentence_on(const NotMeasured& none) {
  return fmt::format("{}: {}: {}", none.name, name_of(none.status), none.reason);
}

/// Keeps every outcome in the journal and in the record, and draws the progress line.
class RecordingObserver : public RunObserver {
 public:
  RecordingObserver(RunSession& session, Progress& progress, CaseGuard& guard)
      : session_(session), progress_(progress), guard_(guard) {}

  void on_start(const PlannedCase& planned) override {
    guard_.begin(planned);
    progress_.start(planned);
  }
  void on_progress(const PlannedCase& planned, const Estimate& time_ns, int) override {
    progress_.update(planned, time_ns);
  }
  /// Throws DeviceLost after a case that crashed: nothing can be measured in this process.
  void on_outcome(const CaseOutcome& outcome) override {
    guard_.end();
    session_.record.provenance.measured_seconds += outcome.measured_seconds;
    progress_.finish(outcome);
    if (const auto* m = std::get_if<Measurement>(&outcome.result)) {
      keep(*m, session_.record.measurements);
      log(m->name, rate_text(m->c.op, m->time_ns));
    } else {
      const auto& none = std::get<NotMeasured>(outcome.result);
      keep(none, session_.record.not_measured);
      log(none.name, fmt::format("{}: {}", name_of(none.status), none.reason));
      if (none.status == NotMeasuredStatus::kCrashed) throw DeviceLost(sentence_on(none));
    }
  }

 private:
  template <typename Outcome>
  void keep(Outcome outcome, std::vector<Outcome>& kept) {
    if constexpr (std::is_same_v<Outcome, Measurement>) {
      outcome.repetition = static_cast<int>(std::count_if(
          kept.begin(), kept.end(), [&](const Measurement& m) { return m.name == outcome.name; }));
    }
    session_.journal.append(outcome);
    kept.push_back(std::move(outcome));
  }

  void log(const std::string& name, const std::string& what) {
    if (!spdlog::should_log(spdlog::level::debug)) return;
    progress_.clear();
    spdlog::debug("{}: {}", name, what);
  }

  RunSession& session_;
  Progress& progress_;
  CaseGuard& guard_;
};

/// Warms the clock up on the first case that can be run, which is then lazily loaded, too. A
/// failure here is the case's own, and will be its reason; one that kills the context is recorded
/// at once, and thrown.
double settle(RunSession& session, Device& device, double limit_seconds, CaseGuard& guard,
              const InterruptWatch& watch) {
  const auto& cases = session.plan.cases;
  const auto load = std::find_if(cases.begin(), cases.end(),
                                 [](const PlannedCase& planned) { return !planned.unsupported; });
  if (load == cases.end()) return 0;
  double seconds = 0;
  guard.begin(*load);
  try {
    seconds = settle_clock(*load, device, limit_seconds,
                           {.now_seconds = monotonic_seconds,
                            .stop_requested = [&] { return watch.requested(); },
                            .progress = {}});
  } catch (const Interrupted&) {
    throw;
  } catch (const CandidateLost&) {
    throw;
  } catch (const DeviceLost& error) {
    const NotMeasured none{load->name, NotMeasuredStatus::kCrashed, error.what()};
    session.journal.append(none);
    throw DeviceLost(sentence_on(none));
  } catch (const std::exception& error) {
    spdlog::debug("warming up on {}: {}", load->name, error.what());
  }
  guard.withdraw();
  return seconds;
}

void measure(RunSession& session, Device& device, const Suite& suite,
             const BenchmarkArguments& arguments, const GlobalOptions& global, CaseGuard& guard,
             const InterruptWatch& watch) {
  Provenance& provenance = session.record.provenance;
  const double started = monotonic_seconds();
  provenance.measured_seconds += settle(session, device, suite.settle_seconds, guard, watch);
  Progress progress(session.plan, stderr_screen(!global.quiet && !arguments.own_output));
  RecordingObserver observer(session, progress, guard);
  const std::vector<EarlierCase> earlier = earlier_cases(session.record);
  run_cases(
      session.plan, device, arguments, observer, [&] { return watch.requested(); }, earlier);
  progress.close_family();
  provenance.wall_seconds += monotonic_seconds() - started;
  end_session(provenance.sessions.back(), device);
}

/// The plan in a few lines, before the device is busy.
void announce(const RunSession& session, const Suite& suite, const RunOptions& options) {
  const Record& record = session.record;
  const RunAhead run{.suite = suite.name,
                     .device_name = record.device.name,
                     .device_id = record.device.id,
                     .suite_option = options.suite,
                     .result_path = session.journal.result_path().string(),
                     .already_done = record.answered_count()};
  print_tables(std::cerr, {outline_table(outline_of(session.plan, suite.settle_seconds), run)}, {});
  std::cerr << std::endl;
}

/// Of a case that was tried where there is one: what no device here can do tells nothing of this
/// run.
std::string first_reason(std::span<const NotMeasured> none) {
  if (none.empty()) return "the plan is empty";
  const auto tried = std::find_if(none.begin(), none.end(), [](const NotMeasured& n) {
    return n.status != NotMeasuredStatus::kUnsupported;
  });
  const NotMeasured& first = tried == none.end() ? none.front() : *tried;
  return first.name + ": " + first.reason;
}

/// What the outcomes alone say; the datasheet is judged apart.
ExitStatus worst_outcome(const Record& record) {
  const auto& none = record.not_measured;
  if (record.measurements.empty()) {
    const CardErrors errors = card_errors(record);
    throw EnvironmentError(
        fmt::format("no case could be measured{}; first reason: {}",
                    errors.any() ? fmt::format(", and the card reports {}", describe(errors)) : "",
                    first_reason(none)));
  }
  const auto any = [&](NotMeasuredStatus status) {
    return std::any_of(none.begin(), none.end(),
                       [&](const NotMeasured& n) { return n.status == status; });
  };
  if (any(NotMeasuredStatus::kVerificationFailed)) return ExitStatus::kVerification;
  for (const auto status :
       {NotMeasuredStatus::kCrashed, NotMeasuredStatus::kHung, NotMeasuredStatus::kFailed}) {
    if (any(status)) return ExitStatus::kEnvironment;
  }
  if (any(NotMeasuredStatus::kRefused)) return ExitStatus::kCheckFailed;
  return ExitStatus::kDone;
}

std::string keep_message(const Journal& journal) {
  return fmt::format("interrupted; what was measured is in {0}: gpugauge run --resume {0}",
                     journal.path().string());
}

std::unique_ptr<Device> open_for_run(const RunOptions& options, bool continues) {
  try {
    return open_device(options.device, cuda_fill_kernel());
  } catch (const EnvironmentError& error) {
    if (!continues) throw;
    throw EnvironmentError(
        fmt::format("{}; what was measured is in {}", error.what(), options.resume));
  }
}

ExitStatus report(Record record, const Catalog& catalog, const BenchmarkArguments& arguments,
                  const AnalysisOptions& analysis) {
  refuse_above_silicon(record, catalog.datasheets());  // what an older program let pass
  const ExitStatus outcome = worst_outcome(record);
  if (arguments.own_output) return outcome;
  const ExitStatus check = print_run_summary(std::cout, record, catalog, analysis);
  return outcome == ExitStatus::kDone ? check : outcome;
}

/// What failed, and what ended or hung its process if the filter names it.
TriedAgain tried_again(const std::string& filter) {
  return [filter](const NotMeasured& none) {
    const bool ended =
        none.status == NotMeasuredStatus::kCrashed || none.status == NotMeasuredStatus::kHung;
    return is_failed(none) || (ended && filter_names(filter, none.name));
  };
}

/// Throws UsageError where --hourly does not fit the one card that is measured.
void check_own_prices(const AnalysisOptions& analysis, const DeviceInfo& device,
                      const Catalog& catalog) {
  const std::vector<Datasheet> sheets = catalog.datasheets();
  OwnPrices(analysis.hourly)
      .of(std::vector{PricedCard{card_names(device, match_datasheet(sheets, device)), {}}});
}

ExitStatus run(RunOptions options, AnalysisOptions analysis, const GlobalOptions& global) {
  const Catalog catalog = Catalog::locate();
  const BenchmarkArguments arguments = parse_benchmark_arguments(global.benchmark_arguments);
  initialize_benchmark_library(arguments);
  // Before an hour is measured; what the lists warn of comes with the summary.
  if (!OwnPrices(analysis.hourly).cover_every_card()) catalog.prices(analysis.prices);
  const Turn turn = turn_from_text(options.turn);
  const bool continues = !global.continued_journal.empty();
  if (continues) {
    options.resume = global.continued_journal;
    options.again = [](const NotMeasured&) { return false; };  // the journal says which
  }
  Record so_far;
  if (!options.resume.empty()) {
    so_far = read_record(options.resume, Detail::kSummary);
    if (!continues) options.again = tried_again(options.filter);
    if (!options.suite.empty())
      check_same_suite(options.resume, so_far, load_suite(catalog, options.suite));
    if (!continues && is_finished(so_far, options.again)) {
      spdlog::info("{}: all is done, {} of {} planned cases", options.resume,
                   so_far.answered_count(), so_far.planned.size());
      return report(std::move(so_far), catalog, arguments, analysis);
    }
    if (options.suite.empty()) options.suite = suite_to_resume(catalog, so_far);
    if (options.device == RunOptions().device) options.device = so_far.device.id;
  }
  if (options.suite.empty()) options.suite = kDefaultSuite;
  const SuiteSelection selection = select_suite(catalog, options);
  analysis.models = options.models;

  InterruptWatch watch;
  const std::unique_ptr<Device> device = open_for_run(options, continues);
  check_own_prices(analysis, device->info(), catalog);
  Plan plan = make_plan(selection.suite, selection.models, device->info());
  if (!options.resume.empty())
    check_resumable(options.resume, so_far, device->info(), selection.suite, plan);
  if (!options.filter.empty()) apply_filter(plan, options.filter);
  if (arguments.filter) apply_filter(plan, *arguments.filter);
  rotate(plan, turn);
  if (arguments.list_tests) {
    for (const PlannedCase& planned : plan.cases) std::cout << registered_name(planned) << '\n';
    return ExitStatus::kDone;
  }

  RunSession session =
      options.resume.empty()
          ? start_session(options, selection.suite, *device, std::move(plan), global.command_line)
          : resume_session(options, *device, std::move(plan), global.command_line);
  CaseGuard guard(session, device->info(), global.command_line, watch,
                  keep_message(session.journal));
  if (!global.quiet && !continues) announce(session, selection.suite, options);
  try {
    measure(session, *device, selection.suite, arguments, global, guard, watch);
  } catch (const CandidateLost& error) {
    guard.go_on_without(error.candidate(), NotMeasuredStatus::kCrashed, error.what());
  } catch (const DeviceLost& error) {
    guard.go_on(error.what());
  } catch (const Interrupted&) {
    watch.disarm();
    guard.withdraw();
    throw Error(ExitStatus::kInterrupted, keep_message(session.journal));
  }
  session.journal.finish(session.record);
  watch.disarm();
  session.record.path = session.journal.result_path();
  return report(std::move(session.record), catalog, arguments, analysis);
}

struct RunCommand {
  RunOptions options;
  AnalysisOptions analysis;
  const GlobalOptions* global = nullptr;
};

ExitStatus run_command(const RunCommand& given) {
  return run(given.options, given.analysis, *given.global);
}

}  // namespace

void add_run_command(Command& program, const GlobalOptions& global) {
  auto [command, asked] = program.add_command<RunCommand>(
      "run", "measure a device, write a result file, print the tables", run_command, kRunExamples);
  asked.global = &global;
  RunOptions& options = asked.options;
  add_plan_options(command, options);
  command.option(option::kOutput, options.output)
      .detail("the result file; default: results/<device>/<time>_<suite>.json");
  command.flag(option::kOverwrite, options.overwrite);
  command.option(option::kResume, options.resume);
  command.option(option::kTurn, options.turn);
  command.flag(option::kRedact, options.redact);
  add_price_options(command, asked.analysis);
}

}  // namespace gpugauge
