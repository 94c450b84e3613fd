#pragma once

#include <cstddef>
#include <string>

#include "harness/measure/runner.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {

/// One line on stderr that is drawn over and over: count, time left, case, current value. Draws
/// nothing where stderr is not a terminal or `enabled` is false.
class ProgressLine {
 public:
  ProgressLine(const Plan& plan, bool enabled);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void start(const PlannedCase& planned);
  void update(const PlannedCase& planned, const Estimate& time_ns);
  void finish_case(const std::string& name);
  /// Removes the line, so that something else can be written.
  void clear();

 private:
  void draw(const PlannedCase& planned, const std::string& value);
  double remaining_seconds() const;

  bool enabled_;
  std::size_t total_;
  std::size_t done_ = 0;
  double planned_seconds_ = 0;       ///< of all cases, as the suite's budgets say
  double planned_seconds_done_ = 0;  ///< of those that are done
  std::vector<std::pair<std::string, double>> budgets_;
  double started_at_;
  double drawn_at_ = 0;
};

/// `25.9 GB/s ±0.8%` or `790 TFLOPS ±0.3%`: the rate that the case is about.
std::string rate_text(const Op& op, const Estimate& time_ns);

/// Longest time a case takes by its policy: what an estimate of the whole is made of.
double budget_seconds(const SamplingPolicy& policy);

}  // namespace gpugauge
