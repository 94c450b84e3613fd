#include "harness/render/answers/origins.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace gpugauge {

Cell origins_cell(const OriginShares& shares) { return text_cell(origins_text(shares)); }

Cell main_origin_cell(const OriginShares& shares) {
  const auto most = std::max_element(shares.begin(), shares.end());
  const auto origin = static_cast<Origin>(most - shares.begin());
  const std::string_view words =
      is_interpolated(origin) ? "interp." : std::string_view(row_of(origin).words);
  return {fmt::format("{:.0f}% {}", 100 * *most, words), origins_text(shares)};
}

Cell origin_cell(Origin origin) {
  return {std::string(row_of(origin).words), std::string(name_of(origin))};
}

void UnmeasuredNotes::add(const std::string& file, const OriginShares& shares) {
  OriginShares& sums = files_[file];
  for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += shares[i];
}

std::vector<std::string> UnmeasuredNotes::lines() const {
  std::vector<std::string> lines;
  for (const auto& [file, shares] : files_) {
    if (has_measured(shares)) continue;
    std::string kinds;
    for (const Origin origin : kStepOrigins) {
      if (shares[static_cast<std::size_t>(origin)] > 0)
        kinds += fmt::format("{}{}", kinds.empty() ? "" : ", ", row_of(origin).words);
    }
    lines.push_back(fmt::format("{}: nothing was measured here: {}", file, kinds));
  }
  return lines;
}

}  // namespace gpugauge
