#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "harness/device/device.hpp"
#include "harness/measure/measure_case.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {

/// The arguments after `--`, which are Google Benchmark's own.
struct BenchmarkArguments {
  std::vector<std::string> passed_on;
  std::optional<std::string>
      filter;  ///< `--benchmark_filter`: matched against case names, so that the plan knows
  bool list_tests = false;  ///< `--benchmark_list_tests`: nothing is run
  /// `--benchmark_format`, json or console: standard output is then Google Benchmark's.
  std::optional<std::string> own_output;
  bool own_file = false;  ///< `--benchmark_out`

  bool library_writes() const { return own_output || own_file; }
};

/// Throws UsageError on an unknown format, and on an argument that does not begin with
/// `--benchmark_` or `--v=`.
BenchmarkArguments parse_benchmark_arguments(const std::vector<std::string>& arguments);

/// Gives Google Benchmark its options, before anything is run or written. Throws UsageError for one
/// that it does not know.
void initialize_benchmark_library(const BenchmarkArguments& arguments);

/// Whether a case is meant by its name: one that matches the regular expression, or with a leading
/// `-` one that does not. Throws UsageError if it is not a regular expression; empty means all.
std::function<bool(const std::string& case_name)> case_filter(const std::string& filter);

/// Keeps the cases whose name, or Google Benchmark's longer form of it, matches the regular
/// expression; a leading
/// `-` keeps the others. Throws UsageError if it is not a regular expression or nothing is left.
void apply_filter(Plan& plan, const std::string& filter);

/// Whether the filter, one without a leading `-`, names this case. An empty one names none.
bool filter_names(const std::string& filter, const std::string& case_name);

/// Which of several processes that measure the same plan this is.
struct Turn {
  int index = 1;  ///< from 1
  int count = 1;
};
/// Of `2/5`. Throws UsageError for anything else, and for a turn beyond the count.
Turn turn_from_text(const std::string& text);
/// Begins where turn `index - 1` of `count` equal parts of the plan ends, and goes round: what a
/// case inherits from the one before it (heat, a clock, a cache) is not the same in every process.
void rotate(Plan& plan, Turn turn);

/// Sees a run as it goes.
class RunObserver {
 public:
  virtual ~RunObserver() = default;
  virtual void on_start(const PlannedCase& planned) = 0;
  virtual void on_progress(const PlannedCase& planned, const Estimate& time_ns, int samples) = 0;
  /// As soon as a case has its outcome. May throw: the run then stops and the exception reaches the
  /// caller.
  virtual void on_outcome(const CaseOutcome& outcome) = 0;
};

/// A case that an earlier process of the run has done. Google Benchmark's own output is of the
/// whole run, and knows it from this.
struct EarlierCase {
  struct Repetition {
    Work work{};
    double time_ns = 0;
  };
  std::string name;
  std::vector<Repetition> repetitions;
  std::string reason = "not measured";  ///< why there are no more
};
/// Of a record that is gone on with, but for what the device does not support.
std::vector<EarlierCase> earlier_cases(const Record& so_far);

/// Runs the cases under Google Benchmark, one benchmark a case with one iteration whose manual time
/// is the median; the sampler owns the loop inside. Throws Interrupted when `stop_requested` turned
/// true. Google Benchmark's JSON goes to standard output when the run is over, and not where it has
/// to go on in another process. Google Benchmark keeps its flags and registry in globals, so this
/// is for one thread and one run at a time.
void run_cases(const Plan& plan, Device& device, const BenchmarkArguments& arguments,
               RunObserver& observer, const std::function<bool()>& stop_requested,
               const std::vector<EarlierCase>& earlier = {});

/// The longer name under which Google Benchmark knows a case.
std::string registered_name(const PlannedCase& planned);

}  // namespace gpugauge
