#pragma once

#include <cstdint>

#include "harness/device/stream.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// Device memory that a pattern streams, 16-byte aligned. Names as in a[i] = b[i] + s·c[i].
struct StreamArrays {
  void* out = nullptr;      ///< the array written; for read one 32-bit sum a block
  const void* b = nullptr;  ///< the first array read
  const void* c = nullptr;  ///< the second: of add and triad
};

/// How many blocks of the pattern's kernel a multiprocessor runs at once.
int resident_stream_blocks(MemoryPattern pattern);

/// Streams `pages` pages (stream_grid.hpp) of each array with `blocks` blocks. Asynchronous.
void launch_stream(Stream stream, MemoryPattern pattern, const StreamArrays& arrays,
                   std::int64_t pages, int blocks);

}  // namespace gpugauge
