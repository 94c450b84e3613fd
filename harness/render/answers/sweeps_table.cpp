#include "harness/render/answers/sweeps_table.hpp"

#include <algorithm>
#include <string_view>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/spark.hpp"

namespace gpugauge {
namespace {

struct SweepRow {
  const Record* record;
  RateSweep sweep;
  RoofRates rates;

  std::span<const Measurement> measurements() const { return record->measurements; }
  /// Shares of the roof, 1 as high as the line is; where no roof is known, rates.
  std::string curve() const {
    std::vector<double> shares;
    for (const std::size_t place : sweep.cases) {
      if (const auto share = share_of_roof(measurements()[place], rates)) shares.push_back(*share);
    }
    return shares.size() == sweep.cases.size() ? spark_line_of_shares(shares)
                                               : spark_line_from_zero(sweep.rates);
  }
  std::size_t highest() const {
    return static_cast<std::size_t>(std::max_element(sweep.rates.begin(), sweep.rates.end()) -
                                    sweep.rates.begin());
  }
};

std::vector<std::string_view> parts_of(std::string_view name) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    parts.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

/// The name of case `place` of the sweep, cut to what tells it from the others, or to all else with
/// a star in its place.
std::string name_parts(const RateSweep& sweep, std::span<const Measurement> measurements,
                       std::size_t place, bool wants_size) {
  const auto first = parts_of(measurements[sweep.cases.front()].name);
  const auto last = parts_of(measurements[sweep.cases.back()].name);
  const auto wanted = parts_of(measurements[sweep.cases[place]].name);
  std::string text;
  const auto add = [&](std::string_view part) {
    text.append(text.empty() ? "" : "/").append(part);
  };
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const bool is_size = first[i] != last[i];
    if (is_size == wants_size) {
      add(wanted[i]);
    } else if (!wants_size) {
      const std::size_t colon = wanted[i].find(':');
      add(std::string(colon == std::string_view::npos ? "" : wanted[i].substr(0, colon + 1)) + "*");
    }
  }
  return text;
}

ColumnList<SweepRow> columns(bool several) {
  ColumnList<SweepRow> c;
  c.source(
       several, [](auto& r) { return r.record->path.string(); },
       [](auto& r) { return r.record->device.name; })
      .dispensable = 4;
  c.add(of_cases(text_column("sweep", "sweep")),
        [](auto& r) { return pattern_of(r.sweep, r.measurements()); });
  c.text("curve", "curve", [](auto& r) { return r.curve(); });
  c.number(3, "first_rate", "starts at", [](auto& r) { return r.sweep.rates.front(); });
  c.number(2, "last_rate", "ends at", [](auto& r) { return r.sweep.rates.back(); });
  c.number("highest_rate", "highest", [](auto& r) {
    const double rate = r.sweep.rates[r.highest()];
    return Cell(format_significant(rate) + " " + std::string(name_of(r.sweep.unit)), rate);
  });
  c.data("unit", [](auto& r) { return name_of(r.sweep.unit); });
  c.text(1, "at", "at",
         [](auto& r) { return name_parts(r.sweep, r.measurements(), r.highest(), true); });
  return c;
}

}  // namespace

std::string pattern_of(const RateSweep& sweep, std::span<const Measurement> measurements) {
  return name_parts(sweep, measurements, 0, false);
}

Table sweeps_table(std::span<const RecordToShow> records) {
  std::vector<SweepRow> rows;
  for (const RecordToShow& shown : records) {
    const RoofRates rates = shown.datasheet != nullptr ? roof_rates(*shown.datasheet) : RoofRates{};
    for (RateSweep& sweep : rate_sweeps(shown.record->measurements))
      rows.push_back({shown.record, std::move(sweep), rates});
  }
  Table table = columns(records.size() > 1).table("sweeps", "sweeps", rows);
  if (!rows.empty())
    table.notes.emplace_back(
        "curve: % of roof from the smallest size to the largest, █ is 100%; "
        "rates where no roof is known");
  return table;
}

}  // namespace gpugauge
