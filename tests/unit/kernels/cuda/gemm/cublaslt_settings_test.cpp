#include "kernels/cuda/gemm/cublaslt_settings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint32_t kReduction = 2;

TEST(TilesAndStages, IsEveryPair) {
  const auto all = tiles_and_stages(66, {.tiles = {20, 21}, .stages = {7, 8, 9}});
  ASSERT_EQ(all.size(), 6u);
  EXPECT_EQ(all.front(), (AlgorithmSettings{.id = 66, .tile = 20, .stages = 7}));
  EXPECT_EQ(all.back(), (AlgorithmSettings{.id = 66, .tile = 21, .stages = 9}));
}

TEST(TilesAndStages, AnAlgorithmThatNamesNoneHasOneSetting) {
  EXPECT_THAT(tiles_and_stages(1, {}), ElementsAre(AlgorithmSettings{.id = 1}));
}

TEST(Neighbours, DifferInOneSetting) {
  const AlgorithmSettings base{.id = 1, .tile = 5, .stages = 6};
  const AlgorithmCapabilities can{.tiles = {5},
                                  .stages = {6},
                                  .split_k = true,
                                  .reduces_in_compute_type = true,
                                  .swizzle = true,
                                  .custom_max = 2};
  const auto all = neighbours(base, can, {2, 3}, kReduction);
  EXPECT_EQ(all.size(), 11u + 1u + 2u + 2u);
  for (const AlgorithmSettings& near : all) {
    EXPECT_EQ(near.tile, base.tile);
    EXPECT_EQ(near.reduction, near.split_k > 1 ? kReduction : 0);
    const int changed = (near.split_k != base.split_k) + (near.swizzle != base.swizzle) +
                        (near.custom != base.custom) + (near.cluster != base.cluster);
    EXPECT_EQ(changed, 1);
  }
}

TEST(Neighbours, OfASplitIncludeTheWhole) {
  const auto all = neighbours({.split_k = 4, .reduction = kReduction},
                              {.split_k = true, .reduces_in_compute_type = true}, {}, kReduction);
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const AlgorithmSettings& s) {
    return s.split_k == 1 && s.reduction == 0;
  }));
}

TEST(Neighbours, NeverSplitWhereSumsWouldBeRounded) {
  EXPECT_THAT(neighbours({}, {.split_k = true}, {}, kReduction), IsEmpty());
}

TEST(PaddedRows, GrowByPowersOfTwoAndThenByTiles) {
  EXPECT_THAT(padded_rows(1), ElementsAre(8, 16, 32, 64));
  EXPECT_THAT(padded_rows(8), ElementsAre(16, 32, 64));
  EXPECT_THAT(padded_rows(48), ElementsAre(64));
  EXPECT_THAT(padded_rows(64), IsEmpty());
  EXPECT_THAT(padded_rows(100), ElementsAre(128));
  EXPECT_THAT(padded_rows(256), IsEmpty());
}

}  // namespace
}  // namespace gpugauge
