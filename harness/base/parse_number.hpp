#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace gpugauge {

/// All of `text` as a number, or nothing: 010 is ten, and nothing may be left over.
template <typename Number>
std::optional<Number> parse_number(std::string_view text) {
  Number value{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

}  // namespace gpugauge
