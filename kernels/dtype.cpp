#include "kernels/dtype.hpp"

#include <array>

namespace gpugauge {
namespace {

struct Row {
  DType dtype;
  std::string_view name;
  std::int64_t bytes;
  DType gemm_output;
};

constexpr std::array kRows{
    Row{DType::kFp32, "fp32", 4, DType::kFp32},
    Row{DType::kTf32, "tf32", 4, DType::kFp32},
    Row{DType::kBf16, "bf16", 2, DType::kBf16},
    Row{DType::kFp16, "fp16", 2, DType::kFp16},
    Row{DType::kFp8E4m3, "fp8_e4m3", 1, DType::kBf16},
    Row{DType::kFp8E5m2, "fp8_e5m2", 1, DType::kBf16},
    Row{DType::kInt8, "int8", 1, DType::kInt32},
    Row{DType::kInt32, "int32", 4, DType::kInt32},
};

const Row& row_of(DType dtype) { return kRows.at(static_cast<std::size_t>(dtype)); }

}  // namespace

std::string_view name_of(DType dtype) { return row_of(dtype).name; }
std::int64_t size_bytes(DType dtype) { return row_of(dtype).bytes; }
DType gemm_output_of(DType operands) { return row_of(operands).gemm_output; }

std::optional<DType> dtype_from_name(std::string_view name) {
  for (const Row& row : kRows) {
    if (row.name == name) return row.dtype;
  }
  return std::nullopt;
}

}  // namespace gpugauge
