#pragma once

namespace gpugauge::xor_swizzle {

/// A tile of operands in shared memory: rows of 64 bytes of K, in chunks of 16 bytes, which is what
/// one lane copies or addresses at once. Shared memory has 32 banks of 4 bytes: eight lanes take
/// one pass where their chunks lie in eight different eighths of a 128-byte line.
inline constexpr int kChunkBytes = 16;
inline constexpr int kRowBytes = 64;
inline constexpr int kRowChunks = kRowBytes / kChunkBytes;

/// Where a chunk of a row lies, in bytes from the tile's start. Two rows share a line. Four lines
/// hold chunk c in different eighths where their numbers differ in the lowest two bits, as those of
/// eight neighbouring rows do, and where they differ in the next two, as those of rows 8 apart do.
constexpr int offset_bytes(int row, int chunk) {
  const int line = row / 2;
  return row * kRowBytes + (chunk ^ ((line ^ (line >> 2)) % kRowChunks)) * kChunkBytes;
}

}  // namespace gpugauge::xor_swizzle
