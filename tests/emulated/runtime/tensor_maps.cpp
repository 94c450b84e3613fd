#include "tests/emulated/runtime/tensor_maps.hpp"

#include <fmt/format.h>

#include <cstdint>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/card.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/simt/hopper.hpp"

namespace gpugauge::emulated {
namespace {

int bytes_of(CUtensorMapDataType type) {
  switch (type) {
    case CU_TENSOR_MAP_DATA_TYPE_UINT8:
      return 1;
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT16:
    case CU_TENSOR_MAP_DATA_TYPE_BFLOAT16:
      return 2;
    case CU_TENSOR_MAP_DATA_TYPE_FLOAT32:
    case CU_TENSOR_MAP_DATA_TYPE_INT32:
      return 4;
    default:
      broken("cuTensorMapEncodeTiled",
             fmt::format("data type {} is not emulated", static_cast<int>(type)));
  }
}

void require(bool holds, const std::string& rule) {
  if (!holds) broken("cuTensorMapEncodeTiled", rule);
}

}  // namespace

CUresult encode_tensor_map(CUtensorMap* map, CUtensorMapDataType type, cuuint32_t rank, void* data,
                           const cuuint64_t* extents, const cuuint64_t* row_bytes,
                           const cuuint32_t* box, const cuuint32_t* element_strides,
                           CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
                           CUtensorMapL2promotion, CUtensorMapFloatOOBfill) {
  constexpr std::uint64_t kMostExtent = std::uint64_t{1} << 32;
  constexpr std::uint64_t kMostStride = std::uint64_t{1} << 40;
  const auto bytes = static_cast<std::uint64_t>(bytes_of(type));
  require(card().limits.compute_capability >= 90, "needs compute capability 9.0");
  require(reinterpret_cast<std::uintptr_t>(map) % 64 == 0, "the map is not aligned to 64 bytes");
  require(reinterpret_cast<std::uintptr_t>(data) % 16 == 0, "the data is not aligned to 16 bytes");
  require(rank == 2, fmt::format("rank {} is not emulated, but 2 is", rank));
  require(interleave == CU_TENSOR_MAP_INTERLEAVE_NONE, "interleaving is not emulated");
  require(swizzle == CU_TENSOR_MAP_SWIZZLE_NONE || swizzle == CU_TENSOR_MAP_SWIZZLE_128B,
          "of the swizzles only 128 bytes is emulated");
  for (int i = 0; i < 2; ++i) {
    require(extents[i] >= 1 && extents[i] <= kMostExtent,
            fmt::format("extent {} is {}, not 1 to 2^32", i, extents[i]));
    require(box[i] >= 1 && box[i] <= 256, fmt::format("box {} is {}, not 1 to 256", i, box[i]));
    require(element_strides[i] == 1, "element strides other than 1 are not emulated");
  }
  require(row_bytes[0] % 16 == 0 && row_bytes[0] < kMostStride,
          fmt::format("{} bytes a row are no multiple of 16 below 2^40", row_bytes[0]));
  require(row_bytes[0] >= extents[0] * bytes, "rows overlap");
  const std::uint64_t inner = box[0] * bytes;
  require(inner % 16 == 0, fmt::format("a row of the box has {} bytes, not 16 of them", inner));
  const bool swizzled = swizzle == CU_TENSOR_MAP_SWIZZLE_128B;
  require(!swizzled || inner <= 128,
          fmt::format("a row of the box has {} bytes, more than the swizzle's 128", inner));
  // Allowed on a card, but where what lies then is not told.
  require(!swizzled || inner == 128, "a row of the box is narrower than the swizzle");
  require(is_device_memory(data, (extents[1] - 1) * row_bytes[0] + extents[0] * bytes),
          "the matrix does not lie in one allocation");
  simt::store_fields(*map, {.data = static_cast<const unsigned char*>(data),
                            .element_bytes = static_cast<int>(bytes),
                            .rows = static_cast<std::int64_t>(extents[1]),
                            .columns = static_cast<std::int64_t>(extents[0]),
                            .row_bytes = static_cast<std::int64_t>(row_bytes[0]),
                            .box_rows = static_cast<int>(box[1]),
                            .box_columns = static_cast<int>(box[0]),
                            .swizzle_bytes = swizzled ? 128 : 0});
  return CUDA_SUCCESS;
}

}  // namespace gpugauge::emulated
