#pragma once

#include <algorithm>
#include <cmath>

/// In which order a persistent grid walks through the tiles of a matrix. Pure; kernels and host
/// use the same functions.
namespace gpugauge {

/// Bands of `band` rows of tiles, each walked column by column, every other one backwards: what
/// runs at once is then a patch about as high as it is wide, which reads the least of both
/// operands, and begins where the last band's operands still lie in the cache.
struct TileSchedule {
  int rows, columns;
  int band;

  constexpr int tiles() const { return rows * columns; }
};

/// As many of the matrix's `rows` of tiles as make the patch of the `at_once` tiles that run at
/// once a square; a tile is `tile_height` by `tile_width` elements.
inline int square_band(int at_once, int tile_height, int tile_width, int rows) {
  const double band = std::sqrt(static_cast<double>(at_once) * tile_width / tile_height);
  return std::clamp(static_cast<int>(std::lround(band)), 1, rows);
}

struct TilePosition {
  int row, column;
};

/// The tile that is `index`th, 0 to tiles() − 1: each exactly once.
constexpr TilePosition tile_at(const TileSchedule& schedule, int index) {
  const int tiles_per_band = schedule.band * schedule.columns;
  const int band = index / tiles_per_band;
  const int within = index % tiles_per_band;
  const int first_row = band * schedule.band;
  const int rows_left = schedule.rows - first_row;
  const int rows = rows_left < schedule.band ? rows_left : schedule.band;
  const int column = within / rows;
  return {first_row + within % rows, band % 2 == 0 ? column : schedule.columns - 1 - column};
}

}  // namespace gpugauge
