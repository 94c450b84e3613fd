#include "kernels/cuda/attention/causal_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <set>
#include <vector>

namespace gpugauge {
namespace {

constexpr int kTileTokens = 128;  // queries of a tile, and keys of a step
// A tile's beginning and end in steps of keys: the model of the 11% that a fixed stride lost.
constexpr double kTileOverhead = 0.6;

struct Tile {
  int head, query_block;
  auto operator<=>(const Tile&) const = default;
};

std::vector<Tile> tiles_of(const CausalSchedule& schedule, int block) {
  std::vector<Tile> tiles;
  for (int round = 0; round < schedule.rounds(); ++round) {
    const int tile = schedule.tile(round, block);
    if (tile < schedule.tiles()) {
      tiles.push_back({schedule.head_of(tile), schedule.query_block_of(tile)});
    }
  }
  return tiles;
}

/// Mean over greatest work of a block.
double balance_of(const CausalSchedule& schedule) {
  std::vector<double> work;
  for (int block = 0; block < schedule.blocks; ++block) {
    double sum = 0;
    for (const Tile& tile : tiles_of(schedule, block)) sum += tile.query_block + 1 + kTileOverhead;
    work.push_back(sum);
  }
  return std::accumulate(work.begin(), work.end(), 0.0) / schedule.blocks /
         *std::max_element(work.begin(), work.end());
}

TEST(CausalSchedule, TakesEveryTileOnce) {
  for (const CausalSchedule& schedule :
       {CausalSchedule{32, 16, 132}, {5, 7, 4}, {1, 1, 1}, {3, 4, 12}, {2, 9, 17}}) {
    std::set<Tile> taken;
    for (int block = 0; block < schedule.blocks; ++block) {
      for (const Tile& tile : tiles_of(schedule, block)) {
        EXPECT_GE(tile.query_block, 0);
        EXPECT_LT(tile.query_block, schedule.query_blocks);
        EXPECT_TRUE(taken.insert(tile).second);
      }
    }
    EXPECT_EQ(static_cast<int>(taken.size()), schedule.tiles());
  }
}

TEST(CausalSchedule, LongestTilesComeFirst) {
  const CausalSchedule schedule{32, 32, 132};
  for (int block = 0; block < schedule.blocks; ++block) {
    const auto tiles = tiles_of(schedule, block);
    EXPECT_TRUE(std::is_sorted(tiles.begin(), tiles.end(), [](const Tile& a, const Tile& b) {
      return a.query_block > b.query_block;
    }));
  }
}

TEST(CausalSchedule, NoBlockHasMuchMoreThanItsShare) {
  struct Row {
    int tokens;
    double expected;  // a fixed stride has 0.793, 0.882, 0.936 and 0.967 at worst
  };
  for (const auto& [tokens, expected] :
       {Row{2048, 0.95}, {4096, 0.975}, {8192, 0.99}, {16384, 0.995}}) {
    for (int multiprocessors : {108, 114, 132, 142}) {
      for (int heads : {32, 40, 64}) {
        EXPECT_GE(balance_of({heads, tokens / kTileTokens, multiprocessors}), expected)
            << tokens << " tokens, " << heads << " heads, " << multiprocessors << " SMs";
      }
    }
  }
}

}  // namespace
}  // namespace gpugauge
