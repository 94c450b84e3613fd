#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/cuda/machine/tile_schedule.hpp"
#include "kernels/cuda/machine/xor_swizzle.hpp"

/// How the mma.sync GEMM cuts y[m,n] and which lane holds what. Pure.
namespace gpugauge::gemm_mma {

/// K is walked in slices of 64 bytes a row, two instructions deep.
inline constexpr int kSliceBytes = xor_swizzle::kRowBytes;
inline constexpr int kStepBytes = 32;

/// What a block works out at once: `warps_down` × `warps_across` warps, each `warp_rows` rows by 64
/// columns of y.
struct Tile {
  int warps_down, warps_across, warp_rows;
  int stages;    ///< slices in shared memory at once
  int resident;  ///< blocks that one multiprocessor holds

  static constexpr int kWarpColumns = 64;

  constexpr int rows() const { return warps_down * warp_rows; }
  constexpr int columns() const { return warps_across * kWarpColumns; }
  constexpr int threads() const { return warps_down * warps_across * 32; }
  constexpr int shared_bytes() const { return (rows() + columns()) * kSliceBytes * stages; }
};

inline constexpr std::array kTiles{
    Tile{.warps_down = 2, .warps_across = 4, .warp_rows = 64, .stages = 4, .resident = 1},
    Tile{.warps_down = 2, .warps_across = 2, .warp_rows = 64, .stages = 3, .resident = 2},
    Tile{.warps_down = 2, .warps_across = 2, .warp_rows = 32, .stages = 4, .resident = 2},
};

/// A GEMM cut for one device.
struct Plan {
  int tile;  ///< of kTiles
  TileSchedule schedule;
  int blocks;  ///< of the persistent grid
};

/// The plan with that tile.
inline Plan plan_with(int tile, std::int64_t m, std::int64_t n, int multiprocessors) {
  const Tile& shape = kTiles[static_cast<std::size_t>(tile)];
  const auto rows = static_cast<int>((m + shape.rows() - 1) / shape.rows());
  const auto columns = static_cast<int>((n + shape.columns() - 1) / shape.columns());
  const auto blocks = static_cast<int>(
      std::min(std::int64_t{rows} * columns, std::int64_t{multiprocessors} * shape.resident));
  return {.tile = tile,
          .schedule = {.rows = rows,
                       .columns = columns,
                       .band = square_band(blocks, shape.rows(), shape.columns(), rows)},
          .blocks = blocks};
}

/// How long the busiest multiprocessor works, in clocks at 1024 multiply-adds each, for every byte
/// of K: all of a tile's products and, as not every load is hidden behind them, half of the time in
/// which its rows come at 16 bytes a clock.
constexpr double modelled_time(const Plan& plan, int multiprocessors) {
  const Tile& shape = kTiles[static_cast<std::size_t>(plan.tile)];
  const int of_busiest = (plan.schedule.tiles() + multiprocessors - 1) / multiprocessors;
  return of_busiest *
         (shape.rows() * shape.columns() / 1024.0 + 0.5 * (shape.rows() + shape.columns()) / 16.0);
}

/// Whether mma.sync has no FP8 on a device of that compute capability (89 for 8.9), so that the
/// compiler puts conversions and products of fp16 in its place. Their registers are too many for
/// all but the smallest tile. So ptxas 13.0 does for sm_90 and sm_100, not for sm_89 and sm_120.
constexpr bool fp8_is_emulated(int compute_capability) {
  return compute_capability >= 90 && compute_capability < 120;
}

inline constexpr int kSmallestTile = static_cast<int>(kTiles.size()) - 1;

/// The plan of least time, the largest tile of equals, among the tiles from `first` on.
inline Plan choose(std::int64_t m, std::int64_t n, int multiprocessors, int first = 0) {
  Plan best = plan_with(first, m, n, multiprocessors);
  for (int tile = first + 1; tile <= kSmallestTile; ++tile) {
    const Plan plan = plan_with(tile, m, n, multiprocessors);
    if (modelled_time(plan, multiprocessors) < modelled_time(best, multiprocessors)) best = plan;
  }
  return best;
}

/// A chunk of a slice in shared memory: where one lane of a load of four matrices points.
struct Chunk {
  int row, chunk;
};

/// Of the rows of x, two by two matrices: rows 0…7 and 8…15, then the same of the next 16 bytes.
constexpr Chunk x_chunk(int lane) { return {lane % 16, lane / 16}; }

/// A product does not care which row of w is its column c. So four products side by side share out
/// 32 rows such that lane t of a group of four gets the eight neighbours 8t…8t+7 of a row of y and
/// stores them at once: column 2t+e of product j is row 8t+2j+e.
constexpr int w_row(int product, int column) { return 8 * (column / 2) + 2 * product + column % 2; }
/// Of the rows of w: two products' columns, each 16 bytes and the next 16.
constexpr Chunk w_chunk(int lane) { return {w_row(lane / 16, lane % 8), lane / 8 % 2}; }

/// Where a lane's chunk lies for the `i`th 16 rows of x, or the `i`th two products, and a step of
/// K, given where it lies for the first: all that the swizzle does is to turn one bit.
constexpr int x_offset(int first, int i, int step) {
  return (first ^ ((i ^ step) % 2 * kStepBytes)) + 16 * i * kSliceBytes;
}
constexpr int w_offset(int first, int i, int step) {
  return (first ^ ((i ^ step) % 2 * kStepBytes)) + (i / 2 * 32 + w_row(i % 2 * 2, 0)) * kSliceBytes;
}

}  // namespace gpugauge::gemm_mma
