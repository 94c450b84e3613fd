#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "kernels/cuda/machine/tile_schedule.hpp"

/// How a GEMM is cut for the wgmma kernels: a pure function of its shape and of the device.
namespace gpugauge::gemm_wgmma {

/// The part of y that a block works out at a time.
struct Tile {
  int m, n;
  bool operator==(const Tile&) const = default;
};

/// Every tile that there is a kernel of. The larger one reads fewer bytes an operation; the smaller
/// ones leave fewer multiprocessors idle.
inline constexpr std::array kTiles{Tile{128, 256}, Tile{128, 128}, Tile{64, 256}, Tile{64, 128}};

/// Of K, what one stage of the pipeline holds.
inline constexpr int kStageRowBytes = 128;

struct Plan {
  Tile tile;
  int cluster;            ///< blocks one above the other that share their part of w: 1 or 2
  TileSchedule schedule;  ///< its rows are of whole clusters, `cluster` tiles high
  int k_stages;           ///< stages of K that make one tile
  int blocks;             ///< of the persistent grid; whole clusters
};

constexpr std::int64_t ceil_div(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

/// The plan with that tile and cluster. `row_bytes` are those of a row of x or w.
inline Plan plan_with(Tile tile, int cluster, std::int64_t m, std::int64_t n,
                      std::int64_t row_bytes, int multiprocessors) {
  const auto rows = static_cast<int>(ceil_div(m, std::int64_t{tile.m} * cluster));
  const auto columns = static_cast<int>(ceil_div(n, tile.n));
  const int clusters = std::min(rows * columns, std::max(1, multiprocessors / cluster));
  const int band = square_band(clusters, tile.m * cluster, tile.n, rows);
  return {.tile = tile,
          .cluster = cluster,
          .schedule = {.rows = rows, .columns = columns, .band = band},
          .k_stages = static_cast<int>(ceil_div(row_bytes, kStageRowBytes)),
          .blocks = clusters * cluster};
}

/// Clocks that a plan takes in a model: rounds of tiles, each as slow as the slowest of the matrix
/// units (4096 16-bit or 8192 8-bit operations a clock and multiprocessor) and the L2 (64 bytes a
/// clock to one multiprocessor, 4 KiB to all of an H100's), and a tile's start and end.
inline double modelled_clocks(const Plan& plan) {
  constexpr double kMatrixElements = 32, kBlockBytes = 64, kDeviceBytes = 4096;
  constexpr double kTileClocks = 1000, kEpilogueElements = 32;
  const double tile_elements = static_cast<double>(plan.tile.m) * plan.tile.n;
  const double bytes =
      (plan.tile.m + static_cast<double>(plan.tile.n) / plan.cluster) * kStageRowBytes;
  const double stage = std::max(
      {tile_elements / kMatrixElements, bytes / kBlockBytes, bytes * plan.blocks / kDeviceBytes});
  const auto rounds = static_cast<double>(
      ceil_div(std::int64_t{plan.schedule.tiles()} * plan.cluster, plan.blocks));
  return rounds * (plan.k_stages * stage + kTileClocks + tile_elements / kEpilogueElements);
}

/// The plan that the model likes best; the largest tile where it does not care.
inline Plan choose(std::int64_t m, std::int64_t n, std::int64_t row_bytes, int multiprocessors) {
  Plan best = plan_with(kTiles[0], 1, m, n, row_bytes, multiprocessors);
  for (const Tile tile : kTiles) {
    const int clusters = m > tile.m && multiprocessors > 1 ? 2 : 1;
    for (int cluster = 1; cluster <= clusters; ++cluster) {
      const Plan plan = plan_with(tile, cluster, m, n, row_bytes, multiprocessors);
      if (modelled_clocks(plan) < modelled_clocks(best)) best = plan;
    }
  }
  return best;
}

}  // namespace gpugauge::gemm_wgmma
