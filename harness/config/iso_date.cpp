#include "harness/config/iso_date.hpp"

#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace gpugauge {
namespace {

std::optional<std::chrono::sys_days> parse_iso_date(std::string_view text) {
  constexpr std::string_view kPattern = "dddd-dd-dd";
  if (text.size() != kPattern.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kPattern[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return std::nullopt;
  }
  const auto part = [&](std::size_t begin, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + begin, text.data() + begin + size, value);
    return value;
  };
  const std::chrono::year_month_day date(std::chrono::year(part(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(part(8, 2))));
  return date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt;
}

}  // namespace

bool is_iso_date(std::string_view text) { return parse_iso_date(text).has_value(); }

std::string utc_date(std::time_t moment) {
  const std::chrono::sys_seconds time{std::chrono::seconds(moment)};
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

std::optional<int> days_between(std::string_view from, std::string_view to) {
  const auto first = parse_iso_date(from);
  const auto last = parse_iso_date(to);
  if (!first || !last) return std::nullopt;
  return static_cast<int>((*last - *first).count());
}

}  // namespace gpugauge
