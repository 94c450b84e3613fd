#include "harness/measure/mean_power.hpp"

namespace gpugauge {
namespace {

/// Between two steps of the counter: a device is asked every 20 ms at most, so that a step is seen
/// that much late.
constexpr double kLeastSeconds = 0.1;
/// A reading without delay is made ten times a second on current cards: earlier ones are of what
/// was before (Yang and others, Part-time Power Measurements, 2023).
constexpr double kInstantDelaySeconds = 0.1;

}  // namespace

void MeanPower::add(double now_seconds, const Telemetry& telemetry) {
  if (!begin_) begin_ = now_seconds;
  if (telemetry.instant_power_w && now_seconds - *begin_ >= kInstantDelaySeconds) {
    instant_sum_w_ += *telemetry.instant_power_w;
    ++instant_count_;
  }
  if (!telemetry.energy_j) return;
  if (energy_j_ && *telemetry.energy_j != *energy_j_)
    (first_ ? last_ : first_) = Step{now_seconds, *telemetry.energy_j};
  energy_j_ = telemetry.energy_j;
}

std::optional<double> MeanPower::watts() const {
  if (last_ && last_->seconds - first_->seconds >= kLeastSeconds && last_->joules > first_->joules)
    return (last_->joules - first_->joules) / (last_->seconds - first_->seconds);
  if (instant_count_ > 0) return instant_sum_w_ / instant_count_;
  return std::nullopt;
}

}  // namespace gpugauge
