// elementwise.cu: what needs no other element: the gated activation, quantisation and the gather of
// embeddings.
//
// Build and try alone:
//   cmake --build build --target try_elementwise
//   build/gpugauge run --device cuda:0 --suite full --filter token_op/
//
// Bound: bytes / read bandwidth; at a decode batch one trip to memory and the launch.
//
// v1  one 16-byte store a thread, so 16 elements of FP8 or 8 of BF16, and all of its loads at once;
//     no loops. A quantised activation saves the launch and the two trips of a quantise kernel.
//     Not yet measured on a card.

#include "kernels/cuda/machine/launch.hpp"
#include "kernels/cuda/machine/token_vectors.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"

namespace gpugauge {
namespace {

constexpr int kThreads = kTokenOpThreads;

/// Elements of one 16-byte store.
template <DType output>
constexpr int kElements = output == DType::kFp8E4m3 ? 16 : 8;

template <int Count>
__device__ void load_elements(const void* bf16, std::int64_t element, float (&values)[Count]) {
#pragma unroll
  for (int i = 0; i < Count; i += kVectorElements)
    unpack(load_vector(bf16, element + i), values + i);
}

/// The first of this thread's elements of a row.
template <int Count>
__device__ int column() {
  return static_cast<int>(blockIdx.x * kThreads + threadIdx.x) * Count;
}

template <DType output>
__global__ void __launch_bounds__(kThreads)
    gated_activation_kernel(const void* gate_up, void* y, int width, float inverse_scale) {
  allow_next();
  wait_for_previous();
  constexpr int kCount = kElements<output>;
  if (column<kCount>() >= width) return;
  const std::int64_t element = std::int64_t{blockIdx.y} * width + column<kCount>();
  const std::int64_t in = std::int64_t{blockIdx.y} * 2 * width + column<kCount>();
  float gate[kCount], up[kCount];
  load_elements(gate_up, in, gate);
  load_elements(gate_up, in + width, up);
#pragma unroll
  for (int i = 0; i < kCount; ++i) {
    gate[i] = __fdividef(gate[i], 1.0F + __expf(-gate[i])) * up[i] * inverse_scale;
  }
  store_elements<output>(y, element, gate);
}

__global__ void __launch_bounds__(kThreads)
    quantize_kernel(const void* x, void* y, int width, float inverse_scale) {
  allow_next();
  wait_for_previous();
  constexpr int kCount = kElements<DType::kFp8E4m3>;
  if (column<kCount>() >= width) return;
  const std::int64_t element = std::int64_t{blockIdx.y} * width + column<kCount>();
  float values[kCount];
  load_elements(x, element, values);
#pragma unroll
  for (float& value : values) value *= inverse_scale;
  store_elements<DType::kFp8E4m3>(y, element, values);
}

__global__ void __launch_bounds__(kThreads)
    embedding_kernel(const void* table, const std::int32_t* ids, void* y, int width) {
  allow_next();
  wait_for_previous();
  if (column<kVectorElements>() >= width) return;
  const std::int64_t source = std::int64_t{ids[blockIdx.y]} * width + column<kVectorElements>();
  const std::int64_t element = std::int64_t{blockIdx.y} * width + column<kVectorElements>();
  *reinterpret_cast<uint4*>(static_cast<__nv_bfloat16*>(y) + element) =
      load_streaming(static_cast<const __nv_bfloat16*>(table) + source);
}

LaunchShape shape_of(std::int64_t tokens, std::int64_t width, int elements_per_thread) {
  const std::int64_t per_block = kThreads * elements_per_thread;
  return {.blocks = static_cast<unsigned>((width + per_block - 1) / per_block),
          .blocks_y = static_cast<unsigned>(tokens),
          .threads = kThreads};
}

}  // namespace

void launch_gated_activation(Stream stream, const void* gate_up, void* y, std::int64_t tokens,
                             std::int64_t width, DType output, float scale) {
  const bool quantised = output == DType::kFp8E4m3;
  launch(
      stream, "gated_activation",
      quantised ? gated_activation_kernel<DType::kFp8E4m3> : gated_activation_kernel<DType::kBf16>,
      shape_of(tokens, width, quantised ? 16 : 8), gate_up, y, static_cast<int>(width),
      quantised ? 1.0F / scale : 1.0F);
}

void launch_quantize(Stream stream, const void* x, void* y, std::int64_t tokens, std::int64_t width,
                     float scale) {
  launch(stream, "quantize", quantize_kernel, shape_of(tokens, width, 16), x, y,
         static_cast<int>(width), 1.0F / scale);
}

void launch_embedding(Stream stream, const void* table, const std::int32_t* ids, void* y,
                      std::int64_t tokens, std::int64_t width) {
  launch(stream, "embedding", embedding_kernel, shape_of(tokens, width, kVectorElements), table,
         ids, y, static_cast<int>(width));
}

}  // namespace gpugauge
