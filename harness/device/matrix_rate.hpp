#pragma once

#include <algorithm>
#include <array>
#include <optional>

#include "harness/base/dtype.hpp"

namespace gpugauge {

/// FLOP of dense products that a multiprocessor of an architecture does in one clock, at most: some
/// products of it do half (a GeForce with FP32 sums). 0 is unknown.
struct MatrixRate {
  int compute_capability;     ///< 90 for 9.0
  int tf32, half, fp8, int8;  ///< `half` is BF16 and FP16
};

// Sources: NVIDIA's architecture whitepapers: Turing, A100, GA102, Ada (AD102), H100, Blackwell
// (B200: HGX datasheet over 148 SMs and 1.965 GHz), RTX Blackwell.
inline constexpr std::array kMatrixRates{
    MatrixRate{75, 0, 1024, 0, 2048},          MatrixRate{80, 1024, 2048, 0, 4096},
    MatrixRate{86, 512, 1024, 0, 2048},        MatrixRate{89, 512, 1024, 2048, 2048},
    MatrixRate{90, 2048, 4096, 8192, 8192},    MatrixRate{100, 4096, 8192, 16384, 16384},
    MatrixRate{103, 4096, 8192, 16384, 16384}, MatrixRate{120, 512, 1024, 2048, 2048},
    MatrixRate{121, 512, 1024, 2048, 2048},
};

/// Nothing where the architecture or its rate for such operands is not in the table. FP32 has the
/// rate of TF32: libraries put FP32 together from matrix products, which ordinary arithmetic does
/// not reach. With 2:4 sparsity it is twice as much.
constexpr std::optional<double> most_flop_per_sm_clock(int compute_capability, DType operands) {
  const auto row = std::find_if(
      kMatrixRates.begin(), kMatrixRates.end(),
      [=](const MatrixRate& each) { return each.compute_capability == compute_capability; });
  if (row == kMatrixRates.end()) return std::nullopt;
  int flop = 0;
  switch (operands) {
    case DType::kFp32:
    case DType::kTf32:
      flop = row->tf32;
      break;
    case DType::kBf16:
    case DType::kFp16:
      flop = row->half;
      break;
    case DType::kFp8E4m3:
    case DType::kFp8E5m2:
      flop = row->fp8;
      break;
    case DType::kInt8:
    case DType::kInt32:
      flop = row->int8;
      break;
  }
  return flop > 0 ? std::optional<double>(flop) : std::nullopt;
}

}  // namespace gpugauge
