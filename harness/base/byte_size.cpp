#include "harness/base/byte_size.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 5> kByteUnits{"B", "KiB", "MiB", "GiB", "TiB"};

}  // namespace

std::string format_bytes_exact(std::int64_t bytes) {
  std::size_t unit = 0;
  while (unit + 1 < kByteUnits.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, kByteUnits.at(unit));
}

std::string format_bytes(double bytes) {
  if (!std::isfinite(bytes)) return "n/a";
  std::size_t unit = 0;
  while (unit + 1 < kByteUnits.size() && std::abs(bytes) >= 1024) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{:.4g} {}", bytes, kByteUnits.at(unit));
}

std::optional<std::int64_t> parse_bytes(std::string_view text) {
  const char* const end = text.data() + text.size();
  std::int64_t count = 0;
  const auto [digits_end, error] = std::from_chars(text.data(), end, count);
  const auto unit =
      std::find(kByteUnits.begin(), kByteUnits.end(),
                std::string_view(digits_end, static_cast<std::size_t>(end - digits_end)));
  if (error != std::errc() || text.starts_with('-') || unit == kByteUnits.end())
    return std::nullopt;
  const auto shift = 10 * static_cast<int>(unit - kByteUnits.begin());
  if (count > std::numeric_limits<std::int64_t>::max() >> shift) return std::nullopt;
  return count << shift;
}

}  // namespace gpugauge
