#pragma once

#include <string>
#include <string_view>

#include "harness/base/statistics.hpp"

namespace gpugauge {

// Numbers for people. None uses a thousands separator; what is not finite is `n/a`.

/// Plain decimals with this many significant digits; digits before the point are never rounded
/// away: `3242`, `81.30`, `0.0123`. Below a millionth in scientific notation.
std::string format_significant(double value, int digits = 4);

/// A share in percent with one decimal: 0.934 → `93.4%`.
std::string format_percent(double share);

/// Whether an interval leaves even the order of magnitude open: its ends are more than a factor of
/// 10 apart, or on both sides of 0.
bool says_nothing(const Estimate& estimate);
inline constexpr std::string_view kSaysNothing = "±>10x";

/// An interval in percent of its value: `±0.42%`; `+3.1/-23%` where its sides differ much;
/// `±>10x` where it says nothing.
std::string format_plus_minus(const Estimate& estimate);

/// Dollars to the cent; below ten cents two significant digits: `$12.36`, `$0.31`, `$0.0042`.
std::string format_dollars(double dollars);

/// `412.0 ns`, `13.42 µs`, `1.200 ms`, `2.500 s`, `3 min 20 s`.
std::string format_duration_ns(double ns);

}  // namespace gpugauge
