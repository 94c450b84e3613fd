#include "harness/config/prices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>

#include "harness/config/csv.hpp"
#include "harness/config/nearest.hpp"
#include "harness/config/text_file.hpp"
#include "harness/error.hpp"

namespace gpugauge {
namespace {

// SkyPilot's columns and ours; any others are of no interest. Names as SkyPilot spells them.
constexpr std::array<std::string_view, 15> kColumns{
    "InstanceType", "AcceleratorName", "AcceleratorCount", "vCPUs",     "MemoryGiB",
    "Price",        "Region",          "GpuInfo",          "SpotPrice", "Provider",
    "form_factor",  "min_gpus",        "observed_at",      "source",    "notes"};
constexpr std::array<std::string_view, 4> kRequiredColumns{"AcceleratorName", "AcceleratorCount",
                                                           "Price", "SpotPrice"};

/// The price list as cells by column name, with errors that say where.
class PriceTable {
 public:
  PriceTable(const std::vector<CsvRow>& rows, std::string file)
      : file_(std::move(file)), header_(rows.at(0)) {
    check_header();
  }

  PriceOffer offer_of(const CsvRow& row) const {
    if (row.cells.size() != header_.cells.size()) {
      fail(row, fmt::format("{} cells, expected {} as in the header", row.cells.size(),
                            header_.cells.size()));
    }
    PriceOffer offer;
    offer.provider = text(row, "Provider");
    offer.accelerator = text(row, "AcceleratorName");
    if (offer.accelerator.empty()) fail(row, "AcceleratorName is empty, expected a name like H100");
    offer.form_factor = text(row, "form_factor");
    offer.instance = text(row, "InstanceType");
    offer.gpu_count = count(row, "AcceleratorCount").value_or(0);
    if (offer.gpu_count == 0) fail_cell(row, "AcceleratorCount", kExpectedCount);
    // An instance is rented whole.
    offer.min_gpus = count(row, "min_gpus").value_or(offer.gpu_count);
    offer.on_demand_per_gpu_hour = price_per_gpu(row, "Price", offer.gpu_count);
    offer.spot_per_gpu_hour = price_per_gpu(row, "SpotPrice", offer.gpu_count);
    if (!offer.on_demand_per_gpu_hour && !offer.spot_per_gpu_hour)
      fail(row, "neither Price nor SpotPrice, expected at least one");
    offer.observed_at = date(row, "observed_at");
    offer.source = text(row, "source");
    offer.notes = text(row, "notes");
    return offer;
  }

 private:
  static constexpr std::string_view kExpectedCount = "a whole number from 1 to 1024";

  void check_header() const {
    std::vector<std::string_view> absent;
    for (std::string_view column : kColumns) {
      if (!find(column)) absent.push_back(column);
    }
    for (auto name = header_.cells.begin(); name != header_.cells.end(); ++name) {
      if (std::find(header_.cells.begin(), name, *name) != name)
        fail(header_, fmt::format("duplicate column {}", in_quotes(*name)));
      const bool known = std::find(kColumns.begin(), kColumns.end(), *name) != kColumns.end();
      if (known) continue;
      // A column that nobody reads does no harm, unless a slip hides one that is meant to be read.
      if (const auto meant = nearest(*name, absent))
        fail(header_,
             fmt::format("unknown column {}; did you mean '{}'?", in_quotes(*name), *meant));
    }
    for (std::string_view column : kRequiredColumns) {
      if (!find(column)) {
        fail(header_, fmt::format("column '{}' is missing, expected at least {}", column,
                                  fmt::join(kRequiredColumns, ", ")));
      }
    }
  }

  std::optional<std::size_t> find(std::string_view column) const {
    const auto match = std::find(header_.cells.begin(), header_.cells.end(), column);
    if (match == header_.cells.end()) return std::nullopt;
    return static_cast<std::size_t>(match - header_.cells.begin());
  }

  /// Empty where the column is not there.
  std::string text(const CsvRow& row, std::string_view column) const {
    const auto index = find(column);
    return index ? row.cells[*index] : std::string();
  }

