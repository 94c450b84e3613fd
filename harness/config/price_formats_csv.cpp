#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <span>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/config/csv.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/price_formats.hpp"

namespace gpugauge {
namespace {

using Names = std::span<const std::string_view>;

// SkyPilot's columns, then ours; any others are of no interest. Names as SkyPilot spells them.
constexpr std::array<std::string_view, 17> kNativeColumns{
    "InstanceType", "AcceleratorName", "AcceleratorCount", "vCPUs",    "MemoryGiB",   "Price",
    "Region",       "GpuInfo",         "SpotPrice",        "Provider", "form_factor", "min_gpus",
    "observed_at",  "price_per_gpu",   "spot_per_gpu",     "source",   "notes"};
constexpr std::size_t kSkyPilotColumns = 9;
constexpr std::array<std::string_view, 4> kNativeRequired{"AcceleratorName", "AcceleratorCount",
                                                          "Price", "SpotPrice"};
// gpuhunt's catalogue: RawCatalogItem of src/gpuhunt/_internal/models.py, dstackai/gpuhunt.
constexpr std::array<std::string_view, 12> kGpuhuntColumns{
    "provider",  "instance_name", "location",   "price", "cpu",       "memory",
    "gpu_count", "gpu_name",      "gpu_memory", "spot",  "disk_size", "gpu_vendor"};
constexpr std::array<std::string_view, 4> kGpuhuntRequired{"price", "gpu_count", "gpu_name",
                                                           "spot"};

/// A price list as cells by column name, with errors that say where.
class PriceTable {
 public:
  PriceTable(std::span<const CsvRow> rows, std::string file)
      : file_(std::move(file)), header_(rows.front()) {}

  bool has_any_of(Names names) const {
    return std::any_of(names.begin(), names.end(), [&](auto name) { return find(name); });
  }

  /// Refuses a column twice, one that is missing, and one that looks like a slip of another.
  void check_header(Names known, Names required) const {
    std::vector<std::string_view> absent;
    for (std::string_view column : known) {
      if (!find(column)) absent.push_back(column);
    }
    for (auto name = header_.cells.begin(); name != header_.cells.end(); ++name) {
      if (std::find(header_.cells.begin(), name, *name) != name)
        fail(header_, fmt::format("duplicate column {}", in_quotes(*name)));
      if (std::find(known.begin(), known.end(), *name) != known.end()) continue;
      // A column that nobody reads does no harm, unless a slip hides one that is meant to be read.
      if (const auto meant = nearest(*name, absent))
        fail(header_,
             fmt::format("unknown column {}; did you mean '{}'?", in_quotes(*name), *meant));
    }
    for (std::string_view column : required) {
      if (!find(column)) {
        fail(header_, fmt::format("column '{}' is missing, expected at least {}", column,
                                  fmt::join(required, ", ")));
      }
    }
  }

  void check_size(const CsvRow& row) const {
    if (row.cells.size() == header_.cells.size()) return;
    fail(row, fmt::format("{} cells, expected {} as in the header", row.cells.size(),
                          header_.cells.size()));
  }

  /// Empty where the column is not there.
  std::string text(const CsvRow& row, std::string_view column) const {
    const auto index = find(column);
    return index ? row.cells[*index] : std::string();
  }

  /// A number above 0, or nothing where the cell is empty.
  std::optional<double> number(const CsvRow& row, std::string_view column,
                               std::string_view expected) const {
    const std::string found = text(row, column);
    if (found.empty()) return std::nullopt;
    const auto value = parse_number<double>(found);
    if (!value || !std::isfinite(*value) || *value <= 0) fail_cell(row, column, expected);
    return value;
  }

  /// SkyPilot writes counts as `8.0`.
  std::optional<int> count(const CsvRow& row, std::string_view column) const {
    const auto value = number(row, column, kExpectedCount);
    if (!value) return std::nullopt;
    if (*value > 1024 || std::trunc(*value) != *value) fail_cell(row, column, kExpectedCount);
    return static_cast<int>(*value);
  }
  int required_count(const CsvRow& row, std::string_view column) const {
    const auto value = count(row, column);
    if (!value) fail_cell(row, column, kExpectedCount);
    return *value;
  }

