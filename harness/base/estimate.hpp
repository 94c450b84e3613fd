#pragma once

namespace gpugauge {

/// A value with its confidence interval.
struct Estimate {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;

  /// Half the interval's width relative to the value.
  double relative_half_width() const { return value > 0 ? (high - low) / 2 / value : 0.0; }
};

/// numerator / e: what was the slowest becomes the lowest.
inline Estimate reciprocal(double numerator, const Estimate& e) {
  return {.value = numerator / e.value, .low = numerator / e.high, .high = numerator / e.low};
}

inline Estimate scaled(const Estimate& e, double factor) {
  return {.value = e.value * factor, .low = e.low * factor, .high = e.high * factor};
}

/// Adds the intervals linearly, as if both erred the same way. That is the cautious choice for
/// times of one card, which share its clock and temperature.
inline Estimate sum(const Estimate& a, const Estimate& b) {
  return {.value = a.value + b.value, .low = a.low + b.low, .high = a.high + b.high};
}

}  // namespace gpugauge
