#pragma once

#include "harness/device/stream.hpp"
#include "kernels/cuda/gemm/gemm_wgmma_plan.hpp"
#include "kernels/cuda/machine/tensor_map.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge::gemm_wgmma {

/// Where FP8 products are summed. 16-bit ones are always summed in fp32.
enum class Accumulation {
  kFast,      ///< in the tensor core's short accumulator
  kPromoted,  ///< there for 128 elements of K, then in fp32
};

/// The matrices of a GEMM as a plan's kernel reads and writes them.
struct TensorMaps {
  TensorMap x, w, y;
};
TensorMaps tensor_maps(const Gemm& op, const Plan& plan, const void* x, const void* w, void* y);

/// Computes y[m,n] = x[m,k] · w[n,k]ᵀ by a plan for its shape, in BF16 or FP16, or times `scale` in
/// FP8 E4M3 with the output in BF16. Asynchronous; compute capability 9.0.
void launch(Stream stream, DType operands, Accumulation accumulation, const Plan& plan,
            const TensorMaps& maps, float scale);

}  // namespace gpugauge::gemm_wgmma
