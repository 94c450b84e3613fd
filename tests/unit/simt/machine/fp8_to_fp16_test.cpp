#include "kernels/cuda/machine/fp8_to_fp16.hpp"

#include <cuda_fp8.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(Fp16ByBits, IsNvidiasConversionForEveryPair) {
  for (std::uint32_t two = 0; two < 1U << 16; ++two) {
    const __half2_raw expected =
        __nv_cvt_fp8x2_to_halfraw2(static_cast<__nv_fp8x2_storage_t>(two), __NV_E4M3);
    ASSERT_EQ(fp16_by_bits(two), expected.x | std::uint32_t{expected.y} << 16) << two;
  }
}

}  // namespace
}  // namespace gpugauge
