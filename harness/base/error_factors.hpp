#pragma once

#include <cmath>

#include "harness/base/estimate.hpp"

namespace gpugauge {

/// What the interval of a derived figure holds: the truth, nine times in ten. Medians of samples
/// have intervals of 95%.
inline constexpr double kDerivedConfidence = 0.90;

/// By which factors the truth may lie off a derived value: the 5% and the 95% quantile of true over
/// derived. `low` is at most 1, `high` at least 1.
struct ErrorFactors {
  double low = 1.0;
  double high = 1.0;
};

/// As far off as `times` such errors in a row, all to one side.
inline ErrorFactors power(const ErrorFactors& factors, double times) {
  return {.low = std::pow(factors.low, times), .high = std::pow(factors.high, times)};
}

/// The value with an independent error beside its own: the logarithms of both distances add in
/// quadrature. Everything must be positive, or the value 0.
inline Estimate widened(const Estimate& e, const ErrorFactors& factors) {
  if (!(e.value > 0)) return e;
  const auto both = [](double own, double other) {
    return std::exp(std::hypot(std::log(own), std::log(other)));
  };
  return {.value = e.value,
          .low = e.value / both(e.value / e.low, factors.low),
          .high = e.value * both(e.high / e.value, factors.high)};
}

}  // namespace gpugauge
