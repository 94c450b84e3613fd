#include "harness/analyze/stats/hampel.hpp"

#include <gmock/gmock.h>

#include <numeric>

#include "tests/unit/analyze/track/synthetic_nights.hpp"

namespace gpugauge {
namespace {

std::vector<std::size_t> all_of(std::size_t count) {
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

TEST(Hampel, TakesSpikesOfOneAndTwoNights) {
  for (const std::size_t at : {0, 1, 20, 38}) {
    auto values = synthetic::levels(40, 0, 0.003, 1);
    values[at] += 0.05;
    values[at + 1] += 0.05;
    const auto kept = without_spikes(values, {});
    if (at == 38) {  // the last two may yet turn out to be a new level: one is kept
      EXPECT_THAT(kept, testing::SizeIs(39));
    } else if (at == 0) {
      EXPECT_THAT(kept, testing::Not(testing::Contains(1U)));
    } else {
      EXPECT_THAT(kept, testing::Not(testing::Contains(at)));
      EXPECT_THAT(kept, testing::Not(testing::Contains(at + 1)));
    }
  }
}

TEST(Hampel, KeepsEveryNightOfALevelThatLasts) {
  for (const std::size_t after : {3, 4, 20}) {
    const auto values = synthetic::joined(synthetic::levels(40, 0, 0.003, 2),
                                          synthetic::levels(after, 0.05, 0.003, 3));
    EXPECT_THAT(without_spikes(values, {}), testing::ElementsAreArray(all_of(40 + after)));
  }
}

TEST(Hampel, ALevelThatComesBackAgainAndAgainIsScatter) {
  auto values = synthetic::levels(60, 0, 0.003, 4);
  for (std::size_t i = 0; i < values.size(); i += 5) values[i] += 0.02;
  EXPECT_THAT(without_spikes(values, {}), testing::SizeIs(60));
}

TEST(Hampel, ConstantNightsNeedTheFloor) {
  std::vector<double> values(30, 1.0);
  values[10] += 1e-6;
  EXPECT_THAT(without_spikes(values, {}), testing::SizeIs(29));
  EXPECT_THAT(without_spikes(values, {.least_scatter = 1e-3}), testing::SizeIs(30));
  EXPECT_THAT(without_spikes({}, {}), testing::IsEmpty());
}

}  // namespace
}  // namespace gpugauge
