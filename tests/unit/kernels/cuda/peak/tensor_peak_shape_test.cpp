// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include <gmock/gmock.h>

#include <algorithm>

#include "kernels/cuda/peak/tensor_peak.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {

std::span<const Implementation> cuda_tensor_peak();

namespace tensor_peak {
namespace {

using testing::HasSubstr;

constexpr DType kTypes[] = {DType::kBf16, DType::kFp16, DType::kTf32, DType::kFp8E4m3,
                            DType::kInt8};

struct Card {
  int compute_capability, compute_units;
};
constexpr Card kAmpere{80, 108}, kAda{89, 142}, kHopper{90, 132};

Unsupported unsupported(const TensorPeak& op, const Card& card) {
  DeviceInfo info;
  info.backend = Backend::kCuda;
  info.compute_capability = card.compute_capability;
  info.compute_units = card.compute_units;
  return cuda_tensor_peak().front().supports(op, info);
}

TEST(TensorPeakShape, CountsWhatTheInstructionsDo) {
  // FLOP of one instruction, by its shape: m·n·k products and sums.
  for (DType dtype : kTypes) {
    const std::int64_t k = 32 / size_bytes(dtype);
    for (bool sparse : {false, true}) {
      const std::int64_t depth = sparse ? 2 * k : k;
      const Shape mma = mma_shape(dtype, sparse), wgmma = wgmma_shape(dtype, sparse);
      EXPECT_EQ(mma.flops_per_pass(size_bytes(dtype)),
                mma.units * mma.instructions_per_pass * 2 * 16 * 8 * depth);
      EXPECT_EQ(wgmma.flops_per_pass(size_bytes(dtype)),
                wgmma.units * wgmma.instructions_per_pass * 2 * 64 * 256 * depth);
    }
  }
}

TEST(TensorPeakShape, PassesDoAtLeastTheWorkAndHardlyMore) {
  for (DType dtype : kTypes) {
    for (bool sparse : {false, true}) {
      for (const Card& card : {kAda, kHopper}) {
        const Shape shape =
            card.compute_capability == 90 ? wgmma_shape(dtype, sparse) : mma_shape(dtype, sparse);
        const std::int64_t of_a_pass = card.compute_units * shape.flops_per_pass(size_bytes(dtype));
        for (std::int64_t flops :
             {1000 * of_a_pass, 1000 * of_a_pass + 1, std::int64_t{4'000'000'000'000}}) {
          ASSERT_FALSE(unsupported({dtype, sparse, flops}, card));
          const std::int64_t done =
              of_a_pass * passes_for(flops, shape, size_bytes(dtype), card.compute_units);
          EXPECT_GE(done, flops);
          EXPECT_LE(static_cast<double>(done), 1.001 * static_cast<double>(flops));
        }
      }
    }
  }
}

TEST(TensorPeakShape, OperandsAreDistinctAndAligned) {
  for (DType dtype : kTypes) {
    for (bool sparse : {false, true}) {
      for (const Shape& shape : {mma_shape(dtype, sparse), wgmma_shape(dtype, sparse)}) {
        EXPECT_EQ(shape.product.operand_bytes() % 16, 0);
        EXPECT_EQ(shape.product.m * shape.product.a_row_bytes() % 16, 0);
        EXPECT_NE(sparse_pattern(dtype, 0), sparse_pattern(dtype, 1));
      }
    }
  }
}

TEST(TensorPeakImplementation, SaysWhatItCannotDo) {
  constexpr std::int64_t kEnough = 4'000'000'000'000;
  EXPECT_THAT(unsupported({DType::kFp8E4m3, false, kEnough}, kAmpere).value_or(""),
              HasSubstr("8.9"));
  EXPECT_FALSE(unsupported({DType::kInt8, true, kEnough}, kAmpere));
  EXPECT_THAT(unsupported({DType::kBf16, false, kEnough}, {75, 72}).value_or(""), HasSubstr("8.0"));
  EXPECT_THAT(unsupported({DType::kBf16, false, kEnough}, {100, 148}).value_or(""),
              HasSubstr("10.0 needs tcgen05"));
  EXPECT_FALSE(unsupported({DType::kFp8E4m3, true, kEnough}, {120, 188}));
  for (DType dtype : {DType::kFp32, DType::kFp8E5m2, DType::kInt32}) {
    EXPECT_THAT(unsupported({dtype, false, kEnough}, kHopper).value_or(""),
                HasSubstr(std::string(name_of(dtype))));
  }
}

TEST(TensorPeakImplementation, WantsEnoughWorkAndNotTooMuch) {
  EXPECT_THAT(unsupported({DType::kBf16, false, 1'000'000}, kHopper).value_or(""),
              HasSubstr("1000000 FLOP"));
  EXPECT_TRUE(unsupported({DType::kBf16, false, 0}, kHopper));
  EXPECT_TRUE(unsupported({DType::kBf16, false, 9'000'000'000'000'000'000}, kHopper));
}

}  // namespace
}  // namespace tensor_peak
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