  std::optional<double> price(const CsvRow& row, std::string_view column, int gpu_count) const {
    const auto dollars = number(row, column, price_problem(0, 1));
    if (!dollars) return std::nullopt;
    if (const std::string problem = price_problem(*dollars, gpu_count); !problem.empty())
      fail(row, fmt::format("{} is {}, {}", column, in_quotes(text(row, column)), problem));
    return *dollars / gpu_count;
  }

  /// The price of one GPU from the instance's column, the GPU's own, or both if they agree.
  std::optional<double> price_per_gpu(const CsvRow& row, std::string_view of_instance,
                                      std::string_view of_gpu, int gpu_count) const {
    constexpr double kTolerance = 0.01;
    const auto shared = price(row, of_instance, gpu_count);
    const auto own = price(row, of_gpu, 1);
    if (shared && own && std::abs(*own - *shared) > kTolerance * *shared) {
      fail(row, fmt::format("{} is ${:.4g}, but {} over {} GPUs is ${:.4g}, expected them within "
                            "{:.0f}%",
                            of_gpu, *own, of_instance, gpu_count, *shared, kTolerance * 100));
    }
    return shared ? shared : own;
  }

  std::string date(const CsvRow& row, std::string_view column) const {
    std::string found = text(row, column);
    if (!found.empty() && !is_iso_date(found)) fail_cell(row, column, "a date like 2026-05-26");
    return found;
  }

  [[noreturn]] void fail(const CsvRow& row, std::string_view problem) const {
    throw UsageError(fmt::format("{}:{}: {}", file_, row.line, problem));
  }
  /// `expected` with or without that word before it.
  [[noreturn]] void fail_cell(const CsvRow& row, std::string_view column,
                              std::string_view expected) const {
    constexpr std::string_view kWord = "expected ";
    if (expected.starts_with(kWord)) expected.remove_prefix(kWord.size());
    const std::string found = text(row, column);
    fail(row, fmt::format("{} is {}, expected {}", column,
                          found.empty() ? std::string("empty") : in_quotes(found), expected));
  }

  const CsvRow& header() const { return header_; }
  /// The file's own name, without its folder.
  std::string file_name() const { return std::filesystem::path(file_).filename().string(); }

 private:
  static constexpr std::string_view kExpectedCount = "a whole number from 1 to 1024";

  std::optional<std::size_t> find(std::string_view column) const {
    const auto match = std::find(header_.cells.begin(), header_.cells.end(), column);
    if (match == header_.cells.end()) return std::nullopt;
    return static_cast<std::size_t>(match - header_.cells.begin());
  }