  std::optional<double> number(const CsvRow& row, std::string_view column,
                               std::string_view expected) const {
    const std::string found = text(row, column);
    if (found.empty()) return std::nullopt;
    double value = 0;
    const char* const last = found.data() + found.size();
    const auto [end, error] = std::from_chars(found.data(), last, value);
    if (error != std::errc() || end != last || !std::isfinite(value) || value <= 0)
      fail_cell(row, column, expected);
    return value;
  }

  /// SkyPilot writes counts as `8.0`.
  std::optional<int> count(const CsvRow& row, std::string_view column) const {
    const auto value = number(row, column, kExpectedCount);
    if (!value) return std::nullopt;
    if (*value > 1024 || std::trunc(*value) != *value) fail_cell(row, column, kExpectedCount);
    return static_cast<int>(*value);
  }

  std::optional<double> price_per_gpu(const CsvRow& row, std::string_view column,
                                      int gpu_count) const {
    const auto price = number(row, column, "dollars an hour above 0, like 3.84");
    return price ? std::optional(*price / gpu_count) : std::nullopt;
  }

  std::string date(const CsvRow& row, std::string_view column) const {
    std::string found = text(row, column);
    if (!found.empty() && !is_iso_date(found)) fail_cell(row, column, "a date like 2026-05-26");
    return found;
  }

  static bool is_iso_date(std::string_view text) {
    constexpr std::string_view kPattern = "dddd-dd-dd";
    if (text.size() != kPattern.size()) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (kPattern[i] == '-' ? text[i] != '-' : text[i] < '0' || text[i] > '9') return false;
    }
    const auto part = [&](std::size_t begin, std::size_t size) {
      int value = 0;
      std::from_chars(text.data() + begin, text.data() + begin + size, value);
      return value;
    };
    return std::chrono::year_month_day(std::chrono::year(part(0, 4)),
                                       std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                       std::chrono::day(static_cast<unsigned>(part(8, 2))))
        .ok();
  }

  [[noreturn]] void fail(const CsvRow& row, std::string_view problem) const {
    throw UsageError(fmt::format("{}:{}: {}", file_, row.line, problem));
  }
  [[noreturn]] void fail_cell(const CsvRow& row, std::string_view column,
                              std::string_view expected) const {
    const std::string found = text(row, column);
    fail(row, fmt::format("{} is {}, expected {}", column,
                          found.empty() ? std::string("empty") : in_quotes(found), expected));
  }

  std::string file_;
  CsvRow header_;
};

}  // namespace

std::vector<PriceOffer> load_prices(const std::filesystem::path& file) {
  const std::string name = file.string();
  const std::vector<CsvRow> rows = parse_csv(read_text_file(file), name);
  if (rows.empty()) throw UsageError(fmt::format("{}: is empty, expected a price list", name));
  const PriceTable table(rows, name);
  std::vector<PriceOffer> offers;
  for (std::size_t i = 1; i < rows.size(); ++i) offers.push_back(table.offer_of(rows[i]));
  if (offers.empty()) throw UsageError(fmt::format("{}: has a header and no offers", name));
  return offers;
}

std::vector<PriceOffer> offers_for(const std::vector<PriceOffer>& offers, const Datasheet& sheet) {
  std::vector<PriceOffer> exact, unstated;
  for (const PriceOffer& offer : offers) {
    if (offer.accelerator != sheet.accelerator) continue;
    if (offer.form_factor == sheet.form_factor || sheet.form_factor.empty()) {
      exact.push_back(offer);
    } else if (offer.form_factor.empty()) {
      unstated.push_back(offer);
    }
  }
  std::vector<PriceOffer>& found = exact.empty() ? unstated : exact;
  std::stable_sort(found.begin(), found.end(), [](const PriceOffer& a, const PriceOffer& b) {
    constexpr double kNoPrice = std::numeric_limits<double>::infinity();
    return a.on_demand_per_gpu_hour.value_or(kNoPrice) <
           b.on_demand_per_gpu_hour.value_or(kNoPrice);
  });
  return found;
}

}  // namespace gpugauge
