#include "harness/analyze/track/change_points.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/analyze/track/synthetic_nights.hpp"

namespace gpugauge {
namespace {

using synthetic::joined;
using synthetic::levels;

/// The definition, term by term: equations 5 to 7 of Matteson & James 2014.
std::size_t energy_split_by_definition(std::span<const double> z, std::size_t least) {
  const auto sum = [&](std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
    double total = 0;
    for (std::size_t i = a; i < b; ++i)
      for (std::size_t k = c; k < d; ++k) total += std::abs(z[i] - z[k]);
    return total;
  };
  double best = -1;
  std::size_t best_index = 0;
  for (std::size_t at = least; at + least <= z.size(); ++at) {
    for (std::size_t end = at + least; end <= z.size(); ++end) {
      const auto n = static_cast<double>(at), m = static_cast<double>(end - at);
      const double energy = 2 / (n * m) * sum(0, at, at, end) -
                            sum(0, at, 0, at) / 2 / (n * (n - 1) / 2) -
                            sum(at, end, at, end) / 2 / (m * (m - 1) / 2);
      if (n * m / (n + m) * energy > best) {
        best = n * m / (n + m) * energy;
        best_index = at;
      }
    }
  }
  return best_index;
}

std::vector<std::size_t> indices_of(const std::vector<ChangePoint>& points) {
  std::vector<std::size_t> indices;
  for (const ChangePoint& point : points) indices.push_back(point.index);
  return indices;
}

TEST(EnergySplit, IsTheDefinition) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const auto values = joined(joined(levels(14, 0, 1, seed), levels(9, 1.5, 1, seed + 100)),
                               levels(8, 0, 1, seed + 200));
    for (const std::size_t least : {2, 4})
      EXPECT_EQ(energy_split(values, least), energy_split_by_definition(values, least));
  }
}

TEST(CompareLevels, IsStudentsTest) {
  // Means 2 and 5, common variance 1, t = 3 / √(2/3) = 3.6742 with 4 degrees of freedom.
  const LevelChange level = compare_levels(std::vector{1.0, 2.0, 3.0}, std::vector{4.0, 5.0, 6.0});
  EXPECT_DOUBLE_EQ(level.change.value, 3);
  EXPECT_NEAR(level.p, 0.0213, 1e-4);
  EXPECT_NEAR(level.change.high - 3, 2.776445 * std::sqrt(2.0 / 3), 1e-5);
}

TEST(CompareLevels, AScatteredStretchIsNoSlowerOne) {
  auto quiet = levels(40, 0, 0.003, 1);
  const std::vector<double> even{0.0095, 0.0099, 0.0101, 0.0105};
  const std::vector<double> uneven{-0.004, 0.022, 0.021, 0.001};  // of the same mean
  EXPECT_LT(compare_levels(quiet, even).p, 1e-6);
  EXPECT_GT(compare_levels(quiet, uneven).p, 1e-3);
}

TEST(CompareLevels, CorrelationWidens) {
  const auto before = levels(30, 0, 1, 2), after = levels(30, 1, 1, 3);
  const LevelChange free = compare_levels(before, after), tied = compare_levels(before, after, 0.6);
  EXPECT_DOUBLE_EQ(tied.change.value, free.change.value);
  EXPECT_NEAR((tied.change.high - tied.change.low) / (free.change.high - free.change.low), 2, 1e-9);
  EXPECT_GT(tied.p, free.p);
}

TEST(CompareLevels, ConstantStretches) {
  const std::vector<double> ones(5, 1.0), twos(5, 2.0);
  EXPECT_EQ(compare_levels(ones, ones).p, 1);
  EXPECT_EQ(compare_levels(ones, twos).p, 0);
}

TEST(NeighbourCorrelation, OfAFirstOrderProcessAndOfNone) {
  auto values = levels(4000, 0, 1, 4);
  EXPECT_EQ(neighbour_correlation(values), 0);
  for (std::size_t i = 1; i < values.size(); ++i) values[i] += 0.6 * values[i - 1];
  EXPECT_NEAR(neighbour_correlation(values), 0.6, 0.05);
  for (std::size_t i = 2000; i < values.size(); ++i) values[i] += 10;
  EXPECT_NEAR(neighbour_correlation(values), 0.6, 0.08) << "a shift in the middle";
  EXPECT_EQ(neighbour_correlation(std::vector<double>(9, 1.0)), 0);
}

TEST(ChangePoints, FindsNoneInNoise) {
  for (std::uint32_t seed = 0; seed < 20; ++seed)
    EXPECT_THAT(change_points(levels(300, 0, 0.003, seed), {}), testing::IsEmpty());
}

TEST(ChangePoints, FindsThePlantedOnes) {
  const auto values = joined(joined(levels(70, 0, 0.003, 5), levels(60, 0.02, 0.003, 6)),
                             levels(90, 0.013, 0.003, 7));
  const auto points = change_points(values, {});
  ASSERT_THAT(indices_of(points), testing::ElementsAre(70, 130));
  EXPECT_NEAR(points[0].level.change.value, 0.02, 0.002);
  EXPECT_NEAR(points[1].level.change.value, -0.007, 0.002);
  EXPECT_LT(points[0].level.p, 5e-6);
  EXPECT_THAT(indices_of(change_points(values, {.magnitude = 0.01})), testing::ElementsAre(70));
}

TEST(ChangePoints, NeedsNightsAfterIt) {
  const auto before = levels(60, 0, 0.003, 8), after = levels(4, 0.03, 0.003, 9);
  EXPECT_THAT(indices_of(change_points(joined(before, after), {})), testing::ElementsAre(60));
  EXPECT_THAT(
      change_points(joined(before, {after.begin(), after.begin() + 3}), {.least_segment = 5}),
      testing::IsEmpty());
}

TEST(ChangePoints, OfAFewNights) {
  EXPECT_THAT(change_points({}, {}), testing::IsEmpty());
  EXPECT_THAT(change_points(std::vector<double>(7, 1.0), {}), testing::IsEmpty());
  EXPECT_THAT(change_points(std::vector<double>(200, 1.0), {}), testing::IsEmpty());
}

}  // namespace
}  // namespace gpugauge
