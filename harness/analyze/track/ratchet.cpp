#include "harness/analyze/track/ratchet.hpp"

#include <algorithm>

#include "harness/base/statistics.hpp"

namespace gpugauge {

Ratchet ratchet(std::span<const double> accepted, std::optional<double> pinned, double delta,
                const GateSettings& settings) {
  const auto median_of = [](std::span<const double> nights) {
    return median({nights.begin(), nights.end()});
  };
  const auto first = accepted.first(std::min(accepted.size(), settings.baseline_nights));
  const auto last = accepted.last(std::min(accepted.size(), settings.ratchet_nights));
  return {.change = median_of(last) - (pinned ? *pinned : median_of(first)),
          .warn = settings.ratchet_warn_deltas * delta,
          .fail = settings.ratchet_fail_deltas * delta};
}

}  // namespace gpugauge
