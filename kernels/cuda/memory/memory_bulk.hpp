#pragma once

#include <algorithm>
#include <cstdint>

#include "harness/device/stream.hpp"
#include "kernels/cuda/memory/memory.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// How the bulk copies cut their arrays: a stage of the ring in shared memory holds a piece of each
/// array read. Sizes are multiples of a 4 KiB page.
namespace bulk_ring {

inline constexpr int kStages = 12;
inline constexpr int kStageBytes = 16 << 10;
inline constexpr int kPageBytes = 4096;

/// The largest piece that fits with which every block still gets a few.
constexpr int piece_bytes(std::int64_t array_bytes, int arrays_read, int blocks) {
  constexpr int kPiecesPerBlock = 4;
  int piece = kStageBytes / std::max(arrays_read, 1);
  while (piece > kPageBytes && array_bytes < std::int64_t{piece} * kPiecesPerBlock * blocks) {
    piece /= 2;
  }
  return piece;
}

/// One block a multiprocessor, whose ring takes nearly all of its shared memory; none without a
/// page.
constexpr int blocks(std::int64_t array_bytes, int multiprocessors) {
  return static_cast<int>(std::clamp<std::int64_t>(array_bytes / kPageBytes, 1, multiprocessors));
}

}  // namespace bulk_ring

/// Streams arrays of `bytes` bytes, whole pages, with `blocks` blocks. Asynchronous. Hopper.
void launch_bulk(Stream stream, MemoryPattern pattern, const StreamArrays& arrays,
                 std::int64_t bytes, int blocks);

}  // namespace gpugauge
