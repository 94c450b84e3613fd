#include "harness/render/table/number.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <span>
#include <string_view>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

constexpr const char* kNotANumber = "n/a";

struct Scaled {
  double value;
  std::string_view prefix;
};

/// Divides by `step` until the value is below it or the prefixes end.
Scaled scaled_by(double step, double value, std::span<const std::string_view> prefixes) {
  std::size_t i = 0;
  while (i + 1 < prefixes.size() && std::abs(value) >= step) {
    value /= step;
    ++i;
  }
  return {value, prefixes[i]};
}

}  // namespace

std::string format_significant(double value, int digits) {
  if (!std::isfinite(value)) return kNotANumber;
  if (value == 0) return "0";
  // The exponent after rounding: 9.996 has one digit more before its point than it seems.
  const std::string scientific = fmt::format("{:.{}e}", value, digits - 1);
  const std::size_t sign = scientific.find('e') + 1;
  const int exponent = std::stoi(scientific.substr(sign));
  if (exponent < -6) return scientific;
  return fmt::format("{:.{}f}", value, std::max(0, digits - 1 - exponent));
}

std::string format_percent(double share) {
  return std::isfinite(share) ? fmt::format("{:.1f}%", 100 * share) : kNotANumber;
}

bool says_nothing(const Estimate& e) {
  constexpr double kOrderOfMagnitude = 10;
  return e.low < e.high && e.high > kOrderOfMagnitude * e.low;
}

std::string format_plus_minus(const Estimate& e) {
  const double up = e.high / e.value - 1, down = 1 - e.low / e.value;
  if (!std::isfinite(up) || !std::isfinite(down)) return kNotANumber;
  if (says_nothing(e)) return std::string(kSaysNothing);
  const auto percent = [](double share) { return format_significant(100 * share, 2); };
  // A difference that nobody would act on is not worth two numbers.
  const double difference = std::abs(up - down);
  if (difference < 0.05 || difference < 0.25 * std::max(up, down))
    return fmt::format("±{}%", percent((up + down) / 2));
  return fmt::format("+{}/-{}%", percent(up), percent(down));
}

std::string format_dollars(double dollars) {
  if (!std::isfinite(dollars)) return kNotANumber;
  constexpr double kTenCents = 0.1;
  return dollars == 0 || std::abs(dollars) >= kTenCents
             ? fmt::format("${:.2f}", dollars)
             : fmt::format("${}", format_significant(dollars, 2));
}

std::string format_duration_ns(double ns) {
  constexpr std::array<std::string_view, 4> kPrefixes{"n", "µ", "m", ""};
  if (!std::isfinite(ns)) return kNotANumber;
  if (ns < 2 * kSecondsPerMinute * kNsPerSecond) {
    const Scaled time = scaled_by(1000, ns, kPrefixes);
    return fmt::format("{} {}s", format_significant(time.value), time.prefix);
  }
  const double seconds = std::round(ns / kNsPerSecond);
  return fmt::format("{:.0f} min {:.0f} s", std::floor(seconds / kSecondsPerMinute),
                     std::fmod(seconds, kSecondsPerMinute));
}

}  // namespace gpugauge
