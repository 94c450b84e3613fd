#include "harness/config/printed_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <limits>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"

namespace gpugauge {
namespace {

constexpr double kRangeSlack = 0.01;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// One number with what stands around it.
struct Part {
  std::string prefix, digits, unit;
  double value = 0;
};

[[noreturn]] void fail(std::string_view text) {
  throw UsageError(fmt::format(
      "is {}, expected a printed value like 5.33x, ~$2.22, 1,600, 2-3x or 32+, or a word",
      in_quotes(text)));
}

/// Takes `$1,234.5 GB/s` from the beginning of `rest`; the unit ends at a `-` or `+`.
Part take_part(std::string_view& rest, std::string_view whole) {
  Part part;
  if (rest.starts_with('$')) {
    part.prefix = "$";
    rest.remove_prefix(1);
  }
  std::string plain;
  while (!rest.empty() && (is_digit(rest[0]) || rest[0] == '.' || rest[0] == ',')) {
    if (rest[0] != ',') plain += rest[0];
    rest.remove_prefix(1);
  }
  const auto value = parse_number<double>(plain);
  if (!value) fail(whole);
  part.value = *value;
  part.digits = plain;
  while (!rest.empty() && rest[0] != '-' && rest[0] != '+' && !is_digit(rest[0])) {
    part.unit += rest[0];
    rest.remove_prefix(1);
  }
  return part;
}

/// What the last digit that was meant is worth.
double last_digit(const std::string& digits) {
  const std::size_t point = digits.find('.');
  if (point != std::string::npos)
    return std::pow(10.0, -static_cast<double>(digits.size() - point - 1));
  const std::size_t last = digits.find_last_not_of('0');
  const std::size_t zeros = last == std::string::npos ? 0 : digits.size() - 1 - last;
  const std::size_t at_most = digits.size() > 2 ? digits.size() - 2 : 0;
  return std::pow(10.0, static_cast<double>(std::min(zeros, at_most)));
}

}  // namespace

Estimate PrintedValue::exact() const {
  const Estimate& n = number.value();
  if (!is_range) return {.value = n.value, .low = n.value, .high = n.value};
  return {.value = n.value, .low = n.low / (1 - kRangeSlack), .high = n.high / (1 + kRangeSlack)};
}

PrintedValue parse_printed_value(std::string_view text) {
  PrintedValue printed;
  printed.text = text;
  std::string_view rest = text;
  if (rest.starts_with('~')) rest.remove_prefix(1);
  if (rest.empty()) fail(text);
  if (!is_digit(rest[0]) && rest[0] != '$' && rest[0] != '-' && rest[0] != '.') {
    if (rest.size() != text.size()) fail(text);
    return printed;
  }
  const Part first = take_part(rest, text);
  printed.prefix = first.prefix;
  printed.unit = first.unit;
  if (rest == "+") {
    printed.number = {
        .value = first.value, .low = first.value * (1 - kRangeSlack), .high = kInfinity};
    printed.is_range = true;
  } else if (rest.starts_with('-')) {
    rest.remove_prefix(1);
    const Part second = take_part(rest, text);
    if (!rest.empty() || second.value <= first.value) fail(text);
    printed.number = {.value = (first.value + second.value) / 2,
                      .low = first.value * (1 - kRangeSlack),
                      .high = second.value * (1 + kRangeSlack)};
    printed.is_range = true;
    printed.unit = second.unit;
  } else {
    if (!rest.empty()) fail(text);
    const double half = last_digit(first.digits) / 2;
    printed.number = {.value = first.value, .low = first.value - half, .high = first.value + half};
  }
  return printed;
}

}  // namespace gpugauge
