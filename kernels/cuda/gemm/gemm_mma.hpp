#pragma once

#include <cstdint>

#include "harness/base/dtype.hpp"
#include "harness/device/stream.hpp"
#include "kernels/cuda/gemm/gemm_mma_tiles.hpp"

namespace gpugauge {

/// y[m,n] = scale · x[m,k] · w[n,k]ᵀ in device memory, row-major and 16-byte aligned; x and w in
/// `dtype` (bf16, fp16, fp8_e4m3 or int8), y in the customary type of its output. Rows of x and w
/// are a multiple of 16 bytes long, and n is one of 8. Sums of int8 are not scaled.
struct MmaGemm {
  DType dtype;
  std::int64_t m, n, k;
  const void* x;
  const void* w;
  void* y;
  float scale;
};

/// Works it out by a plan for its m and n. Asynchronous.
void launch_gemm_mma(Stream stream, const MmaGemm& gemm, const gemm_mma::Plan& plan);

}  // namespace gpugauge
