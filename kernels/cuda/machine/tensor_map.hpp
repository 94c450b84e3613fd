#pragma once

#include <cuda.h>

#include <cstdint>

#include "harness/base/dtype.hpp"

namespace gpugauge {

using TensorMap = CUtensorMap;

/// How a box lies in shared memory.
enum class TensorSwizzle : std::uint8_t {
  kNone,  ///< its rows one after another
  k128,   ///< rows of at most 128 bytes as shared_layout.hpp has them
};

/// A row-major matrix in device memory, and the box of it that one copy moves: up to 256 rows.
/// Where a box sticks out of the matrix, loads fill in zeros, and stores leave it out.
struct TensorBox {
  DType dtype;
  std::int64_t rows, columns;
  int box_rows, box_columns;
  TensorSwizzle swizzle = TensorSwizzle::k128;
};

/// Describes it to the copy engine. `data` and the bytes of a row must be multiples of 16. Throws
/// EnvironmentError where the driver is too old, or refuses.
TensorMap make_tensor_map(const void* data, const TensorBox& box);

}  // namespace gpugauge
