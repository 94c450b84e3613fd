#pragma once

#include <algorithm>

#include "harness/measure/statistics.hpp"

namespace gpugauge {

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
