#pragma once

#include <algorithm>
#include <cstdint>

#include "kernels/cuda/linear/linear_stream.hpp"
#include "kernels/cuda/machine/work_split.hpp"

namespace gpugauge {

/// How the kernels of linear_stream cut a linear: tiles of `rows` rows of w by all tokens, steps of
/// `kStepBytes` bytes of each of those rows.
struct LinearPlan {
  static constexpr int kRows = 128;  ///< of a tile that may be cut along K
  static constexpr int kStepBytes = 128;
  static constexpr int kFewestSteps = 2;  ///< of a block: 32 KiB of weights
  /// The workspace begins with a counter for each block there can be, in a place of their own, so
  /// that they stay zero whatever shapes share it.
  static constexpr std::int64_t kCounterBytes = std::int64_t{4} * WorkSplit::kMostBlocks;

  int tokens;  ///< 8, 16, 32 or 64: the tile's, of which m are real
  int rows;    ///< of a tile: kRows, or of a tile that is not cut one of kWholeRows
  WorkSplit split;

  std::int64_t step_bytes() const { return std::int64_t{rows} * kStepBytes; }
  /// Of a tile's fp32 sums.
  std::int64_t tile_bytes() const { return std::int64_t{4} * rows * tokens; }
  std::int64_t workspace_bytes() const {
    return kCounterBytes + split.partial_slots() * tile_bytes();
  }
};

/// Which of eight rows of weights, or of tokens, is number `i` of a fragment. The two that a
/// quarter of a warp reads together are four apart, and so shared_layout.hpp has them on different
/// banks.
GPUGAUGE_HD constexpr int fragment_row(int i) { return i % 2 * 4 + i / 2; }

constexpr int linear_parts(std::int64_t whole, std::int64_t part) {
  return static_cast<int>((whole + part - 1) / part);
}

inline std::int64_t linear_steps_per_tile(const LinearShape& shape) {
  return linear_parts(shape.k * size_bytes(shape.weights), LinearPlan::kStepBytes);
}
inline std::int64_t linear_steps(const LinearShape& shape) {
  return linear_parts(shape.n, LinearPlan::kRows) * linear_steps_per_tile(shape);
}

/// Equally many bytes a block, tiles cut along K. For a shape that is supported.
inline LinearPlan plan_linear(const LinearShape& shape, int multiprocessors) {
  int tokens = 8;
  while (tokens < shape.m) tokens *= 2;
  return {tokens, LinearPlan::kRows,
          split_work(linear_parts(shape.n, LinearPlan::kRows),
                     static_cast<int>(linear_steps_per_tile(shape)), multiprocessors,
                     LinearPlan::kFewestSteps)};
}

// ---- Hopper
// --------------------------------------------------------------------------------------

inline constexpr int kLinearRingBytes = 96 * 1024;
/// What a block of a small kernel takes, with that of the system.
inline constexpr int kSmallSharedBytes = 1024 + 512;
/// What a block for up to 32 tokens may have of an SM's 228 KiB of shared memory: beside two of
/// them, each with the KiB that the system takes of every block, a small kernel of a step finds
/// room.
inline constexpr int kLinearSharedBytes = (228 * 1024 - 2 * 1024 - kSmallSharedBytes) / 2;

/// The heights of tiles that are not cut: each fills the 96 KiB of a ring with whole stages.
inline constexpr int kWholeRows[] = {64, 48, 32, 24, 16};
/// What fits in registers, in as few that a small kernel has its own beside two of these.
constexpr int most_whole_rows(int tokens) { return tokens <= 8 ? 64 : 32; }
inline constexpr std::int64_t kMostWholeTokens = 16;

inline LinearPlan plan_whole_tiles(const LinearShape& shape, int multiprocessors, int rows) {
  return {shape.m <= 8 ? 8 : 16, rows,
          split_tiles(linear_parts(shape.n, rows), static_cast<int>(linear_steps_per_tile(shape)),
                      multiprocessors)};
}

/// What a linear takes, modelled, in the bytes that a multiprocessor's share of the read bandwidth
/// brings meanwhile: 23.5 KB a µs on an H100 SXM.
///
/// Blocks that have work left share the bandwidth evenly. Weights and activations together come
/// from L2 at most 1.7 times as fast, all blocks together, and to one block at most 1.5 times as
/// fast as its share, though a ring of 96 KiB under way would bring four times it. Of
/// multiprocessors without a block all but a twentieth count as the rings that they do not fill
/// before the linear may begin. What the last block does when its weights have come counts in
/// full: 1.7 µs where partial sums go through memory (a fence of the device, an atomic, and the
/// loads of the last block to arrive), 0.3 µs where they go through shared memory.
inline double modelled_linear_bytes(const LinearShape& shape, const LinearPlan& plan,
                                    int multiprocessors) {
  constexpr double kL2Shares = 1.7, kBlockShares = 1.5;
  constexpr double kBytesOfPartials = 40e3, kBytesOfSharedSums = 7e3;
  const auto step = static_cast<double>(plan.step_bytes());
  const double both =
      step + static_cast<double>(shape.m * LinearPlan::kStepBytes * size_bytes(shape.activations)) /
                 static_cast<double>(size_bytes(shape.weights));
  const auto time = [&](double steps, int active) {
    const double share = static_cast<double>(active) / multiprocessors;
    return steps * std::max({step * share, both * share / kL2Shares, both / kBlockShares});
  };
  const WorkSplit& split = plan.split;
  const double idle = 0.95 - static_cast<double>(split.blocks) / multiprocessors;
  const double idle_rings = kLinearRingBytes * std::max(idle, 0.0);
  if (!split.whole_tiles) {
    return time(static_cast<double>(split.steps()) / split.blocks, split.blocks) + idle_rings +
           (split.tiles % split.blocks == 0 ? 0 : kBytesOfPartials);
  }
  const int longer = split.tiles % split.blocks;  // blocks that have a tile more than the others
  return time(split.tiles / split.blocks * split.steps_per_tile, split.blocks) +
         (longer > 0 ? time(split.steps_per_tile, longer) : 0) + idle_rings + kBytesOfSharedSums;
}

/// The cheaper cut, and of tiles that are not cut the cheapest height.
inline LinearPlan plan_linear_hopper(const LinearShape& shape, int multiprocessors) {
  LinearPlan best = plan_linear(shape, multiprocessors);
  if (best.tokens > kMostWholeTokens) return best;
  double least = modelled_linear_bytes(shape, best, multiprocessors);
  for (int rows : kWholeRows) {
    const LinearPlan plan = plan_whole_tiles(shape, multiprocessors, rows);
    if (rows > most_whole_rows(plan.tokens) || plan.split.tiles > WorkSplit::kMostSteps) continue;
    const double bytes = modelled_linear_bytes(shape, plan, multiprocessors);
    if (bytes < 0.999 * least) least = bytes, best = plan;
  }
  return best;
}

/// How many steps of weights beyond its ring a block may ask L2 for: of all blocks together a third
/// of it, so that they are still there when the ring comes to them, whatever else passes through.
inline int linear_prefetch_steps(const LinearPlan& plan, std::int64_t cache_bytes) {
  return static_cast<int>(cache_bytes / 3 / plan.split.blocks / plan.step_bytes());
}

}  // namespace gpugauge
