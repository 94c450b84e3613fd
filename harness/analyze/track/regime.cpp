#include "harness/analyze/track/regime.hpp"

#include <boost/math/statistics/univariate_statistics.hpp>
#include <vector>

#include "harness/analyze/stats/hampel.hpp"

namespace gpugauge {

Regime regime_of(std::span<const double> accepted, double delta, const GateSettings& settings) {
  Regime regime{.begin = 0, .end = accepted.size(), .regression = {}};
  const std::vector<std::size_t> kept =
      without_spikes(accepted, {.reach = settings.spike_reach,
                                .sigmas = settings.spike_sigmas,
                                .least_scatter = settings.scatter_floor});
  std::vector<double> values;
  values.reserve(kept.size());
  for (const std::size_t i : kept) values.push_back(accepted[i]);
  const std::vector<ChangePoint> points =
      change_points(values, {.window = settings.change_window,
                             .least_segment = settings.change_nights_after + 1,
                             .p = settings.change_p,
                             .magnitude = delta,
                             .correlation = neighbour_correlation(values)});
  if (points.empty()) return regime;

  const auto mean_of = [&](std::size_t begin, std::size_t end) {
    return boost::math::statistics::mean(values.data() + begin, values.data() + end);
  };
  const double today = mean_of(points.back().index, values.size());
  std::size_t before_begin = 0;
  for (const ChangePoint& point : points) {
    const double now = today - mean_of(before_begin, point.index);
    if (point.level.change.value >= delta && now >= delta) {
      regime.end = kept[point.index];
      regime.regression = StandingRegression{regime.end, point.level.change, now};
      return regime;
    }
    if (point.level.change.value < 0) regime.begin = kept[point.index];
    before_begin = point.index;
  }
  return regime;
}

}  // namespace gpugauge
