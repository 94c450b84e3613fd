// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/machine/tensor_map.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

TEST(TensorMap, WhatTheCopyEngineCannotReadIsAnError) {
  // Refused by the driver, or by there being none.
  const void* const unaligned = reinterpret_cast<const void*>(8);
  EXPECT_THROW(
      make_tensor_map(
          unaligned,
          {.dtype = DType::kBf16, .rows = 64, .columns = 64, .box_rows = 64, .box_columns = 64}),
      EnvironmentError);
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
