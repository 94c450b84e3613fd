#pragma once

#include <deque>
#include <span>

namespace gpugauge {

/// Stops when the order-statistic interval of the median is narrower than `target`, half-width
/// relative to the median.
class MedianIntervalRule {
 public:
  MedianIntervalRule(double target, int min_samples) : target_(target), min_samples_(min_samples) {}
  bool done(std::span<const double> sorted) const;

 private:
  double target_;
  int min_samples_;
};

/// Says when a clock has settled: every reading of the last `window_seconds` lies within
/// `tolerance` of the window's mean. A device that does not report its clock never settles; the
/// caller's limit ends the wait.
class ClockSettleRule {
 public:
  explicit ClockSettleRule(double window_seconds = 0.5, double tolerance = 0.01)
      : window_seconds_(window_seconds), tolerance_(tolerance) {}
  void add(double now_seconds, double clock_mhz);
  bool settled() const;

 private:
  struct Reading {
    double at_seconds, clock_mhz;
  };
  double window_seconds_;
  double tolerance_;
  bool window_full_ = false;
  std::deque<Reading> readings_;
};

}  // namespace gpugauge
