#include "harness/device/random_pools.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

Buffer allocate(std::int64_t bytes) {
  void* const memory =
      std::aligned_alloc(4096, static_cast<std::size_t>((bytes + 4095) / 4096 * 4096));
  return Buffer(memory, bytes, [](void* data) { std::free(data); });
}

TEST(RandomPools, HoldUnitNormalsInEveryType) {
  RandomPools pools;
  for (DType dtype : {DType::kFp32, DType::kBf16, DType::kFp16, DType::kFp8E4m3, DType::kInt8}) {
    const std::int64_t count = 1 << 20;
    const void* pool = pools.get(dtype, Distribution::kNormal, count * size_bytes(dtype), allocate);
    double mean = 0, square = 0, fourth = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const double v = load_element(dtype, pool, i) * quantization_scale(dtype);
      mean += v / static_cast<double>(count);
      square += v * v / static_cast<double>(count);
      fourth += v * v * v * v / static_cast<double>(count);
    }
    EXPECT_NEAR(mean, 0.0, 0.005) << name_of(dtype);
    EXPECT_NEAR(square, 1.0, 0.01) << name_of(dtype);
    EXPECT_NEAR(fourth / (square * square), 3.0, 0.03) << name_of(dtype);
  }
}

TEST(RandomPools, RepeatWithTheirPeriodAndNotBefore) {
  RandomPools pools;
  const std::int64_t period = RandomPools::kPeriod;
  const auto* pool = static_cast<const std::uint16_t*>(
      pools.get(DType::kBf16, Distribution::kNormal, 3 * period * 2, allocate));
  EXPECT_EQ(std::memcmp(pool, pool + period, static_cast<std::size_t>(2 * period * 2)), 0);
  std::int64_t equal = 0;
  for (std::int64_t i = 0; i < 4096; ++i) equal += pool[i] == pool[i + 4096] ? 1 : 0;
  EXPECT_LT(equal, 200);
}

TEST(RandomPools, ThePeriodIsPrime) {
  for (std::int64_t d = 2; d * d <= RandomPools::kPeriod; ++d) {
    EXPECT_NE(RandomPools::kPeriod % d, 0) << d;
  }
}

TEST(RandomPools, AreSharedUntilMoreIsAsked) {
  RandomPools pools;
  int allocations = 0;
  const auto counting = [&](std::int64_t bytes) {
    ++allocations;
    return allocate(bytes);
  };
  const void* first = pools.get(DType::kFp32, Distribution::kNormal, 1 << 20, counting);
  EXPECT_EQ(pools.get(DType::kFp32, Distribution::kNormal, 1 << 10, counting), first);
  EXPECT_EQ(allocations, 1);
  pools.get(DType::kFp32, Distribution::kNormal, 1 << 21, counting);
  EXPECT_EQ(allocations, 2);
  pools.get(DType::kFp32, Distribution::kZeros, 1 << 10, counting);
  pools.get(DType::kBf16, Distribution::kNormal, 1 << 10, counting);
  EXPECT_EQ(allocations, 4);
  pools.clear();
  pools.get(DType::kFp32, Distribution::kNormal, 1 << 10, counting);
  EXPECT_EQ(allocations, 5);
}

TEST(RandomPools, KeepTheirFirstValuesWhenTheyGrow) {
  RandomPools pools;
  const auto value = [&](std::int64_t bytes) {
    return load_element(DType::kFp32,
                        pools.get(DType::kFp32, Distribution::kNormal, bytes, allocate), 500);
  };
  EXPECT_EQ(value(4096), value(std::int64_t{4} * (RandomPools::kPeriod + 9)));
}

TEST(RandomPools, SurviveAFailedAllocation) {
  RandomPools pools;
  const auto refuse = [](std::int64_t) -> Buffer { throw OutOfMemory("no"); };
  EXPECT_THROW(pools.get(DType::kFp32, Distribution::kNormal, 4096, refuse), OutOfMemory);
  EXPECT_NE(pools.get(DType::kFp32, Distribution::kNormal, 4096, allocate), nullptr);
}

}  // namespace
}  // namespace gpugauge
