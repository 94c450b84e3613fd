#include "harness/measure/stopping.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "harness/base/statistics.hpp"

namespace gpugauge {

bool MedianIntervalRule::done(std::span<const double> sorted) const {
  if (sorted.empty() || sorted.size() < static_cast<std::size_t>(min_samples_)) return false;
  return median_interval(sorted).relative_half_width() <= target_;
}

void ClockSettleRule::add(double now_seconds, double clock_mhz) {
  readings_.push_back({now_seconds, clock_mhz});
  while (readings_.front().at_seconds < now_seconds - window_seconds_) {
    readings_.pop_front();
    window_full_ = true;
  }
}

bool ClockSettleRule::settled() const {
  if (!window_full_ || readings_.size() < 3) return false;
  const double sum =
      std::accumulate(readings_.begin(), readings_.end(), 0.0,
                      [](double total, const Reading& r) { return total + r.clock_mhz; });
  const double mean = sum / static_cast<double>(readings_.size());
  return std::all_of(readings_.begin(), readings_.end(), [&](const Reading& r) {
    return std::abs(r.clock_mhz - mean) <= tolerance_ * mean;
  });
}

}  // namespace gpugauge
