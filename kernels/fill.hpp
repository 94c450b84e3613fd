#pragma once

#include "harness/device/device.hpp"

#if GPUGAUGE_HAS_CUDA
#include "kernels/cuda/machine/fill.hpp"
#endif

namespace gpugauge {

/// What `open_device` takes to fill the pools of a CUDA device; empty in a build without CUDA.
inline FillKernel cuda_fill_kernel() {
#if GPUGAUGE_HAS_CUDA
  return {.check_image = check_kernel_image, .fill = fill_random};
#else
  return {};
#endif
}

}  // namespace gpugauge
