#pragma once

#include <cstddef>

namespace gpugauge {

/// Where the chunk of 16 bytes `chunk` of row `row` of a box lies, from the tables in the PTX ISA's
/// "Swizzling Modes": 128 bytes hold one row, two or four, and each next line of 128 bytes
/// exchanges chunks within the rows' width by its number.
inline std::size_t chunk_in_table(std::size_t row, std::size_t chunk, int swizzle_bytes) {
  constexpr int table_128[8][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6},
                                   {2, 3, 0, 1, 6, 7, 4, 5}, {3, 2, 1, 0, 7, 6, 5, 4},
                                   {4, 5, 6, 7, 0, 1, 2, 3}, {5, 4, 7, 6, 1, 0, 3, 2},
                                   {6, 7, 4, 5, 2, 3, 0, 1}, {7, 6, 5, 4, 3, 2, 1, 0}};
  constexpr int table_64[4][8] = {{0, 1, 2, 3, 4, 5, 6, 7},
                                  {1, 0, 3, 2, 5, 4, 7, 6},
                                  {2, 3, 0, 1, 6, 7, 4, 5},
                                  {3, 2, 1, 0, 7, 6, 5, 4}};
  constexpr int table_32[2][8] = {{0, 1, 2, 3, 4, 5, 6, 7}, {1, 0, 3, 2, 5, 4, 7, 6}};
  const std::size_t row_chunks = static_cast<std::size_t>(swizzle_bytes) / 16;
  const std::size_t plain = row * row_chunks + chunk, line = plain / 8, within = plain % 8;
  const int* table = swizzle_bytes == 128  ? table_128[line % 8]
                     : swizzle_bytes == 64 ? table_64[line % 4]
                                           : table_32[line % 2];
  return line * 8 + static_cast<std::size_t>(table[within]);
}

}  // namespace gpugauge
