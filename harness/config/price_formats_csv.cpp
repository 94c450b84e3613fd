#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>

#include "harness/base/error.hpp"
#include "harness/config/csv.hpp"
#include "harness/config/left_out.hpp"
#include "harness/config/price_formats.hpp"
#include "harness/config/price_table.hpp"

namespace gpugauge {
namespace {

using Names = PriceTable::Names;

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

[[noreturn]] void leave_out(LeftOutReason reason, const char* problem) {
  throw BadRow(reason, problem);
}

/// How the card is built: as the list states it, or the first of these names that says it.
void set_card(PriceOffer& offer, const std::string& name, const std::string& stated,
              std::initializer_list<std::string> more) {
  const NamedCard card = split_card_name(name);
  offer.accelerator = stated.empty() ? card.accelerator : name;
  offer.form_factor = stated.empty() ? card.form_factor : stated;
  for (const std::string& text : more) {
    if (offer.form_factor.empty()) offer.form_factor = form_factor_in(text);
  }
}

PriceOffer native_offer(const PriceTable& table, const CsvRow& row) {
  PriceOffer offer;
  offer.provider = table.text(row, "Provider");
  const std::string name = table.text(row, "AcceleratorName");
  if (name.empty()) PriceTable::fail("AcceleratorName is empty, expected a name like H100");
  offer.instance = table.text(row, "InstanceType");
  set_card(offer, name, table.text(row, "form_factor"),
           {offer.instance, table.text(row, "GpuInfo")});
  offer.region = table.text(row, "Region");
  offer.gpu_count = table.required_count(row, "AcceleratorCount");
  // An instance is rented whole.
  offer.min_gpus = table.count(row, "min_gpus").value_or(offer.gpu_count);
  offer.on_demand_per_gpu_hour =
      table.price_per_gpu(row, "Price", "price_per_gpu", offer.gpu_count);
  offer.spot_per_gpu_hour = table.price_per_gpu(row, "SpotPrice", "spot_per_gpu", offer.gpu_count);
  if (!offer.on_demand_per_gpu_hour && !offer.spot_per_gpu_hour)
    leave_out(LeftOutReason::kNoPrice, "neither Price nor SpotPrice, expected at least one");
  offer.observed_at = table.date(row, "observed_at");
  offer.source = table.text(row, "source");
  offer.notes = table.text(row, "notes");
  return offer;
}

/// SkyPilot lists every instance of a cloud: those without a GPU and with a share of one (0.5 A10)
/// are none of ours.
bool rents_whole_gpus(const PriceTable& table, const CsvRow& row) {
  if (table.text(row, "AcceleratorName").empty()) return false;
  const auto count = table.number(row, "AcceleratorCount", "a number of GPUs above 0");
  return !count || std::trunc(*count) == *count;
}

PriceOffer skypilot_offer(const PriceTable& table, const CsvRow& row) {
  // Where accelerators are attached to machines, the machine has a row and a price of its own.
  if (table.has("InstanceType") && table.text(row, "InstanceType").empty())
    leave_out(LeftOutReason::kNoHost,
              "InstanceType is empty: the price is the accelerator's alone, its host has another");
  PriceOffer offer = native_offer(table, row);
  offer.source = fmt::format("SkyPilot, {}", table.file_name());
  return offer;
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
  offer.instance = table.text(row, "instance_name");
  set_card(offer, table.text(row, "gpu_name"), "", {offer.instance});
  offer.region = table.text(row, "location");
  offer.gpu_count = offer.min_gpus = table.required_count(row, "gpu_count");
  const auto price = table.price(row, "price", offer.gpu_count);
  if (!price) leave_out(LeftOutReason::kNoPrice, "no price, expected dollars an hour above 0");
  (is_spot(table, row) ? offer.spot_per_gpu_hour : offer.on_demand_per_gpu_hour) = price;
  offer.source = fmt::format("gpuhunt, {}", table.file_name());
  return offer;
}

bool has_gpu(const PriceTable& table, const CsvRow& row) {
  const std::string count = table.text(row, "gpu_count");
  return !table.text(row, "gpu_name").empty() && count != "0" && count != "0.0";
}

/// One of the formats that are told apart by their columns.
struct CsvFormat {
  bool (*is_offer)(const PriceTable&, const CsvRow&);
  PriceOffer (*offer)(const PriceTable&, const CsvRow&);
};
constexpr CsvFormat kNative{[](const PriceTable&, const CsvRow&) { return true; }, native_offer};
constexpr CsvFormat kSkyPilot{rents_whole_gpus, skypilot_offer};
constexpr CsvFormat kGpuhunt{has_gpu, gpuhunt_offer};

CsvFormat format_of(const PriceTable& table) {
  const Names native(kNativeColumns);
  if (table.has_any_of(native)) {
    table.check_header(native, kNativeRequired);
    return table.has_any_of(native.subspan(kSkyPilotColumns)) ? kNative : kSkyPilot;
  }
  if (table.has_any_of(kGpuhuntColumns)) {
    table.check_header(kGpuhuntColumns, kGpuhuntRequired);
    return kGpuhunt;
  }
  table.fail_header(
      fmt::format("no column of a price list, expected SkyPilot's ({}), gpuhunt's ({}) or "
                  "the JSON of Spheron's /api/gpu-offers",
                  fmt::join(kNativeRequired, ", "), fmt::join(kGpuhuntRequired, ", ")));
}

}  // namespace

PriceList read_price_csv(std::string_view text, const std::string& file) {
  const std::vector<CsvRow> rows = parse_csv_rows(text);
  if (rows.empty()) throw UsageError(fmt::format("{}: is empty, expected a price list", file));
  const PriceTable table(rows, file);
  const CsvFormat format = format_of(table);
  PriceList list;
  LeftOut left_out;
  for (const CsvRow& row : std::span(rows).subspan(1)) {
    try {
      table.check_cells(row);
      if (format.is_offer(table, row)) list.offers.push_back(format.offer(table, row));
    } catch (const BadRow& bad) {
      left_out.add(bad.reason(), [&] { return fmt::format("{}: {}", row.line, bad.what()); });
    }
  }
  if (list.offers.empty()) {
    left_out.fail(file);
    throw UsageError(fmt::format("{}: has a header and no offers", file));
  }
  if (auto warning = left_out.warning(file, list.offers.size()))
    list.warnings.push_back(std::move(*warning));
  if (const auto count = std::count_if(list.offers.begin(), list.offers.end(),
                                       [](const PriceOffer& o) { return o.source.empty(); });
      count > 0)
    list.warnings.push_back(fmt::format("{}: {} of {} offers do not name their source", file, count,
                                        list.offers.size()));
  return list;
}

}  // namespace gpugauge
