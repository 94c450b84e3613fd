#include "harness/analyze/track/change_points.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/statistics/univariate_statistics.hpp>
#include <cmath>
#include <limits>
#include <set>

namespace gpugauge {
namespace {

constexpr double kMostCorrelation = 0.9;
constexpr double kFirstPass = 10;  // times p: weak points may turn out strong beside others

double sum_of_squares(std::span<const double> values, double mean) {
  double sum = 0;
  for (const double value : values) sum += (value - mean) * (value - mean);
  return sum;
}

double mean_square_difference(std::span<const double> values, std::size_t distance) {
  double sum = 0;
  for (std::size_t i = distance; i < values.size(); ++i)
    sum += (values[i] - values[i - distance]) * (values[i] - values[i - distance]);
  return sum / static_cast<double>(values.size() - distance);
}

/// Adds the change points within values[begin, end) to `found`.
void split(std::span<const double> values, std::size_t begin, std::size_t end,
           const ChangePointSettings& settings, std::set<std::size_t>& found) {
  if (end - begin < 2 * settings.least_segment) return;
  const std::size_t at =
      begin + energy_split(values.subspan(begin, end - begin), settings.least_segment);
  const LevelChange level = compare_levels(values.subspan(begin, at - begin),
                                           values.subspan(at, end - at), settings.correlation);
  if (level.p > kFirstPass * settings.p) return;
  found.insert(at);
  split(values, begin, at, settings, found);
  split(values, at, end, settings, found);
}

std::set<std::size_t> weak_points(std::span<const double> values,
                                  const ChangePointSettings& settings) {
  std::set<std::size_t> all;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = std::min(begin + settings.window, values.size());
    std::set<std::size_t> found;
    split(values, begin, end, settings, found);
    all.insert(found.begin(), found.end());
    if (end == values.size()) return all;
    begin += settings.window / 2;
    if (!found.empty()) begin = std::max(begin, *found.rbegin());
  }
}

}  // namespace

LevelChange compare_levels(std::span<const double> before, std::span<const double> after,
                           double correlation) {
  const auto n = static_cast<double>(before.size()), m = static_cast<double>(after.size());
  using boost::math::statistics::mean;
  const double mean_before = mean(before.begin(), before.end());
  const double mean_after = mean(after.begin(), after.end());
  const double squares_before = sum_of_squares(before, mean_before);
  const double squares_after = sum_of_squares(after, mean_after);
  const double pooled = (squares_before + squares_after) / (n + m - 2) * (1 / n + 1 / m);
  const double separate =
      squares_before / (std::max(n - 1, 1.0) * n) + squares_after / (std::max(m - 1, 1.0) * m);
  const double error =
      std::sqrt(std::max(pooled, separate) * (1 + correlation) / (1 - correlation));
  const double change = mean_after - mean_before;
  const boost::math::students_t_distribution<double> t(n + m - 2);
  const double half_width = error * quantile(t, 0.975);
  const double p = error > 0     ? 2 * cdf(complement(t, std::abs(change) / error))
                   : change == 0 ? 1.0
                                 : 0.0;
  return {.change = {.value = change, .low = change - half_width, .high = change + half_width},
          .p = p};
}

double neighbour_correlation(std::span<const double> values) {
  if (values.size() < 4) return 0;
  const double one = mean_square_difference(values, 1);
  if (one <= 0) return 0;
  const double correlation = mean_square_difference(values, 2) / one - 1;
  const double chance = 1 / std::sqrt(static_cast<double>(values.size()));
  return correlation > chance ? std::min(correlation, kMostCorrelation) : 0.0;
}

std::size_t energy_split(std::span<const double> values, std::size_t least_segment) {
  // `to_end[i]`: distances from value i to those after it, up to `end`. `within[i]`: all distances
  // among the first i values.
  std::vector<double> to_end(values.size(), 0.0), within(values.size() + 1, 0.0);
  double best = -std::numeric_limits<double>::infinity();
  std::size_t best_index = least_segment;
  for (std::size_t end = 1; end <= values.size(); ++end) {
    const std::size_t last = end - 1;
    double to_last = 0;
    for (std::size_t i = 0; i < last; ++i) {
      const double distance = std::abs(values[i] - values[last]);
      to_end[i] += distance;
      to_last += distance;
    }
    within[end] = within[last] + to_last;
    double within_after = 0;
    for (std::size_t index = last; index >= least_segment; --index) {
      within_after += to_end[index];
      if (end - index < least_segment) continue;
      const auto n = static_cast<double>(index), m = static_cast<double>(end - index);
      const double between = within[end] - within[index] - within_after;
      const double energy = 2 * between / (n * m) - within[index] / (n * (n - 1) / 2) -
                            within_after / (m * (m - 1) / 2);
      const double scaled = energy * n * m / (n + m);
      if (scaled > best) {
        best = scaled;
        best_index = index;
      }
    }
  }
  return best_index;
}

std::vector<ChangePoint> change_points(std::span<const double> values,
                                       const ChangePointSettings& settings) {
  std::vector<ChangePoint> points;
  for (const std::size_t index : weak_points(values, settings)) points.push_back({index, {}});
  const auto compare_again = [&](std::size_t i) {
    if (i >= points.size()) return;
    const std::size_t begin = i > 0 ? points[i - 1].index : 0;
    const std::size_t end = i + 1 < points.size() ? points[i + 1].index : values.size();
    const std::size_t at = points[i].index;
    points[i].level = compare_levels(values.subspan(begin, at - begin),
                                     values.subspan(at, end - at), settings.correlation);
  };
  for (std::size_t i = 0; i < points.size(); ++i) compare_again(i);

  const auto by_p = [](const ChangePoint& a, const ChangePoint& b) {
    return a.level.p < b.level.p;
  };
  const auto by_size = [](const ChangePoint& a, const ChangePoint& b) {
    return std::abs(a.level.change.value) < std::abs(b.level.change.value);
  };
  while (!points.empty()) {
    auto weakest = std::max_element(points.begin(), points.end(), by_p);
    if (weakest->level.p <= settings.p) {
      weakest = std::min_element(points.begin(), points.end(), by_size);
      if (std::abs(weakest->level.change.value) >= settings.magnitude) break;
    }
    const auto i = static_cast<std::size_t>(points.erase(weakest) - points.begin());
    if (i > 0) compare_again(i - 1);
    compare_again(i);
  }
  return points;
}

}  // namespace gpugauge
