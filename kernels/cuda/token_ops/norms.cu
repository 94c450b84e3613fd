// norms.cu: residual += x, y = residual / rms(residual) · weight, in BF16 or quantised to FP8 as it
// is written.
//
// Build and try alone:
//   cmake --build build --target try_norms
//   build/gpugauge run --device cuda:0 --suite full --filter rms_norm
//
// Bound: at a decode batch none in bytes (8 KiB an array); what counts is one trip to memory, one
// reduction and the launch. At large batches bytes / read bandwidth.
//
// v1  one block a token, the whole row in registers between the two passes, so that it is read
//     once. The norm's weights are fetched before the wait for the kernel before it. Quantising as
//     it writes saves the launch and the two trips of a quantise kernel: predicted 2 µs a linear at
//     batch 1.
// v2  two 16-byte vectors a thread up to a width of 8192 (four above) instead of one: 256 threads
// of
//     40 registers for 4096 elements, before 512 of 32. With programmatic launch a block then finds
//     room beside two linears for up to 8 tokens (tests/unit/kernels/cuda/step/residency_test.cpp),
//     where it had to wait for the end of one or for an SM without.
//     Not yet measured on a card.

#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/reference/token_ops_reference.hpp"

namespace gpugauge {
namespace {

struct Shared {
  float warp_sums[kNormMaxThreads / 32];
};

template <DType output, int Vectors>
__global__ void __launch_bounds__(kNormMaxThreads, Vectors == 2 ? 3 : 1)
    rms_norm_kernel(RmsNormArrays arrays, int width, float inverse_scale) {
  allow_next();
  const auto* const weight = static_cast<const __nv_bfloat16*>(arrays.weight);
  const bool adds = arrays.x != nullptr;
  const std::int64_t row = std::int64_t{blockIdx.x} * width;
  const auto column = [&](int vector) {
    return static_cast<int>(vector * blockDim.x + threadIdx.x) * kVectorElements;
  };
  // What lies behind the row counts as zeros: without branches all loads are under way at once.
  uint4 weights[Vectors], sums[Vectors], added[Vectors];
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    weights[i] = column(i) < width ? load_early(weight + column(i)) : uint4{};
  }
  wait_for_previous();
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    const bool exists = column(i) < width;
    sums[i] = exists ? load_vector(arrays.residual_in, row + column(i)) : uint4{};
    added[i] = exists && adds ? load_vector(arrays.x, row + column(i)) : uint4{};
  }

  float squares = 0.0F;
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    float values[kVectorElements], x[kVectorElements];
    unpack(sums[i], values);
    unpack(added[i], x);
#pragma unroll
    for (int j = 0; j < kVectorElements; ++j) values[j] += x[j];
    sums[i] = pack_bf16(values);
    if (column(i) < width && adds) {
      *reinterpret_cast<uint4*>(static_cast<__nv_bfloat16*>(arrays.residual_out) + row +
                                column(i)) = sums[i];
    }
    unpack(sums[i], values);  // the norm is of what the next layer will read: the rounded sum
#pragma unroll
    for (int j = 0; j < kVectorElements; ++j) squares += values[j] * values[j];
  }

  auto& shared = shared_memory<Shared>();
  squares = combine_block(squares, shared.warp_sums, [](float a, float b) { return a + b; });
  const float factor = rsqrtf(squares / static_cast<float>(width) + kNormEpsilon) * inverse_scale;
#pragma unroll
  for (int i = 0; i < Vectors; ++i) {
    float values[kVectorElements], scale[kVectorElements];
    unpack(sums[i], values);
    unpack(weights[i], scale);
#pragma unroll
    for (int j = 0; j < kVectorElements; ++j) values[j] *= factor * scale[j];
    if (column(i) < width) store_elements<output>(arrays.y, row + column(i), values);
  }
}

}  // namespace

void launch_rms_norm(Stream stream, const RmsNormArrays& arrays, std::int64_t tokens,
                     std::int64_t width, DType output, float scale) {
  const bool wide = norm_vectors(width) == 4;
  const bool quantised = output == DType::kFp8E4m3;
  const auto kernel =
      quantised ? (wide ? rms_norm_kernel<DType::kFp8E4m3, 4> : rms_norm_kernel<DType::kFp8E4m3, 2>)
                : (wide ? rms_norm_kernel<DType::kBf16, 4> : rms_norm_kernel<DType::kBf16, 2>);
  launch(stream, "rms_norm", kernel,
         {.blocks = static_cast<unsigned>(tokens),
          .threads = static_cast<unsigned>(norm_threads(width)),
          .shared_bytes = sizeof(Shared)},
         arrays, static_cast<int>(width), quantised ? 1.0F / scale : 1.0F);
}

}  // namespace gpugauge
