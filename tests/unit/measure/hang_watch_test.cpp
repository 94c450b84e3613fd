#include "harness/measure/hang_watch.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

#include "harness/device/device_wait.hpp"
#include "tests/unit/measure/fake_device.hpp"

namespace gpugauge {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

TEST(HangLimit, IsThirtySecondsAndAHundredReplays) {
  const FakeImplementation fake({});
  PlannedCase planned = fake.planned(MemoryStream{MemoryPattern::kRead, 1 << 30});
  planned.policy.sample_seconds = 0.002;
  DeviceInfo device;
  EXPECT_DOUBLE_EQ(hang_limit_seconds(planned, device), 30.2);
  device.pin_rate_gbps = 10;  // a launch takes 0.107 s at least
  EXPECT_NEAR(hang_limit_seconds(planned, device), 30 + 10.7, 0.1);
  device.pin_rate_gbps = 1000;
  EXPECT_DOUBLE_EQ(hang_limit_seconds(planned, device), 30.2);
}

TEST(DeviceWaitTest, LastsFromItsBeginningToItsEnd) {
  EXPECT_EQ(DeviceWait::seconds(), 0);
  {
    const DeviceWait wait;
    std::this_thread::sleep_for(2ms);
    EXPECT_GE(DeviceWait::seconds(), 0.002);
  }
  EXPECT_EQ(DeviceWait::seconds(), 0);
}

class HangWatchTest : public testing::Test {
 protected:
  std::atomic<double> waited_ = 0;
  std::atomic<int> looks_ = 0;
  std::promise<double> hung_;
  HangWatch watch_{[this] {
                     ++looks_;
                     return waited_.load();
                   },
                   [this](double seconds) { hung_.set_value(seconds); }};

  void wait_for_looks(int count) const {
    for (const int before = looks_; looks_ < before + count;) std::this_thread::sleep_for(5ms);
  }
};

TEST_F(HangWatchTest, TellsOnceOfAWaitBeyondTheLimit) {
  std::future<double> hung = hung_.get_future();
  watch_.watch(30);
  waited_ = 30;
  wait_for_looks(2);
  EXPECT_EQ(hung.wait_for(0s), std::future_status::timeout);
  waited_ = 30.5;
  ASSERT_EQ(hung.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(hung.get(), 30.5);
  wait_for_looks(2);  // a second value would throw
}

TEST_F(HangWatchTest, AtRestNothingIsALimit) {
  waited_ = 1000;
  wait_for_looks(2);
  watch_.watch(2000);
  watch_.rest();
  wait_for_looks(2);
  EXPECT_EQ(hung_.get_future().wait_for(0s), std::future_status::timeout);
}

}  // namespace
}  // namespace gpugauge
