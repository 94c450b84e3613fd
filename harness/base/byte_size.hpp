#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// `1GiB`, `96MiB`, `4096B`: the largest binary unit that divides evenly.
std::string format_bytes_exact(std::int64_t bytes);

/// For people, with four digits at most: `80 GiB`, `1.5 MiB`, `512 B`; `n/a` of what is not finite.
std::string format_bytes(double bytes);

/// A whole number with a binary unit, as `format_bytes_exact` writes it, or nothing.
std::optional<std::int64_t> parse_bytes(std::string_view text);

}  // namespace gpugauge
