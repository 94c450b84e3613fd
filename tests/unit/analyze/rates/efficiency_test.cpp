#include "harness/analyze/rates/efficiency.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;

TEST(FloorRates, AreTheDatasheets) {
  const Datasheet sheet = fake::datasheet();
  const FloorRates rates = floor_rates(fake::record({}), &sheet);
  EXPECT_DOUBLE_EQ(rates.memory_gbps.value(), 1000);
  ASSERT_EQ(rates.tflops.size(), 1u);
  EXPECT_EQ(rates.tflops[0].first, DType::kBf16);
  EXPECT_DOUBLE_EQ(rates.tflops[0].second, 100);
}

TEST(FloorRates, WithoutADatasheetAreTheMeasuredPeaks) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 20),
                                      at_gbps(memory(MemoryPattern::kCopy), 24),
                                      at_tflops(square(DType::kFp32, 2048), 0.5)});
  const FloorRates rates = floor_rates(record, nullptr);
  EXPECT_DOUBLE_EQ(rates.memory_gbps.value(), 24);
  ASSERT_EQ(rates.tflops.size(), 1u);
  EXPECT_NEAR(rates.tflops[0].second, 0.5, 1e-12);
  EXPECT_FALSE(floor_rates(fake::record({}), nullptr).memory_gbps);
}

TEST(ShareOfFloor, IsTheFloorOverTheTimeOfColdCases) {
  const FloorRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  EXPECT_NEAR(share_of_floor(at_gbps(memory(MemoryPattern::kRead), 900), rates).value(), 0.9, 1e-9);
  EXPECT_NEAR(share_of_floor(at_tflops(square(DType::kBf16, 8192), 70), rates).value(), 0.7, 1e-9);
  const Measurement hot = fake::measurement(memory(MemoryPattern::kRead), 1'000'000, "lib",
                                            {.cache = CacheState::kHot});
  EXPECT_FALSE(share_of_floor(hot, rates));
  EXPECT_FALSE(share_of_floor(at_gbps(memory(MemoryPattern::kRead), 900), FloorRates{}));
}

}  // namespace
}  // namespace gpugauge
