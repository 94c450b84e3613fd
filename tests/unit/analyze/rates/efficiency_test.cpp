#include "harness/analyze/rates/efficiency.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::at_tflops;
using fake::memory;
using fake::square;

TEST(RoofRates, AreTheDatasheets) {
  const Datasheet sheet = fake::datasheet();
  const RoofRates rates = roof_rates(fake::record({}), &sheet);
  EXPECT_DOUBLE_EQ(rates.memory_gbps.value(), 1000);
  ASSERT_EQ(rates.tflops.size(), 1u);
  EXPECT_EQ(rates.tflops[0].first, DType::kBf16);
  EXPECT_DOUBLE_EQ(rates.tflops[0].second, 100);
}

TEST(RoofRates, WithoutADatasheetAreTheMeasuredPeaks) {
  const Record record = fake::record({at_gbps(memory(MemoryPattern::kRead), 20),
                                      at_gbps(memory(MemoryPattern::kCopy), 24),
                                      at_tflops(square(DType::kFp32, 2048), 0.5)});
  const RoofRates rates = roof_rates(record, nullptr);
  EXPECT_DOUBLE_EQ(rates.memory_gbps.value(), 24);
  ASSERT_EQ(rates.tflops.size(), 1u);
  EXPECT_NEAR(rates.tflops[0].second, 0.5, 1e-12);
  EXPECT_FALSE(roof_rates(fake::record({}), nullptr).memory_gbps);
}

TEST(ShareOfRoof, IsTheRoofOverTheTimeOfColdCases) {
  const RoofRates rates{.memory_gbps = 1000, .tflops = {{DType::kBf16, 100}}};
  EXPECT_NEAR(share_of_roof(at_gbps(memory(MemoryPattern::kRead), 900), rates).value(), 0.9, 1e-9);
  EXPECT_NEAR(share_of_roof(at_tflops(square(DType::kBf16, 8192), 70), rates).value(), 0.7, 1e-9);
  const Measurement hot = fake::measurement(memory(MemoryPattern::kRead), 1'000'000, "lib",
                                            {.cache = CacheState::kHot});
  EXPECT_FALSE(share_of_roof(hot, rates));
  EXPECT_FALSE(share_of_roof(at_gbps(memory(MemoryPattern::kRead), 900), RoofRates{}));
}

}  // namespace
}  // namespace gpugauge
