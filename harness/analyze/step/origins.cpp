#include "harness/analyze/step/origins.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>
#include <string_view>

namespace gpugauge {

std::string origins_text(const OriginShares& shares) {
  constexpr double kHalfPercent = 0.005;
  std::string text;
  for (const Origin origin : all_of<Origin>) {
    const double share = shares[static_cast<std::size_t>(origin)];
    if (share < kHalfPercent) continue;
    text +=
        fmt::format("{}{:.0f}% {}", text.empty() ? "" : ", ", 100 * share, row_of(origin).words);
  }
  return text;
}

bool has_measured(const OriginShares& shares) {
  return shares[static_cast<std::size_t>(Origin::kMeasured)] > 0 ||
         shares[static_cast<std::size_t>(Origin::kInterpolated)] > 0;
}

std::string origins_words(const OriginShares& shares) {
  return fmt::format(
      "{}{}", has_measured(shares) ? "" : "nothing was measured here: ", origins_text(shares));
}

std::string origins_in(const Record& record) {
  std::set<std::string_view> origins;
  for (const Measurement& m : record.measurements) origins.insert(row_of(m.origin).words);
  return fmt::format("{}", fmt::join(origins, ", "));
}

}  // namespace gpugauge
