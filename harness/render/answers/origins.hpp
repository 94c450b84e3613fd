#pragma once

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

/// What the time of a step may be.
inline constexpr std::array kStepOrigins{Origin::kMeasured, Origin::kInterpolated,
                                         Origin::kModelled, Origin::kImported,
                                         Origin::kInterpolatedImported};

/// `94% measured, 6% modelled`.
Cell origins_cell(const OriginShares& shares);
/// For people the largest share alone, which fits a narrow terminal: `94% measured`.
Cell main_origin_cell(const OriginShares& shares);
/// For people its words, for programs its name.
Cell origin_cell(Origin origin);

/// For programs: the share of each origin in percent. `shares(row)` may be nothing.
template <typename Row, typename Shares>
void add_origins(ColumnList<Row>& c, Shares shares) {
  for (const Origin origin : kStepOrigins)
    c.data(fmt::format("{}_percent", name_of(origin)), [=](const Row& row) {
      const std::optional<OriginShares> all = shares(row);
      return percent_cell(all ? std::optional((*all)[static_cast<std::size_t>(origin)])
                              : std::nullopt);
    });
}

/// Of numbers of which nothing was measured by whom the file is from, what they are instead:
/// `h100.json: nothing was measured here: imported, modelled`.
class UnmeasuredNotes {
 public:
  void add(const std::string& file, const OriginShares& shares);
  /// A line for each file, but for those of which something was measured.
  std::vector<std::string> lines() const;

 private:
  std::map<std::string, OriginShares> files_;  ///< sums
};

}  // namespace gpugauge
