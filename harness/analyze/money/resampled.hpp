#pragma once

#include <algorithm>
#include <array>

#include "harness/analyze/money/bootstrap.hpp"

// Arithmetic of numbers with replicates.

namespace gpugauge {

/// What `f`, which only rises or only falls, makes of a number.
template <typename Function>
Resampled transformed(const Resampled& number, Function f) {
  const auto [low, high] = std::minmax({f(number.low), f(number.high)});
  Resampled result{{.value = f(number.value), .low = low, .high = high}, {}};
  result.replicates.reserve(number.replicates.size());
  for (const double replicate : number.replicates) result.replicates.push_back(f(replicate));
  return result;
}

/// What an operator makes of two: by their replicates entry by entry where one has them, so that
/// errors that both share meet each other. A number that has none (a price, a printed number) is
/// taken at both of its ends.
template <typename Operation>
Resampled combined(const Resampled& a, const Resampled& b, Operation operation) {
  const double value = operation(a.value, b.value);
  if (a.replicates.empty() && b.replicates.empty()) {
    const auto [low, high] = std::minmax({operation(a.low, b.low), operation(a.low, b.high),
                                          operation(a.high, b.low), operation(a.high, b.high)});
    return {{.value = value, .low = low, .high = high}, {}};
  }
  const auto replicates_at = [&](double Estimate::*end) {
    const auto at = [=](const Resampled& number, std::size_t i) {
      return number.replicates.empty() ? number.*end : number.replicates[i];
    };
    Replicates replicates(std::max(a.replicates.size(), b.replicates.size()));
    for (std::size_t i = 0; i < replicates.size(); ++i)
      replicates[i] = operation(at(a, i), at(b, i));
    return replicates;
  };
  Resampled result = resampled(value, replicates_at(&Estimate::value));
  if (!a.replicates.empty() && !b.replicates.empty()) return result;
  for (const auto end : {&Estimate::low, &Estimate::high}) {
    const Estimate at_end = interval_of(value, replicates_at(end));
    result.low = std::min(result.low, at_end.low);
    result.high = std::max(result.high, at_end.high);
  }
  return result;
}

}  // namespace gpugauge
