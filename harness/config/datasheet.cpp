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

DatasheetMetric read_metric(const YamlValue& value, std::optional<DType> dtype) {
  YamlMapping map = value.mapping();
  DatasheetMetric metric{.dtype = dtype,
                         .datasheet = read_sourced(map.required("datasheet")),
                         .published = read_optional_sourced(map, "published"),
                         .floor = map.required("floor").number({0.01, 1})};
  map.finish();
  if (metric.published && metric.published->value > metric.datasheet.value)
    value.fail("was published above its datasheet, expected both dense and of the same card");
  return metric;
}

std::vector<DatasheetMetric> read_metrics(const YamlValue& value) {
  YamlMapping map = value.mapping();
  std::vector<DatasheetMetric> metrics{read_metric(map.required("memory_gbps"), std::nullopt)};
  for (const DType dtype : kOperandTypes) {
    if (const auto metric = map.optional(fmt::format("{}_tflops", name_of(dtype))))
      metrics.push_back(read_metric(*metric, dtype));
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
  if (const auto form_factor = root.optional("form_factor"))
    sheet.form_factor = form_factor->text();
  if (const auto capability = root.optional("compute_capability"))
    sheet.compute_capability = static_cast<int>(capability->integer({50, 999}));
  if (const auto capability = root.optional("compute_capability"))
    sheet.compute_capability = static_cast<int>(capability->integer({10, 1000}));
  sheet.memory_gib = read_optional_sourced(root, "memory_gib");
  sheet.tdp_w = read_optional_sourced(root, "tdp_w");
  sheet.sm_count = read_optional_sourced(root, "sm_count");
  sheet.l2_mib = read_optional_sourced(root, "l2_mib");
  sheet.boost_clock_mhz = read_optional_sourced(root, "boost_clock_mhz");
  sheet.nvlink_gbps = read_optional_sourced(root, "nvlink_gbps");
  sheet.pcie_gbps = read_optional_sourced(root, "pcie_gbps");
  sheet.mig_instances = read_optional_sourced(root, "mig_instances");
  sheet.memory_kind = read_optional_text(root, "memory_kind");
  sheet.metrics = read_metrics(root.required("metrics"));
  root.finish();
  return sheet;
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
