// Which of two is more, and bounds.

#include <fmt/format.h>

#include <array>
#include <limits>

#include "harness/analyze/audit/audit_metrics.hpp"

namespace gpugauge {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The name beside the smaller, or beside the larger, of two numbers: name, number, name, number.
/// Nothing where their intervals overlap: that is undecided.
Quantity winner(MetricCall& call, bool wants_low) {
  const Estimate &a = call.estimate(1), &b = call.estimate(3);
  if (a.high < b.low) return word_of(call.word(wants_low ? 0 : 2));
  if (b.high < a.low) return word_of(call.word(wants_low ? 2 : 0));
  return unknown(fmt::format("undecided: {:.4g} to {:.4g} and {:.4g} to {:.4g} overlap", a.low,
                             a.high, b.low, b.high));
}

Quantity lower(MetricCall& call) { return winner(call, true); }
Quantity higher(MetricCall& call) { return winner(call, false); }

Quantity less(MetricCall& call) {
  const Estimate &a = call.estimate(0), &b = call.estimate(1);
  if (a.high < b.low) return yes_or_no(true);
  if (a.low >= b.high) return yes_or_no(false);
  return unknown(fmt::format("undecided: {:.4g} and {:.4g} overlap", a.value, b.value));
}

Quantity at_most(MetricCall& call) {
  const Estimate& e = call.estimate(0);
  return number_of(Estimate{.value = e.value, .low = -kInfinity, .high = e.high});
}

Quantity at_least(MetricCall& call) {
  const Estimate& e = call.estimate(0);
  return number_of(Estimate{.value = e.value, .low = e.low, .high = kInfinity});
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
