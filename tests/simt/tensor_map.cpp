#include "kernels/cuda/machine/tensor_map.hpp"

#include <cstdint>

#include "tests/simt/hopper.hpp"

namespace gpugauge {

TensorMap make_tensor_map(const void* data, const TensorBox& box) {
  const simt::TensorFields map{.data = static_cast<const unsigned char*>(data),
                               .element_bytes = static_cast<int>(size_bytes(box.dtype)),
                               .rows = box.rows,
                               .columns = box.columns,
                               .row_bytes = box.columns * size_bytes(box.dtype),
                               .box_rows = box.box_rows,
                               .box_columns = box.box_columns,
                               .swizzle_bytes = box.swizzle == TensorSwizzle::k128 ? 128 : 0};
  const auto require = [](bool holds, const char* what) {
    if (!holds) throw simt::Error(std::string("make_tensor_map: ") + what);
  };
  // As the CUDA Driver API 13.0 has it under cuTensorMapEncodeTiled.
  require(reinterpret_cast<std::uintptr_t>(data) % 16 == 0, "the data must be 16-byte aligned");
  require(map.columns * map.element_bytes % 16 == 0, "16 must divide the bytes of a row");
  require(map.rows > 0 && map.columns > 0, "the matrix is empty");
  require(
      map.box_rows >= 1 && map.box_rows <= 256 && map.box_columns >= 1 && map.box_columns <= 256,
      "a box has 1 to 256 rows and columns");
  require(map.box_row_bytes() % 16 == 0, "16 must divide the bytes of a row of the box");
  // A row that is narrower is allowed, but what lies where is not told.
  require(
      map.swizzle_bytes == 0 || map.box_row_bytes() == static_cast<std::size_t>(map.swizzle_bytes),
      "a row of the box must have as many bytes as the swizzle permutes");
  TensorMap result;
  simt::store_fields(result, map);
  return result;
}

}  // namespace gpugauge
