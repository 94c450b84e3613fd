#pragma once

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
