#pragma once

#include <cstdint>

#include "kernels/cuda/linear/linear_stream.hpp"
#include "kernels/cuda/machine/work_split.hpp"

namespace gpugauge {

/// How the kernels of linear_stream cut a linear: tiles of `kRows` rows of w by all tokens, steps
/// of `kStepBytes` bytes of each of those rows.
struct LinearPlan {
  static constexpr int kRows = 128;
  static constexpr int kStepBytes = 128;
  static constexpr int kFewestSteps = 2;  ///< of a block: 32 KiB of weights
  /// The workspace begins with a counter for each block there can be, in a place of their own, so
  /// that they stay zero whatever shapes share it.
  static constexpr std::int64_t kCounterBytes = std::int64_t{4} * WorkSplit::kMostBlocks;

  int tokens;  ///< 8, 16, 32 or 64: the tile's, of which m are real
  WorkSplit split;

  /// Of a tile's fp32 sums.
  std::int64_t tile_bytes() const { return std::int64_t{4} * kRows * tokens; }
  std::int64_t workspace_bytes() const {
    return kCounterBytes + split.partial_slots() * tile_bytes();
  }
};

/// Which of eight rows of weights, or of tokens, is number `i` of a fragment. The two that a
/// quarter of a warp reads together are four apart, and so shared_layout.hpp has them on different
/// banks.
GPUGAUGE_HD constexpr int fragment_row(int i) { return i % 2 * 4 + i / 2; }

inline std::int64_t linear_steps(const LinearShape& shape) {
  const auto parts = [](std::int64_t whole, std::int64_t part) {
    return (whole + part - 1) / part;
  };
  return parts(shape.n, LinearPlan::kRows) *
         parts(shape.k * size_bytes(shape.weights), LinearPlan::kStepBytes);
}

/// For a shape that is supported.
inline LinearPlan plan_linear(const LinearShape& shape, int multiprocessors) {
  const auto tiles = static_cast<int>((shape.n + LinearPlan::kRows - 1) / LinearPlan::kRows);
  const auto steps_per_tile = static_cast<int>(linear_steps(shape) / tiles);
  int tokens = 8;
  while (tokens < shape.m) tokens *= 2;
  return {tokens, split_work(tiles, steps_per_tile, multiprocessors, LinearPlan::kFewestSteps)};
}

}  // namespace gpugauge
