#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace gpugauge {

/// Element types, named as the field names them. `int32` appears only as the output of an int8
/// GEMM.
enum class DType : std::uint8_t { kFp32, kTf32, kBf16, kFp16, kFp8E4m3, kFp8E5m2, kInt8, kInt32 };

/// `fp32`, `bf16`, `fp8_e4m3`, … : the spelling used in case names, configs and files.
std::string_view name_of(DType dtype);
std::optional<DType> dtype_from_name(std::string_view name);

/// Bytes one element occupies in memory; tf32 is stored as fp32.
std::int64_t size_bytes(DType dtype);

/// The type a GEMM with these operands writes: fp8 → bf16, int8 → int32, tf32 → fp32, else the
/// same.
DType gemm_output_of(DType operands);

}  // namespace gpugauge
