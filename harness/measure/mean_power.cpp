#include "harness/measure/mean_power.hpp"

#include "harness/device/telemetry_age.hpp"

namespace gpugauge {
namespace {

/// Of the time between two steps of the counter: how much of it may be doubtful. With telemetry of
/// 20 ms ago that takes a loop of 0.3 s.
constexpr double kMostDoubt = 0.1;
/// A reading without delay is made ten times a second on current cards: earlier ones are of what
/// was before (Yang and others, Part-time Power Measurements, 2023).
constexpr double kInstantDelaySeconds = 0.1 + kOldestTelemetrySeconds;

}  // namespace

void MeanPower::add(double begin_seconds, double end_seconds, const Telemetry& telemetry) {
  if (!begin_) begin_ = begin_seconds;
  if (telemetry.instant_power_w && begin_seconds - *begin_ >= kInstantDelaySeconds) {
    instant_sum_w_ += *telemetry.instant_power_w;
    ++instant_count_;
  }
  if (!telemetry.energy_j) return;
  if (energy_j_ && *telemetry.energy_j != *energy_j_)
    steps_.push_back({energy_at_ - kOldestTelemetrySeconds, end_seconds, *telemetry.energy_j});
  energy_j_ = telemetry.energy_j;
  energy_at_ = begin_seconds;
}

std::optional<double> MeanPower::from_counter() const {
  std::optional<double> watts;
  double least_doubt = kMostDoubt;
  for (auto last = steps_.begin(); last != steps_.end(); ++last) {
    for (auto first = steps_.begin(); first != last; ++first) {
      const double seconds = last->seconds() - first->seconds();
      const double doubt = first->doubt() + last->doubt();
      if (doubt > least_doubt * seconds || last->joules <= first->joules) continue;
      least_doubt = doubt / seconds;
      watts = (last->joules - first->joules) / seconds;
    }
  }
  return watts;
}

std::optional<double> MeanPower::watts() const {
  if (const auto watts = from_counter()) return watts;
  if (instant_count_ > 0) return instant_sum_w_ / instant_count_;
  return std::nullopt;
}

}  // namespace gpugauge
