// fill.cu: makes the random inputs of the cases on the device. Not timed: plain rather than fast.

#include <algorithm>

#include "harness/base/random.hpp"
#include "harness/device/cuda/cuda_info.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "kernels/cuda/machine/launch.hpp"

namespace gpugauge {
namespace {

__global__ void fill_kernel(void* data, DType dtype, std::int64_t count, Distribution values,
                            std::uint64_t seed) {
  const std::int64_t stride = static_cast<std::int64_t>(gridDim.x) * blockDim.x;
  for (std::int64_t i = static_cast<std::int64_t>(blockIdx.x) * blockDim.x + threadIdx.x; i < count;
       i += stride) {
    store_random(dtype, values, seed, data, i);
  }
}

}  // namespace

void check_kernel_image() {
  cudaFuncAttributes attributes{};
  check_start(cudaFuncGetAttributes(&attributes, reinterpret_cast<const void*>(fill_kernel)));
}

void fill_random(Stream stream, void* data, DType dtype, std::int64_t count, Distribution values,
                 std::uint64_t seed) {
  constexpr unsigned kThreads = 256;
  constexpr std::int64_t kMaxBlocks = 1 << 16;
  if (count <= 0) return;
  const auto blocks =
      static_cast<unsigned>(std::min((count + kThreads - 1) / kThreads, kMaxBlocks));
  launch(stream, "fill", fill_kernel, {.blocks = blocks, .threads = kThreads}, data, dtype, count,
         values, seed);
}

}  // namespace gpugauge
