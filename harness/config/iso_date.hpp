#pragma once

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// Whether it is a day of the calendar, written as 2026-05-26.
bool is_iso_date(std::string_view text);
/// The ISO date of a moment, in UTC.
std::string utc_date(std::time_t moment);
/// Days from one ISO date to another, negative if `to` is earlier; nothing if either is no date.
std::optional<int> days_between(std::string_view from, std::string_view to);

}  // namespace gpugauge
