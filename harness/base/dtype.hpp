#pragma once

#include <array>
#include <cstdint>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// Element types, named as the field names them. `int32` appears only as the output of an int8
/// GEMM.
enum class DType : std::uint8_t { kFp32, kTf32, kBf16, kFp16, kFp8E4m3, kFp8E5m2, kInt8, kInt32 };

struct DTypeRow {
  DType value;
  std::string_view name;  ///< in case names, configs and files
  std::int64_t bytes;     ///< of one element in memory; tf32 is stored as fp32
  DType gemm_output;      ///< what a GEMM with these operands writes
};
template <>
struct EnumTable<DType> {
  static constexpr std::array rows{
      DTypeRow{DType::kFp32, "fp32", 4, DType::kFp32},
      DTypeRow{DType::kTf32, "tf32", 4, DType::kFp32},
      DTypeRow{DType::kBf16, "bf16", 2, DType::kBf16},
      DTypeRow{DType::kFp16, "fp16", 2, DType::kFp16},
      DTypeRow{DType::kFp8E4m3, "fp8_e4m3", 1, DType::kBf16},
      DTypeRow{DType::kFp8E5m2, "fp8_e5m2", 1, DType::kBf16},
      DTypeRow{DType::kInt8, "int8", 1, DType::kInt32},
      DTypeRow{DType::kInt32, "int32", 4, DType::kInt32},
  };
};

constexpr std::int64_t size_bytes(DType dtype) { return row_of(dtype).bytes; }
constexpr DType gemm_output_of(DType operands) { return row_of(operands).gemm_output; }

/// Every type but int32, which is only ever an output; in their order.
inline constexpr auto kOperandTypes = [] {
  std::array<DType, all_of<DType>.size() - 1> types{};
  std::size_t count = 0;
  for (const DType type : all_of<DType>) {
    if (type != DType::kInt32) types.at(count++) = type;
  }
  return types;
}();

}  // namespace gpugauge
