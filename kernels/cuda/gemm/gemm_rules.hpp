#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>

#include "kernels/implementation.hpp"
#include "kernels/ops/op.hpp"
#include "kernels/reference/gemm_reference.hpp"

/// What cuBLASLt asks of a GEMM, and how ours is put to it. Pure, and without its header.
namespace gpugauge::cublaslt {

/// A column-major matrix: element (row, column) lies at row + column · leading.
struct ColumnMajor {
  std::int64_t rows, columns, leading;
};

/// D = Aᵀ · B with the weights as A and the tokens as B: their row-major w[n,k] and x[m,k] are
/// column-major k×n and k×m, and column-major D n×m is y[m,n]. Transposed A with plain B is the
/// only form that FP8 and int8 have; with the tokens in B no rule about multiples falls on their
/// number.
struct ColumnMajorGemm {
  ColumnMajor a, b, d;
};

inline ColumnMajorGemm column_major(const Gemm& op) {
  return {.a = {op.k, op.n, op.k}, .b = {op.k, op.m, op.k}, .d = {op.n, op.m, op.n}};
}

/// Whether cuBLASLt can run it on a device of that compute capability (89 for 8.9).
/// Rules: cuBLAS documentation, cublasLtMatmul.
inline Unsupported unsupported(const Gemm& op, int compute_capability) {
  if (op.activations != op.weights || op.output != gemm_output_of(op.weights)) {
    return "activations and weights must have one type, and the output its default type";
  }
  if (op.m < 1 || op.n < 1 || op.k < 1) return "M, N and K must be at least 1";
  const auto multiples = [&](std::int64_t of) { return op.n % of == 0 && op.k % of == 0; };
  switch (op.weights) {
    case DType::kFp32:
    case DType::kTf32:
    case DType::kBf16:
    case DType::kFp16:
      return std::nullopt;
    case DType::kFp8E4m3:
      if (compute_capability < 89) return "FP8 needs compute capability 8.9 or later";
      if (!multiples(16)) return "FP8 needs N and K in multiples of 16";
      return std::nullopt;
    case DType::kInt8:
      if (!multiples(4)) return "int8 needs N and K in multiples of 4";
      return std::nullopt;
    case DType::kFp8E5m2:
      return "cuBLASLt does not multiply E5M2 by E5M2";
    case DType::kInt32:
      break;
  }
  return "cuBLASLt has no GEMM of this type";
}

/// The workspace that cuBLAS takes for itself: 32 MiB since Hopper, 4 MiB before.
inline std::int64_t workspace_bytes(int compute_capability) {
  return (compute_capability >= 90 ? 32 : 4) * (std::int64_t{1} << 20);
}

/// M to which frameworks pad an FP8 GEMM that has less: vLLM does for torch._scaled_mm, which is
/// faster above 16 (vllm/model_executor/kernels/linear/scaled_mm/pytorch.py, get_output_padding).
inline constexpr std::int64_t kPaddedRows = 17;

inline bool may_be_padded(const Gemm& op) {
  return op.weights == DType::kFp8E4m3 && op.m < kPaddedRows;
}

/// FP8 tensor cores keep about 13 mantissa bits of a sum, 14 with the implicit one. Fast
/// accumulation leaves the whole sum there, cut after every instruction's 32 products; otherwise it
/// is carried over to fp32 every 128 elements of K or so (DeepSeek-V3 technical report, 2024,
/// 3.3.2), and the errors of the parts, of random sign, add up as the root of their number while
/// the sum of magnitudes grows with it. `rounded_parts`: as GemmAccuracy.
inline GemmAccuracy accuracy(const Gemm& op, bool fast_accumulation, int rounded_parts = 1) {
  GemmAccuracy result = customary_accuracy(op);
  result.rounded_parts = rounded_parts;
  if (op.weights == DType::kFp8E4m3) {
    constexpr std::int64_t kPromotedEvery = 128;
    const auto parts = static_cast<std::uint64_t>(std::max<std::int64_t>(1, op.k / kPromotedEvery));
    result.accumulator_bits = 14;
    result.cut_every = fast_accumulation ? 32 : 0;
    if (!fast_accumulation) {
      result.accumulator_bits += (static_cast<int>(std::bit_width(parts)) - 1) / 2;
    }
  }
  return result;
}

}  // namespace gpugauge::cublaslt
