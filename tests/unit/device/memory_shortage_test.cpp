#include "harness/device/memory_shortage.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TEST(MemoryShortage, ACardWithLessThanACaseNeedsIsTooSmall) {
  EXPECT_THAT(
      [] {
        throw_shortage(
            {.needed_bytes = 20 * kGiB, .free_bytes = 15 * kGiB, .device_bytes = 16 * kGiB});
      },
      ThrowsMessage<TooLargeForDevice>("needs 20 GiB, and 15 GiB of the device's 16 GiB are free"));
}

TEST(MemoryShortage, WhatOthersHoldIsNoMatterOfTheCardsSize) {
  try {
    throw_shortage({.needed_bytes = 4 * kGiB, .free_bytes = 2 * kGiB, .device_bytes = 16 * kGiB});
  } catch (const TooLargeForDevice&) {
    FAIL() << "the card has room for 4 GiB";
  } catch (const OutOfMemory& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("needs 4 GiB"), HasSubstr("nvidia-smi")));
  }
}

TEST(MemoryShortage, WhatIsBelowAGibibyteIsNotZero) {
  EXPECT_EQ(describe({.needed_bytes = 40 << 20, .free_bytes = 30 << 20, .device_bytes = kGiB}),
            "needs 40 MiB, and 30 MiB of the device's 1 GiB are free");
}

TEST(MemoryShortage, TheDriverAndContextsTakeTheirPart) {
  EXPECT_TRUE(
      is_device_too_small({.needed_bytes = 9 * kGiB, .free_bytes = 0, .device_bytes = 10 * kGiB}));
  EXPECT_FALSE(
      is_device_too_small({.needed_bytes = 8 * kGiB, .free_bytes = 0, .device_bytes = 10 * kGiB}));
  EXPECT_FALSE(
      is_device_too_small({.needed_bytes = 77 * kGiB, .free_bytes = 0, .device_bytes = 80 * kGiB}));
}

}  // namespace
}  // namespace gpugauge
