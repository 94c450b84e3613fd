// Which of two is more, and bounds.

#include <fmt/format.h>

#include <array>
#include <functional>
#include <optional>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/money/resampled.hpp"

namespace gpugauge {
namespace {

/// Which of two is more: the sign of their difference, or nothing where its interval holds 0.
/// Errors that both share cancel in it.
std::optional<int> sign_of_difference(const Resampled& a, const Resampled& b) {
  const Resampled difference = combined(a, b, std::minus<>());
  if (difference.low > 0) return 1;
  if (difference.high < 0) return -1;
  return difference.low == 0 && difference.high == 0 ? std::optional(0) : std::nullopt;
}

Quantity undecided_of(const Estimate& a, const Estimate& b) {
  return undecided(fmt::format("{:.4g} to {:.4g} and {:.4g} to {:.4g}: either may be more", a.low,
                               a.high, b.low, b.high));
}

/// The name beside the smaller, or beside the larger, of two numbers: name, number, name, number.
Quantity winner(MetricCall& call, bool wants_low) {
  const Resampled &a = call.estimate(1), &b = call.estimate(3);
  const std::optional<int> sign = sign_of_difference(a, b);
  if (!sign || *sign == 0) return undecided_of(a, b);
  return word_of(call.word((*sign < 0) == wants_low ? 0 : 2));
}

Quantity lower(MetricCall& call) { return winner(call, true); }
Quantity higher(MetricCall& call) { return winner(call, false); }

Quantity less(MetricCall& call) {
  const Resampled &a = call.estimate(0), &b = call.estimate(1);
  const std::optional<int> sign = sign_of_difference(a, b);
  return sign ? yes_or_no(*sign < 0) : undecided_of(a, b);
}

Quantity at_most(MetricCall& call) {
  Quantity bound = number_of(call.estimate(0));
  bound.bound = Quantity::Bound::kAtMost;
  return bound;
}

Quantity at_least(MetricCall& call) {
  Quantity bound = number_of(call.estimate(0));
  bound.bound = Quantity::Bound::kAtLeast;
  return bound;
}

constexpr std::array kComparisonMetrics{
    Metric{{"lower", "name, number, name, number"}, lower},
    Metric{{"higher", "name, number, name, number"}, higher},
    Metric{{"less", "number, than"}, less},
    Metric{{"at_most", "number"}, at_most},
    Metric{{"at_least", "number"}, at_least},
};

}  // namespace

std::span<const Metric> comparison_metrics() { return kComparisonMetrics; }

}  // namespace gpugauge
