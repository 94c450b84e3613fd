#pragma once

#include <algorithm>
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

/// a / b of two figures whose intervals hold the error `total`, of which in their ratio only
/// `between` is left: what both have of their own joins in quadrature of logarithms.
inline Estimate ratio_of_derived(const Estimate& a, const Estimate& b, const ErrorFactors& total,
                                 const ErrorFactors& between) {
  const auto own = [](double distance, double of_total) {
    return std::sqrt(std::max(0.0, distance * distance - of_total * of_total));
  };
  const double down = std::log(total.low), up = std::log(total.high);
  const double below = std::hypot(own(std::log(a.value / a.low), down),
                                  own(std::log(b.high / b.value), up), std::log(between.low));
  const double above = std::hypot(own(std::log(a.high / a.value), up),
                                  own(std::log(b.value / b.low), down), std::log(between.high));
  const double ratio = a.value / b.value;
  return {.value = ratio, .low = ratio * std::exp(-below), .high = ratio * std::exp(above)};
}

}  // namespace gpugauge
