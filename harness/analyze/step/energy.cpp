#include "harness/analyze/step/energy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// A number that is mostly a guess of the rest is none.
constexpr double kMinKnownShare = 0.5;

std::optional<double> power_of(const Measurement& m) {
  return m.mean_power_w && *m.mean_power_w > 0 ? m.mean_power_w : std::nullopt;
}

/// While this op ran; nothing unless its time is that of one measured case.
std::optional<double> power_of(const OpTime& time) {
  return time.measurement != nullptr ? power_of(*time.measurement) : std::nullopt;
}

}  // namespace

PowerRange power_range(const Record& record) {
  std::optional<PowerRange> range;
  for (const Measurement* m : representative(record)) {
    const std::optional<double> watts = power_of(*m);
    if (!watts) continue;
    if (!range) range = PowerRange{*watts, *watts};
    range->least_w = std::min(range->least_w, *watts);
    range->most_w = std::max(range->most_w, *watts);
  }
  return range.value_or(PowerRange{});
}

std::optional<Estimate> Energy::kwh_per_million_tokens() const {
  constexpr double kJoulesPerKwh = 3.6e6;
  return joules_per_token ? std::optional(scaled(*joules_per_token, 1e6 / kJoulesPerKwh))
                          : std::nullopt;
}

Energy energy_of(const PowerRange& range, std::span<const RepeatedStep> steps, double tokens,
                 int cards) {
  Estimate known_joules, rest_seconds;
  double known_seconds = 0;
  for (const RepeatedStep& repeated : steps) {
    for (const OpLine& line : repeated.step->ops) {
      const Estimate seconds = scaled(
          line.time.time_ns, repeated.times * static_cast<double>(line.step.count) / kNsPerSecond);
      if (const auto watts = power_of(line.time)) {
        known_joules = sum(known_joules, scaled(seconds, *watts));
        known_seconds += seconds.value;
      } else {
        rest_seconds = sum(rest_seconds, seconds);
      }
    }
  }
  Energy energy;
  if (known_seconds > 0) {
    energy.known_share = known_seconds / (known_seconds + rest_seconds.value);
    energy.mean_w = known_joules.value / known_seconds;
  }
  if (energy.known_share < kMinKnownShare) {
    energy.reason =
        fmt::format("energy not shown: power readings cover {:.0f}% of the step ({:.0f}% required)",
                    100 * energy.known_share, 100 * kMinKnownShare);
    return energy;
  }
  const Estimate rest_joules{.value = rest_seconds.value * *energy.mean_w,
                             .low = rest_seconds.low * range.least_w,
                             .high = rest_seconds.high * range.most_w};
  energy.joules_per_token = scaled(sum(known_joules, rest_joules), cards / tokens);
  return energy;
}

}  // namespace gpugauge
