#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>

#include "harness/device/device_info.hpp"
#include "harness/plan/plan.hpp"

namespace gpugauge {

/// The longest wait for the device within this case: 30 s and 100 times what one replay takes,
/// which is the policy's sample or one launch at the memory's pin rate, whichever is longer.
double hang_limit_seconds(const PlannedCase& planned, const DeviceInfo& device);

/// A thread that looks how long the device has been waited for. It costs the measured thread
/// nothing: that one waits as it always does.
class HangWatch {
 public:
  /// `waited_seconds` says how long the wait under way has lasted (DeviceWait::seconds); `on_hang`
  /// is called once, on the watching thread, with how long that was when it exceeded the limit.
  /// Until it returns, `watch` and `rest` do not.
  HangWatch(std::function<double()> waited_seconds, std::function<void(double)> on_hang);

  void watch(double limit_seconds);
  void rest();

 private:
  void run(const std::stop_token& ended);

  std::function<double()> waited_seconds_;
  std::function<void(double)> on_hang_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::optional<double> limit_seconds_;
  std::jthread thread_;  ///< last: it ends before what it uses
};

}  // namespace gpugauge
