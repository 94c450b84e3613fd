#include "harness/measure/hang_watch.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace gpugauge {
namespace {

constexpr double kPatienceSeconds = 30;
constexpr double kPatienceReplays = 100;
constexpr std::chrono::milliseconds kLook(100);

}  // namespace

double hang_limit_seconds(const PlannedCase& planned, const DeviceInfo& device) {
  const double roof = roof_seconds(planned.c.op, pin_rates(device)).value_or(0);
  return kPatienceSeconds + kPatienceReplays * std::max(roof, planned.policy.sample_seconds);
}

HangWatch::HangWatch(std::function<double()> waited_seconds, std::function<void(double)> on_hang)
    : waited_seconds_(std::move(waited_seconds)),
      on_hang_(std::move(on_hang)),
      thread_([this](const std::stop_token& ended) { run(ended); }) {}

void HangWatch::watch(double limit_seconds) {
  const std::lock_guard lock(mutex_);
  limit_seconds_ = limit_seconds;
}

void HangWatch::rest() {
  const std::lock_guard lock(mutex_);
  limit_seconds_.reset();
}

void HangWatch::run(const std::stop_token& ended) {
  std::unique_lock lock(mutex_);
  while (!ended.stop_requested()) {
    changed_.wait_for(lock, ended, kLook, [] { return false; });
    const double waited = waited_seconds_();
    if (!limit_seconds_ || waited <= *limit_seconds_) continue;
    limit_seconds_.reset();
    on_hang_(waited);
  }
}

}  // namespace gpugauge
