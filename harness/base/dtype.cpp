#include "harness/base/dtype.hpp"

#include <array>

namespace gpugauge {
namespace {

struct DTypeRow {
  DType dtype;
  std::string_view name;
  std::int64_t bytes;
  DType gemm_output;
};

constexpr std::array kDTypes{
    DTypeRow{DType::kFp32, "fp32", 4, DType::kFp32},
    DTypeRow{DType::kTf32, "tf32", 4, DType::kFp32},
    DTypeRow{DType::kBf16, "bf16", 2, DType::kBf16},
    DTypeRow{DType::kFp16, "fp16", 2, DType::kFp16},
    DTypeRow{DType::kFp8E4m3, "fp8_e4m3", 1, DType::kBf16},
    DTypeRow{DType::kFp8E5m2, "fp8_e5m2", 1, DType::kBf16},
    DTypeRow{DType::kInt8, "int8", 1, DType::kInt32},
    DTypeRow{DType::kInt32, "int32", 4, DType::kInt32},
};

const DTypeRow& row_of(DType dtype) { return kDTypes.at(static_cast<std::size_t>(dtype)); }

}  // namespace

std::string_view name_of(DType dtype) { return row_of(dtype).name; }
std::int64_t size_bytes(DType dtype) { return row_of(dtype).bytes; }
DType gemm_output_of(DType operands) { return row_of(operands).gemm_output; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const DTypeRow& row : kDTypes) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

}  // namespace gpugauge
