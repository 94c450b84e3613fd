#include <gmock/gmock.h>

#include <cmath>
#include <cstring>
#include <numeric>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "tests/gpu/gpu_test.hpp"

namespace gpugauge {
namespace {

using testing::Each;

class CudaDeviceTest : public GpuTest {};

constexpr DType kStored[] = {DType::kFp32,    DType::kBf16,    DType::kFp16,
                             DType::kFp8E4m3, DType::kFp8E5m2, DType::kInt8};

TEST_F(CudaDeviceTest, DescribesTheCard) {
  const DeviceInfo& info = device().info();
  EXPECT_EQ(info.id, "cuda:0");
  EXPECT_EQ(info.backend, Backend::kCuda);
  EXPECT_FALSE(info.name.empty());
  EXPECT_GT(info.memory_bytes, 1LL << 30);
  EXPECT_GT(info.cache_bytes, size(1 << 20, 1 << 10));
  EXPECT_GT(info.compute_units, 0);
  EXPECT_GE(info.compute_capability.value_or(0), 80);
  EXPECT_TRUE(info.has_feature("sm_" + std::to_string(*info.compute_capability)));
  EXPECT_GT(info.max_clock_mhz.value_or(0), 100);
  EXPECT_GT(info.pin_rate_gbps.value_or(0), 50);
  EXPECT_LT(info.pin_rate_gbps.value_or(1e9), 50'000);
  EXPECT_EQ(info.uuid.value_or("").size(), std::strlen("GPU-00010203-0405-0607-0809-0a0b0c0d0e0f"));
  EXPECT_TRUE(info.pci_bus_id.has_value());
  EXPECT_TRUE(info.runtime_version.has_value());
}

TEST_F(CudaDeviceTest, DiscoveryDescribesTheSameCard) {
  const auto devices = discover_cuda_devices();
  ASSERT_FALSE(devices.empty());
  EXPECT_EQ(devices.front().uuid, device().info().uuid);
  EXPECT_EQ(devices.front().name, device().info().name);
}

TEST_F(CudaDeviceTest, TelemetryIsPlausible) {
  const Telemetry telemetry = device().telemetry();
  if (!telemetry.clock_mhz) GTEST_SKIP() << "NVML is not here, or does not know this card";
  EXPECT_GT(*telemetry.clock_mhz, 50);
  EXPECT_LT(*telemetry.clock_mhz, 5000);
  EXPECT_GT(telemetry.power_w.value_or(1), 0);
  EXPECT_LT(telemetry.power_w.value_or(1), 2000);
}

TEST_F(CudaDeviceTest, CopiesThereAndBack) {
  std::vector<std::int32_t> values(100'003);
  std::iota(values.begin(), values.end(), -5);
  const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(values[0]));
  const Buffer buffer = device().allocate(bytes);
  device().copy_to_device(buffer.data(), values.data(), bytes);
  EXPECT_EQ(fetch<std::int32_t>(buffer.data(), values.size()), values);
}

TEST_F(CudaDeviceTest, PoisonSetsEveryByteAndNoMore) {
  const Buffer buffer = device().allocate(4099);
  const std::vector<unsigned char> zeros(4099);
  device().copy_to_device(buffer.data(), zeros.data(), 4099);
  device().poison(buffer.data(), 4097);
  const auto bytes = fetch<unsigned char>(buffer.data(), 4099);
  EXPECT_THAT(std::vector(bytes.begin(), bytes.begin() + 4097), Each(0xFF));
  EXPECT_THAT(std::vector(bytes.begin() + 4097, bytes.end()), Each(0));
}

TEST_F(CudaDeviceTest, TooLargeAnAllocationIsOutOfMemoryAndTheDeviceGoesOn) {
  EXPECT_THROW(device().allocate(1LL << 50), OutOfMemory);
  EXPECT_THROW(device().random_pool(DType::kBf16, Distribution::kNormal, 1LL << 50), OutOfMemory);
  EXPECT_NO_THROW(device().synchronize());
  EXPECT_NE(device().allocate(1 << 20).data(), nullptr);
}

TEST_F(CudaDeviceTest, AnEmptyAllocationIsNothing) {
  EXPECT_EQ(device().allocate(0).data(), nullptr);
}

/// Where neither side calls log or cos, host and device make the same bits.
TEST_F(CudaDeviceTest, FillMakesTheHostsBits) {
  const std::int64_t count = size(100'001, 10'001);
  constexpr std::uint64_t kSeed = 7;
  for (DType dtype : kStored) {
    for (Distribution data :
         {Distribution::kUniform, Distribution::kSmallIntegers, Distribution::kZeros}) {
      const auto bytes = static_cast<std::size_t>(count * size_bytes(dtype));
      std::vector<unsigned char> expected(bytes);
      for (std::int64_t i = 0; i < count; ++i) {
        store_random(dtype, data, kSeed, expected.data(), i);
      }
      const Buffer buffer = device().allocate(static_cast<std::int64_t>(bytes));
      fill_random(device().stream(), buffer.data(), dtype, count, data, kSeed);
      EXPECT_EQ(fetch<unsigned char>(buffer.data(), bytes), expected)
          << name_of(dtype) << " " << name_of(data);
    }
  }
}

/// Box and Muller's transform calls log and cos, whose last bits differ.
TEST_F(CudaDeviceTest, NormalFillIsTheHostsWithinRounding) {
  constexpr std::int64_t kCount = 100'001;
  constexpr std::uint64_t kSeed = 7;
  const Buffer buffer = device().allocate(kCount * 4);
  fill_random(device().stream(), buffer.data(), DType::kFp32, kCount, Distribution::kNormal, kSeed);
  const auto values = fetch<float>(buffer.data(), kCount);
  for (std::size_t i = 0; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], random_value(Distribution::kNormal, kSeed, i), 2e-5) << i;
  }
}

TEST_F(CudaDeviceTest, NormalPoolsHaveTheirMoments) {
  const std::int64_t count = size(1 << 20, 1 << 14);
  // Five standard deviations of the mean of as many draws.
  const double near = 5 / std::sqrt(static_cast<double>(count));
  for (DType dtype : kStored) {
    const auto bytes = static_cast<std::size_t>(count * size_bytes(dtype));
    const void* pool =
        device().random_pool(dtype, Distribution::kNormal, static_cast<std::int64_t>(bytes));
    const auto stored = fetch<unsigned char>(pool, bytes);
    const double scale = quantization_scale(dtype);
    double sum = 0, squares = 0;
    for (std::int64_t i = 0; i < count; ++i) {
      const double value = scale * load_element(dtype, stored.data(), i);
      ASSERT_TRUE(std::isfinite(value)) << name_of(dtype) << " " << i;
      sum += value;
      squares += value * value;
    }
    EXPECT_NEAR(sum / static_cast<double>(count), 0.0, near) << name_of(dtype);
    EXPECT_NEAR(squares / static_cast<double>(count), 1.0, 4 * near) << name_of(dtype);
  }
}

TEST_F(CudaDeviceTest, PoolIsAlignedSharedAndGrowsWithTheSameValues) {
  const void* small = device().random_pool(DType::kBf16, Distribution::kNormal, 10'000);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(small) % 4096, 0U);
  const auto values = fetch<std::uint16_t>(small, 5'000);
  EXPECT_EQ(device().random_pool(DType::kBf16, Distribution::kNormal, 9'000), small);
  const void* large =
      device().random_pool(DType::kBf16, Distribution::kNormal, size(50'000'000, 50'000));
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(large) % 4096, 0U);
  EXPECT_EQ(fetch<std::uint16_t>(large, 5'000), values);
  EXPECT_NE(device().random_pool(DType::kFp16, Distribution::kNormal, 10'000), large);
  device().release_pools();
  EXPECT_NE(device().random_pool(DType::kBf16, Distribution::kNormal, 10'000), nullptr);
}

}  // namespace
}  // namespace gpugauge
