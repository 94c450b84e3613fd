#include "harness/config/datasheet.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/units.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr NumberRange kQuantity{1e-3, 1e6};

SourcedValue read_sourced(const YamlValue& value) {
  YamlMapping map = value.mapping();
  SourcedValue sourced{map.required("value").number(kQuantity), map.required("source").text()};
  map.finish();
  return sourced;
}

std::optional<SourcedValue> read_optional_sourced(YamlMapping& map, std::string_view key) {
  const auto value = map.optional(key);
  return value ? std::optional(read_sourced(*value)) : std::nullopt;
}

std::optional<SourcedText> read_optional_text(YamlMapping& root, std::string_view key) {
  const auto value = root.optional(key);
  if (!value) return std::nullopt;
  YamlMapping map = value->mapping();
  SourcedText sourced{map.required("value").text(), map.required("source").text()};
  map.finish();
  return sourced;
}

/// Peaks are rounded in datasheets, mostly down.
void check_peak(const YamlValue& stated, double value, double product, const std::string& factors) {
  constexpr double kLeast = 0.97, kMost = 1.005;
  if (value < kLeast * product || value > kMost * product)
    stated.fail_expected(fmt::format("{:.4g} to {:.4g}: {} is {:.4g}", kLeast * product,
                                     kMost * product, factors, product));
}

/// A peak, and where they are given the factors that it follows from: the width and clock of the
/// memory, which moves two words a clock, or what each SM does in a clock of the tensor cores.
void read_peak(const YamlValue& value, const std::optional<SourcedValue>& sm_count,
               DatasheetMetric& metric) {
  const bool is_memory = !metric.dtype;
  YamlMapping map = value.mapping();
  const YamlValue stated = map.required("value");
  metric.datasheet = {stated.number(kQuantity), map.required("source").text()};
  const std::string_view each_key = is_memory ? "bus_bits" : "flop_per_sm_clock";
  const auto factor = map.optional(each_key), clock = map.optional("mhz");
  map.finish();
  if (factor || clock) {
    const double each = map.required(each_key).number(kQuantity),
                 mhz = map.required("mhz").number(kQuantity);
    if (!is_memory && !sm_count) factor->fail("is given, expected sm_count with it");
    metric.product = is_memory ? 2 * mhz * each / 8 / 1e3 : sm_count->value * each * mhz / 1e6;
    check_peak(stated, metric.datasheet.value, *metric.product,
               is_memory ? fmt::format("2 x {} MHz x {} bit / 8", mhz, each)
                         : fmt::format("{} SMs x {} FLOP x {} MHz", sm_count->value, each, mhz));
  }
}

DatasheetMetric read_metric(const YamlValue& value, std::optional<DType> dtype,
                            const std::optional<SourcedValue>& sm_count) {
  YamlMapping map = value.mapping();
  DatasheetMetric metric{.dtype = dtype, .datasheet = {}, .published = {}, .pass_mark = 0};
  read_peak(map.required("datasheet"), sm_count, metric);
  metric.published = read_optional_sourced(map, "published");
  metric.pass_mark = map.required("pass_mark").number({0.01, 1});
  map.finish();
  if (metric.published && metric.published->value > metric.datasheet.value)
    value.fail(
        "has a published value above its datasheet, expected both dense and of the same card");
  return metric;
}

std::vector<DatasheetMetric> read_metrics(const YamlValue& value,
                                          const std::optional<SourcedValue>& sm_count) {
  YamlMapping map = value.mapping();
  std::vector<DatasheetMetric> metrics{
      read_metric(map.required("memory_gbps"), std::nullopt, sm_count)};
  for (const DType dtype : kOperandTypes) {
    if (const auto metric = map.optional(fmt::format("{}_tflops", name_of(dtype))))
      metrics.push_back(read_metric(*metric, dtype, sm_count));
  }
  map.finish();
  return metrics;
}

void read_match(const YamlValue& value, Datasheet& sheet) {
  YamlMapping map = value.mapping();
  sheet.match_names =
      map.required("names").distinct([](const YamlValue& name) { return name.text(); });
  sheet.memory_gib_min = map.required("memory_gib_min").number(kQuantity);
  sheet.memory_gib_max = map.required("memory_gib_max").number({sheet.memory_gib_min, 1e6});
  if (const auto reported = map.optional("reported_mib")) {
    for (const YamlValue& mib : reported->items())
      mib.number({sheet.memory_gib_min * 1024, sheet.memory_gib_max * 1024});
  }
  map.finish();
}

}  // namespace

Datasheet load_datasheet(const std::filesystem::path& file) {
  YamlMapping root = read_yaml(file).mapping();
  Datasheet sheet;
  sheet.name = root.required("name").stem_of(file);
  sheet.title = root.required("title").text();
  read_match(root.required("match"), sheet);
  sheet.accelerator = root.required("accelerator").text();
  sheet.form_factor = root.text_or("form_factor");
  if (const auto capability = root.optional("compute_capability"))
    sheet.compute_capability = static_cast<int>(capability->integer({50, 999}));
  for (const auto& [key, value] : {std::pair{"memory_gib", &sheet.memory_gib},
                                   {"tdp_w", &sheet.tdp_w},
                                   {"sm_count", &sheet.sm_count},
                                   {"l2_mib", &sheet.l2_mib},
                                   {"boost_clock_mhz", &sheet.boost_clock_mhz},
                                   {"max_clock_mhz", &sheet.max_clock_mhz},
                                   {"nvlink_gbps", &sheet.nvlink_gbps},
                                   {"pcie_gbps", &sheet.pcie_gbps},
                                   {"mig_instances", &sheet.mig_instances}})
    *value = read_optional_sourced(root, key);
  sheet.memory_kind = read_optional_text(root, "memory_kind");
  sheet.metrics = read_metrics(root.required("metrics"), sheet.sm_count);
  root.finish();
  return sheet;
}

const DatasheetMetric* metric_of(const Datasheet& sheet, std::optional<DType> dtype) {
  const auto found = std::ranges::find(sheet.metrics, dtype, &DatasheetMetric::dtype);
  return found == sheet.metrics.end() ? nullptr : &*found;
}

std::optional<std::string> matched_by_both(const Datasheet& a, const Datasheet& b) {
  const double least = std::max(a.memory_gib_min, b.memory_gib_min),
               most = std::min(a.memory_gib_max, b.memory_gib_max);
  if (least > most) return std::nullopt;
  for (const std::string& name : a.match_names) {
    if (std::find(b.match_names.begin(), b.match_names.end(), name) != b.match_names.end())
      return fmt::format("'{}' with {:g} to {:g} GiB", name, least, most);
  }
  return std::nullopt;
}

const std::string& card_name(const DeviceInfo& device, const Datasheet* sheet) {
  return sheet != nullptr ? sheet->name : device.name;
}

const Datasheet* match_datasheet(const std::vector<Datasheet>& sheets, const DeviceInfo& device) {
  const double memory_gib = static_cast<double>(device.memory_bytes) / kGib;
  const auto match = std::find_if(sheets.begin(), sheets.end(), [&](const Datasheet& sheet) {
    const auto& names = sheet.match_names;
    return std::find(names.begin(), names.end(), device.name) != names.end() &&
           memory_gib >= sheet.memory_gib_min && memory_gib <= sheet.memory_gib_max;
  });
  return match == sheets.end() ? nullptr : &*match;
}

}  // namespace gpugauge
