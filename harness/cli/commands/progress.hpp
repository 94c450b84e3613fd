#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "harness/measure/measure_case.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {

enum class ProgressStyle : std::uint8_t {
  kNone,
  kRedrawn,  ///< a terminal: one line that is drawn over and over, and one that stays a family
  kLog,  ///< a file or a dumb terminal: the same lines for families, and a line every kLogSeconds
};
inline constexpr double kLogSeconds = 10;

/// Where progress is shown, and by which clock.
struct ProgressScreen {
  ProgressStyle style = ProgressStyle::kNone;
  std::ostream& out;
  std::function<std::size_t()> columns;  ///< asked at every line: a window may be resized
  std::function<double()> now_seconds;
};

/// This process's stderr; `wanted` says whether anything is to be shown at all.
ProgressScreen stderr_screen(bool wanted);

/// Shows a run as it goes: count, time left as the cases so far teach it, case, current rate.
class Progress {
 public:
  Progress(const Plan& plan, ProgressScreen screen);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void start(const PlannedCase& planned);
  void update(const PlannedCase& planned, const Estimate& time_ns);
  void finish(const CaseOutcome& outcome);
  /// Ends the family that runs, with its line.
  void close_family();
  /// Removes the line that is redrawn, so that something else can be written.
  void clear();

 private:
  /// Cases of one family that run one after another.
  struct Family {
    std::string name;
    double started_at = 0;
    std::vector<Measurement> measurements;  ///< without their samples
    std::size_t not_measured = 0;
  };

  void show(const PlannedCase& planned, const std::string& rate);
  double seconds_left(const PlannedCase& running) const;
  double budget_of(const std::string& name) const;

  ProgressScreen screen_;
  std::map<std::string, double> budgets_;  ///< seconds by case, of those that can run
  std::set<std::string> done_;             ///< of those
  double planned_seconds_ = 0, planned_seconds_done_ = 0;
  double started_at_, case_started_at_, shown_at_;
  bool is_drawn_ = false;
  std::size_t failed_ = 0, not_converged_ = 0;
  Family family_;
};

}  // namespace gpugauge
