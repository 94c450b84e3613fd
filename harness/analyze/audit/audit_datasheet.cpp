// What a card's datasheet says.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

struct Fact {
  std::string_view name;
  std::optional<SourcedValue> Datasheet::*value;
};

constexpr std::array kFacts{
    Fact{"memory_gb", &Datasheet::memory_gib},       Fact{"tdp_w", &Datasheet::tdp_w},
    Fact{"nvlink_gbps", &Datasheet::nvlink_gbps},    Fact{"pcie_gbps", &Datasheet::pcie_gbps},
    Fact{"sm_count", &Datasheet::sm_count},          Fact{"l2_mib", &Datasheet::l2_mib},
    Fact{"mig_instances", &Datasheet::mig_instances}};

/// An architecture by the compute capabilities that it covers (CUDA C++ Programming Guide), and the
/// generation of its tensor cores (NVIDIA's architecture whitepapers).
struct Architecture {
  int first, last;
  std::string_view name;
  int tensor_core_generation;
};
constexpr std::array kArchitectures{
    Architecture{70, 72, "Volta", 1},  Architecture{75, 75, "Turing", 2},
    Architecture{80, 87, "Ampere", 3}, Architecture{89, 89, "Ada-Lovelace", 4},
    Architecture{90, 90, "Hopper", 4}, Architecture{100, 121, "Blackwell", 5}};

const Architecture& architecture_of(const Datasheet& sheet) {
  const int capability = sheet.compute_capability.value_or(0);
  const auto found = std::find_if(
      kArchitectures.begin(), kArchitectures.end(),
      [&](const Architecture& a) { return a.first <= capability && capability <= a.last; });
  if (found == kArchitectures.end())
    throw UsageError(fmt::format("the architecture of {} is not known", sheet.name));
  return *found;
}

const SourcedValue& rate_of(const Datasheet& sheet, std::optional<DType> dtype) {
  const DatasheetMetric* found = metric_of(sheet, dtype);
  if (found == nullptr)
    throw UsageError(fmt::format("the datasheet of {} has no rate of {}", sheet.name,
                                 dtype ? name_of(*dtype) : "its memory"));
  return found->datasheet;
}

std::string source_of(const Datasheet& sheet, const std::string& source) {
  return source.find("datasheet") == std::string::npos ? fmt::format("{}: {}", sheet.name, source)
                                                       : source;
}

Quantity fact(MetricCall& call) {
  const Datasheet& sheet = call.device(0);
  const std::string& name = call.word(1);
  const auto known = std::find_if(kFacts.begin(), kFacts.end(),
                                  [&](const Fact& fact) { return fact.name == name; });
  if (known == kFacts.end()) {
    std::vector<std::string> names;
    for (const Fact& fact : kFacts) names.emplace_back(fact.name);
    fail_unknown_name("fact", name, names);
  }
  const std::optional<SourcedValue>& value = sheet.*known->value;
  if (!value) return none();
  call.cite(source_of(sheet, value->source));
  return number_of(as_printed(value->value));
}

Quantity memory_kind(MetricCall& call) {
  const Datasheet& sheet = call.device(0);
  if (!sheet.memory_kind)
    return unknown(fmt::format("the config of {} has no memory_kind", sheet.name));
  call.cite(source_of(sheet, sheet.memory_kind->source));
  return word_of(sheet.memory_kind->text);
}

Quantity architecture(MetricCall& call) {
  return word_of(std::string(architecture_of(call.device(0)).name));
}

Quantity tensor_core_generation(MetricCall& call) {
  return number_of(architecture_of(call.device(0)).tensor_core_generation);
}

Quantity memory_rate(MetricCall& call) {
  return number_of(datasheet_memory_gbps(call, call.device(0)));
}

Quantity arithmetic_rate(MetricCall& call) {
  return number_of(datasheet_tflops(call, call.device(0), call.dtype(1)));
}

/// Decode is limited by arithmetic from the batch on at which the linears of the layers take as
/// long for their operations as for their weights, at the datasheet's rates. The KV cache, which
/// grows with the batch, only moves it up.
Quantity ridge_batch(MetricCall& call) {
  const Datasheet& sheet = call.device(0);
  const DType dtype = linear_dtype(call.precision(2));
  double flops_per_token = 0, bytes = 0;
  for (const Linear& linear : call.model(1).linears()) {
    if (linear.role == LinearRole::kLmHead) continue;
    const auto weights = static_cast<double>(linear.n) * static_cast<double>(linear.k) *
                         static_cast<double>(linear.count);
    flops_per_token += 2 * weights;
    bytes += weights * static_cast<double>(size_bytes(dtype));
  }
  const double ridge = ridge_flops_per_byte(datasheet_tflops(call, sheet, dtype).value,
                                            datasheet_memory_gbps(call, sheet).value);
  return number_of(ridge * bytes / flops_per_token);
}

constexpr std::array kDatasheetMetrics{
    Metric{{"datasheet", "device, fact"}, fact},
    Metric{{"memory_kind", "device"}, memory_kind},
    Metric{{"architecture", "device"}, architecture},
    Metric{{"tensor_core_generation", "device"}, tensor_core_generation},
    Metric{{"memory_gbps", "device"}, memory_rate},
    Metric{{"tflops", "device, type"}, arithmetic_rate},
    Metric{{"ridge_batch", "device, model, precision"}, ridge_batch},
};

}  // namespace

Estimate as_printed(double value) {
  const std::string text = fmt::format("{}", value);
  const std::size_t point = text.find('.');
  const auto decimals = point == std::string::npos ? 0 : static_cast<int>(text.size() - point - 1);
  const double half = 0.5 * std::pow(10.0, -decimals);
  return {.value = value, .low = value - half, .high = value + half};
}

Estimate datasheet_tflops(MetricCall& call, const Datasheet& sheet, DType dtype) {
  const SourcedValue& rate = rate_of(sheet, dtype);
  call.cite(source_of(sheet, rate.source));
  return as_printed(rate.value);
}

Estimate datasheet_memory_gbps(MetricCall& call, const Datasheet& sheet) {
  const SourcedValue& rate = rate_of(sheet, std::nullopt);
  call.cite(source_of(sheet, rate.source));
  return as_printed(rate.value);
}

std::span<const Metric> datasheet_metrics() { return kDatasheetMetrics; }

}  // namespace gpugauge
