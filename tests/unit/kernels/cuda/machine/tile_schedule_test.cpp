#include "kernels/cuda/machine/tile_schedule.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>
#include <utility>
#include <vector>

namespace gpugauge {
namespace {

TEST(TileSchedule, VisitsEveryTileOnceWhateverTheShape) {
  for (int rows : {1, 2, 3, 7, 8, 9, 31, 64}) {
    for (int columns : {1, 2, 5, 16, 33}) {
      for (int band = 1; band <= rows; ++band) {
        const TileSchedule schedule{rows, columns, band};
        std::vector<int> visits(static_cast<std::size_t>(schedule.tiles()));
        for (int i = 0; i < schedule.tiles(); ++i) {
          const TilePosition tile = tile_at(schedule, i);
          ASSERT_TRUE(tile.row >= 0 && tile.row < rows && tile.column >= 0 &&
                      tile.column < columns);
          ++visits[static_cast<std::size_t>(tile.row * columns + tile.column)];
        }
        ASSERT_EQ(visits, std::vector<int>(visits.size(), 1))
            << rows << "x" << columns << " in bands of " << band;
      }
    }
  }
}

TEST(TileSchedule, BlocksOfAPersistentGridShareTheTilesWithoutOverlap) {
  const TileSchedule schedule{13, 11, 4};
  std::set<std::pair<int, int>> seen;
  constexpr int kBlocks = 7;
  for (int block = 0; block < kBlocks; ++block) {
    for (int i = block; i < schedule.tiles(); i += kBlocks) {
      const TilePosition tile = tile_at(schedule, i);
      EXPECT_TRUE(seen.emplace(tile.row, tile.column).second);
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(schedule.tiles()));
}

TEST(TileSchedule, WhatRunsAtOnceIsAPatch) {
  const TileSchedule schedule{32, 64, 8};
  constexpr int kAtOnce = 64;
  for (int first = 0; first + kAtOnce <= schedule.tiles(); first += kAtOnce) {
    std::set<int> rows, columns;
    for (int i = first; i < first + kAtOnce; ++i) {
      const TilePosition tile = tile_at(schedule, i);
      rows.insert(tile.row);
      columns.insert(tile.column);
    }
    EXPECT_EQ(rows.size(), 8U);
    EXPECT_EQ(columns.size(), 8U);
  }
}

TEST(TileSchedule, NextTileSharesARowOrAColumnOfOperands) {
  const TileSchedule schedule{10, 6, 4};
  for (int i = 0; i + 1 < schedule.tiles(); ++i) {
    const TilePosition a = tile_at(schedule, i), b = tile_at(schedule, i + 1);
    EXPECT_LE(std::abs(a.column - b.column), 1) << "after tile " << i;
  }
}

}  // namespace
}  // namespace gpugauge
