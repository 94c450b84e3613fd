#include "kernels/reference/memory_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

constexpr std::size_t kCount = 5000;  // some whole chunks and a part

std::vector<float> random_array(std::uint64_t seed) {
  std::vector<float> array(kCount);
  for (std::size_t i = 0; i < kCount; ++i) array[i] = random_value(Distribution::kNormal, seed, i);
  return array;
}

Verification verify_copy(const std::vector<float>& a, const std::vector<float>& b) {
  Comparison comparison;
  compare_copy(comparison, a, b);
  return comparison.result();
}

TEST(WordChecksum, WrapsAndIgnoresTheOrder) {
  const std::vector<float> words{std::bit_cast<float>(0xFFFFFFFFU), std::bit_cast<float>(3U),
                                 std::bit_cast<float>(0x80000000U)};
  EXPECT_EQ(word_checksum(words), 0x80000002U);
  EXPECT_EQ(word_checksum({}), 0U);
}

TEST(CompareChecksum, AsksForEquality) {
  Comparison same, other;
  compare_checksum(same, 0xFFFFFFFFU, 0xFFFFFFFFU);
  compare_checksum(other, 0xFFFFFFFFU, 0xFFFFFFFEU);
  EXPECT_TRUE(same.result().passed);
  EXPECT_FALSE(other.result().passed);
}

TEST(CompareWrite, LooksAtEveryElement) {
  std::vector<float> a(kCount, kMemoryWriteValue);
  Comparison good;
  compare_write(good, a);
  EXPECT_TRUE(good.result().passed);
  EXPECT_EQ(good.result().checked, static_cast<std::int64_t>(kCount));

  for (std::size_t wrong : {std::size_t{0}, std::size_t{1023}, std::size_t{4097}, kCount - 1}) {
    std::vector<float> broken = a;
    broken[wrong] = std::numeric_limits<float>::quiet_NaN();
    Comparison bad("slot 1");
    compare_write(bad, broken, 100);
    EXPECT_FALSE(bad.result().passed);
    EXPECT_THAT(bad.result().reason,
                HasSubstr("slot 1, element " + std::to_string(100 + wrong) + ": found"));
  }
}

TEST(CompareCopy, IsExact) {
  const std::vector<float> b = random_array(1);
  EXPECT_TRUE(verify_copy(b, b).passed);
  EXPECT_EQ(verify_copy(b, b).relative_error, 0.0);
  std::vector<float> a = b;
  a[2048] = std::nextafter(a[2048], 10.0F);
  EXPECT_FALSE(verify_copy(a, b).passed);
  EXPECT_FALSE(verify_copy(random_array(2), b).passed);
}

TEST(CompareScaleAndAdd, RoundOnceAndAreExact) {
  const std::vector<float> b = random_array(1), c = random_array(2);
  std::vector<float> scaled(kCount), added(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    scaled[i] = static_cast<float>(static_cast<double>(kMemoryScale) * b[i]);
    added[i] = static_cast<float>(static_cast<double>(b[i]) + c[i]);
  }
  Comparison scale, add;
  compare_scale(scale, scaled, b);
  compare_add(add, added, b, c);
  EXPECT_TRUE(scale.result().passed) << scale.result().reason;
  EXPECT_TRUE(add.result().passed) << add.result().reason;

  scaled[4095] = std::nextafter(scaled[4095], 10.0F);
  added[0] = c[0];
  Comparison bad_scale, bad_add;
  compare_scale(bad_scale, scaled, b, 100);
  compare_add(bad_add, added, b, c);
  EXPECT_THAT(bad_scale.result().reason, HasSubstr("element 4195:"));
  EXPECT_THAT(bad_add.result().reason, HasSubstr("element 0:"));
}

TEST(MemoryWriteValue, IsWhatAMemsetWrites) {
  float value;
  std::memset(&value, kMemoryWriteByte, sizeof value);
  EXPECT_EQ(value, kMemoryWriteValue);
}

TEST(CompareTriad, AllowsOneRoundingOrTwo) {
  const std::vector<float> b = random_array(1), c = random_array(2);
  std::vector<float> fused(kCount), rounded_twice(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    fused[i] = std::fma(kMemoryScale, c[i], b[i]);
    const volatile float product = kMemoryScale * c[i];
    rounded_twice[i] = b[i] + product;
  }
  for (const auto& a : {fused, rounded_twice}) {
    Comparison comparison;
    compare_triad(comparison, a, b, c);
    EXPECT_TRUE(comparison.result().passed) << comparison.result().reason;
    EXPECT_EQ(comparison.result().checked, static_cast<std::int64_t>(kCount));
  }
}

TEST(CompareTriad, CatchesOneWrongElementAndSwappedInputs) {
  const std::vector<float> b = random_array(1), c = random_array(2);
  std::vector<float> a(kCount), swapped(kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    a[i] = std::fma(kMemoryScale, c[i], b[i]);
    swapped[i] = std::fma(kMemoryScale, b[i], c[i]);
  }
  a[kCount - 1] *= 1.000001F;
  Comparison one, all;
  compare_triad(one, a, b, c);
  compare_triad(all, swapped, b, c);
  EXPECT_THAT(one.result().reason, HasSubstr("element 4999:"));
  EXPECT_FALSE(all.result().passed);
}

}  // namespace
}  // namespace gpugauge
