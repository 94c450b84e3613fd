#pragma once

#include <optional>
#include <vector>

#include "harness/device/sample.hpp"

namespace gpugauge {

/// The mean power of a loop that keeps a device busy without a break, from what the device says of
/// itself meanwhile. Its usual power reading is no use: it is the mean of a second, and the loop is
/// shorter.
class MeanPower {
 public:
  /// What the device said at some time of a sample.
  void add(double begin_seconds, double end_seconds, const Telemetry& telemetry);

  /// From two steps of the energy counter, which moves a few times a second: those between which
  /// the time is known best, since a process that is held up sees a step late. If it is not known
  /// well enough, the mean of readings without delay, but for those of the loop's beginning.
  /// Nothing where the loop was too short for either, or the device has neither.
  std::optional<double> watts() const;

 private:
  /// The counter moved between two readings.
  struct Step {
    double before_seconds, after_seconds, joules;
    double seconds() const { return (before_seconds + after_seconds) / 2; }
    double doubt() const { return (after_seconds - before_seconds) / 2; }
  };

  std::optional<double> from_counter() const;

  std::optional<double> begin_;
  double energy_at_ = 0;  ///< begin of the last sample with the counter as it still is
  std::optional<double> energy_j_;
  std::vector<Step> steps_;
  double instant_sum_w_ = 0, instant_count_ = 0;
};

}  // namespace gpugauge
