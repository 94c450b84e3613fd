#include "kernels/cuda/machine/tensor_map.hpp"

#include <cuda_runtime_api.h>
#include <fmt/format.h>

#include <string_view>

#include "harness/base/error.hpp"
#include "harness/device/cuda/cuda_error.hpp"

namespace gpugauge {
namespace {

using EncodeTiled = decltype(&cuTensorMapEncodeTiled);

/// The driver's function. It is asked for at run time, so that the program starts without a driver.
EncodeTiled encode_tiled() {
  static const EncodeTiled function = [] {
    constexpr const char* kName = "cuTensorMapEncodeTiled";
    void* address = nullptr;
    cudaDriverEntryPointQueryResult found{};
#if CUDART_VERSION >= 12050
    constexpr unsigned kSince = 12000;
    check(cudaGetDriverEntryPointByVersion(kName, &address, kSince, cudaEnableDefault, &found),
          kName);
#else
    check(cudaGetDriverEntryPoint(kName, &address, cudaEnableDefault, &found), kName);
#endif
    if (found != cudaDriverEntryPointSuccess || address == nullptr) {
      throw EnvironmentError(fmt::format("the driver has no {}: it is older than CUDA 12", kName));
    }
    return reinterpret_cast<EncodeTiled>(address);
  }();
  return function;
}

CUtensorMapDataType element_of(DType dtype) {
  switch (dtype) {
    case DType::kFp32:
    case DType::kTf32:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT32;
    case DType::kBf16:
      return CU_TENSOR_MAP_DATA_TYPE_BFLOAT16;
    case DType::kFp16:
      return CU_TENSOR_MAP_DATA_TYPE_FLOAT16;
    case DType::kInt32:
      return CU_TENSOR_MAP_DATA_TYPE_INT32;
    case DType::kFp8E4m3:
    case DType::kFp8E5m2:
    case DType::kInt8:
      break;
  }
  return CU_TENSOR_MAP_DATA_TYPE_UINT8;
}

}  // namespace

TensorMap make_tensor_map(const void* data, const TensorBox& box) {
  const cuuint64_t extents[2] = {static_cast<cuuint64_t>(box.columns),
                                 static_cast<cuuint64_t>(box.rows)};
  const cuuint64_t row_bytes = static_cast<cuuint64_t>(box.columns * size_bytes(box.dtype));
  const cuuint32_t box_extents[2] = {static_cast<cuuint32_t>(box.box_columns),
                                     static_cast<cuuint32_t>(box.box_rows)};
  const cuuint32_t strides[2] = {1, 1};
  CUtensorMap map;
  const CUresult result = encode_tiled()(
      &map, element_of(box.dtype), 2, const_cast<void*>(data), extents, &row_bytes, box_extents,
      strides, CU_TENSOR_MAP_INTERLEAVE_NONE,
      box.swizzle == TensorSwizzle::k128 ? CU_TENSOR_MAP_SWIZZLE_128B : CU_TENSOR_MAP_SWIZZLE_NONE,
      CU_TENSOR_MAP_L2_PROMOTION_L2_256B, CU_TENSOR_MAP_FLOAT_OOB_FILL_NONE);
  if (result != CUDA_SUCCESS) {
    throw EnvironmentError(fmt::format(
        "cuTensorMapEncodeTiled refused a {}x{} {} matrix at {} in boxes of {}x{}: CUresult {}",
        box.rows, box.columns, name_of(box.dtype), data, box.box_rows, box.box_columns,
        static_cast<int>(result)));
  }
  return map;
}

}  // namespace gpugauge