  std::string file_;
  CsvRow header_;
};

/// A form factor that the list does not state may be part of the card's name.
void set_card(PriceOffer& offer, const std::string& name, const std::string& form_factor) {
  NamedCard card = split_card_name(name);
  offer.accelerator = form_factor.empty() ? card.accelerator : name;
  offer.form_factor = form_factor.empty() ? card.form_factor : form_factor;
}

PriceOffer native_offer(const PriceTable& table, const CsvRow& row) {
  PriceOffer offer;
  offer.provider = table.text(row, "Provider");
  const std::string name = table.text(row, "AcceleratorName");
  if (name.empty()) table.fail(row, "AcceleratorName is empty, expected a name like H100");
  set_card(offer, name, table.text(row, "form_factor"));
  offer.instance = table.text(row, "InstanceType");
  offer.region = table.text(row, "Region");
  offer.gpu_count = table.required_count(row, "AcceleratorCount");
  // An instance is rented whole.
  offer.min_gpus = table.count(row, "min_gpus").value_or(offer.gpu_count);
  offer.on_demand_per_gpu_hour =
      table.price_per_gpu(row, "Price", "price_per_gpu", offer.gpu_count);
  offer.spot_per_gpu_hour = table.price_per_gpu(row, "SpotPrice", "spot_per_gpu", offer.gpu_count);
  if (!offer.on_demand_per_gpu_hour && !offer.spot_per_gpu_hour)
    table.fail(row, "neither Price nor SpotPrice, expected at least one");
  offer.observed_at = table.date(row, "observed_at");
  offer.source = table.text(row, "source");
  offer.notes = table.text(row, "notes");
  return offer;
}

/// SkyPilot lists every instance of a cloud: those without a GPU, with a share of one (0.5 A10),
/// and those without a price in this region are none of ours.
bool is_for_rent(const PriceTable& table, const CsvRow& row) {
  if (table.text(row, "AcceleratorName").empty()) return false;
  const auto count = table.number(row, "AcceleratorCount", "a number of GPUs above 0");
  if (count && std::trunc(*count) != *count) return false;
  return !table.text(row, "Price").empty() || !table.text(row, "SpotPrice").empty();
}

bool is_spot(const PriceTable& table, const CsvRow& row) {
  const std::string found = table.text(row, "spot");
  for (const std::string_view yes : {"True", "true", "1"}) {
    if (found == yes) return true;
  }
  for (const std::string_view no : {"False", "false", "0"}) {
    if (found == no) return false;
  }
  table.fail_cell(row, "spot", "True or False");
}

PriceOffer gpuhunt_offer(const PriceTable& table, const CsvRow& row) {
  PriceOffer offer;
  offer.provider = table.text(row, "provider");
  set_card(offer, table.text(row, "gpu_name"), "");
  offer.instance = table.text(row, "instance_name");
  offer.region = table.text(row, "location");
  offer.gpu_count = offer.min_gpus = table.required_count(row, "gpu_count");
  const auto price = table.price(row, "price", offer.gpu_count);
  if (!price) table.fail_cell(row, "price", price_problem(0, 1));
  (is_spot(table, row) ? offer.spot_per_gpu_hour : offer.on_demand_per_gpu_hour) = price;
  offer.source = fmt::format("gpuhunt, {}", table.file_name());
  return offer;
}

bool has_gpu(const PriceTable& table, const CsvRow& row) {
  const std::string count = table.text(row, "gpu_count");
  return !table.text(row, "gpu_name").empty() && count != "0" && count != "0.0";
}

}  // namespace

PriceList read_price_csv(std::string_view text, const std::string& file) {
  const std::vector<CsvRow> rows = parse_csv(text, file);
  if (rows.empty()) throw UsageError(fmt::format("{}: is empty, expected a price list", file));
  const PriceTable table(rows, file);
  const Names native(kNativeColumns);
  const bool is_gpuhunt = table.has_any_of(kGpuhuntColumns);
  if (is_gpuhunt && !table.has_any_of(native)) {
    table.check_header(kGpuhuntColumns, kGpuhuntRequired);
  } else if (table.has_any_of(native)) {
    table.check_header(native, kNativeRequired);
  } else {
    table.fail(table.header(),
               fmt::format("no column of a price list, expected SkyPilot's ({}), gpuhunt's ({}) or "
                           "the JSON of Spheron's /api/gpu-offers",
                           fmt::join(kNativeRequired, ", "), fmt::join(kGpuhuntRequired, ", ")));
  }
  const bool is_native = table.has_any_of(native.subspan(kSkyPilotColumns));
  PriceList list;
  int without_source = 0;
  for (const CsvRow& row : std::span(rows).subspan(1)) {
    table.check_size(row);
    if (table.has_any_of(native)) {
      if (!is_native && !is_for_rent(table, row)) continue;
      PriceOffer& offer = list.offers.emplace_back(native_offer(table, row));
      if (!is_native) offer.source = fmt::format("SkyPilot, {}", table.file_name());
      if (offer.source.empty()) ++without_source;
    } else if (has_gpu(table, row)) {
      list.offers.push_back(gpuhunt_offer(table, row));
    }
  }
  if (list.offers.empty()) throw UsageError(fmt::format("{}: has a header and no offers", file));
  if (without_source > 0)
    list.warnings.push_back(fmt::format("{}: {} of {} offers do not name their source", file,
                                        without_source, list.offers.size()));
  return list;
}

}  // namespace gpugauge
