#include "harness/measure/search_budget.hpp"

#include <gtest/gtest.h>

#include "tests/unit/measure/fake_device.hpp"

namespace gpugauge {
namespace {

TEST(SearchBudgetSeconds, GrowsWithTheRoofTime) {
  const FakeImplementation fake({});
  const PlannedCase planned = fake.planned(MemoryStream{MemoryPattern::kRead, 1'000'000});
  DeviceInfo device;
  EXPECT_DOUBLE_EQ(search_budget_seconds(planned, device), 10);
  device.pin_rate_gbps = 1000;  // a launch takes 1 µs
  EXPECT_NEAR(search_budget_seconds(planned, device), 10.01, 1e-4);
}

TEST(SearchBudgetSeconds, IsTheSuitesWhereItSays) {
  const FakeImplementation fake({});
  PlannedCase planned = fake.planned(MemoryStream{MemoryPattern::kRead, 1 << 30});
  planned.policy.search_seconds = 0.5;
  DeviceInfo device;
  device.pin_rate_gbps = 1;
  EXPECT_EQ(search_budget_seconds(planned, device), 0.5);
}

}  // namespace
}  // namespace gpugauge
