#include "harness/measure/mean_power.hpp"

#include "harness/device/telemetry_age.hpp"

namespace gpugauge {
namespace {

/// Of the time between two steps of the counter: how much of it may be doubtful. With telemetry of
/// 20 ms ago that takes a loop of 0.3 s.
constexpr double kMostDoubt = 0.1;
/// A reading without delay is made ten times a second on current cards: earlier ones are of what
/// was before (Yang and others, Part-time Power Measurements, 2023).
constexpr double kInstantDelaySeconds = 0.1;

}  // namespace

void MeanPower::add(double begin_seconds, double end_seconds, const Telemetry& telemetry) {
  if (!begin_) begin_ = begin_seconds;
  if (telemetry.instant_power_w && begin_seconds - *begin_ >= kInstantDelaySeconds) {
    instant_sum_w_ += *telemetry.instant_power_w;
    ++instant_count_;
  }
  if (!telemetry.energy_j) return;
  if (energy_j_ && *telemetry.energy_j != *energy_j_)
    (first_ ? last_ : first_) =
        Step{energy_at_ - kOldestTelemetrySeconds, end_seconds, *telemetry.energy_j};
  energy_j_ = telemetry.energy_j;
  energy_at_ = begin_seconds;
}

std::optional<double> MeanPower::from_counter() const {
  if (!last_ || last_->joules <= first_->joules) return std::nullopt;
  const double seconds = last_->seconds() - first_->seconds();
  if (first_->doubt() + last_->doubt() > kMostDoubt * seconds) return std::nullopt;
  return (last_->joules - first_->joules) / seconds;
}

std::optional<double> MeanPower::watts() const {
  if (const auto watts = from_counter()) return watts;
  if (instant_count_ > 0) return instant_sum_w_ / instant_count_;
  return std::nullopt;
}

}  // namespace gpugauge
