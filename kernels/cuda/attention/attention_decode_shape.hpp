#pragma once

/// How a warp of decode attention cuts its keys and values into products.
namespace gpugauge::attention_decode {

inline constexpr int kQueryTile = 8;     ///< queries in the columns of one product
inline constexpr int kTileBytes = 4096;  ///< of keys, and as many of values

template <typename Cache, int HeadDim, int QueryTiles>
struct Shape {
  static constexpr int kRowBytes = HeadDim * Cache::kBytes;
  static constexpr int kTileTokens = kTileBytes / kRowBytes;  // 16, 32 or 64
  static constexpr int kSteps = kTileTokens / 16;             // of 16 tokens, one product's rows
  static constexpr int kRowRegisters = (kTileTokens + 31) / 32;
  static constexpr int kQueries = QueryTiles * kQueryTile;

  // Keys: a lane has 16 bytes in every 64 of a row.
  static constexpr int kKeyChunks = kRowBytes / 64;
  static constexpr int kKeyPairs = 4 * Cache::kPairs;  // in 16 bytes
  static constexpr int kKeyProducts = kKeyPairs / 2;   // with 16 bytes of a row
  // Values: a lane has an eighth of a row, in chunks that fill 128 bytes where there are so many.
  static constexpr int kValueWords = kRowBytes / 32;
  static constexpr int kChunkWords = kValueWords < 4 ? kValueWords : 4;
  static constexpr int kChunkElements = kChunkWords * 4 / Cache::kBytes;
  static constexpr int kValueTiles = HeadDim / 16;  // of 16 elements, one product's rows
};

}  // namespace gpugauge::attention_decode
