#include "harness/analyze/rates/efficiency.hpp"

#include <algorithm>

#include "harness/analyze/rates/peaks.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {

RoofRates roof_rates(const Datasheet& sheet) {
  RoofRates rates;
  for (const DatasheetMetric& metric : sheet.metrics) {
    if (metric.dtype) {
      rates.tflops.emplace_back(*metric.dtype, metric.datasheet.value);
    } else {
      rates.memory_gbps = metric.datasheet.value;
    }
  }
  return rates;
}

RoofRates roof_rates(const Record& record, const Datasheet* sheet) {
  if (sheet != nullptr) return roof_rates(*sheet);
  RoofRates rates;
  for (const MemoryPattern pattern : all_of<MemoryPattern>) {
    if (const auto peak = best_bandwidth(record, pattern))
      rates.memory_gbps = std::max(rates.memory_gbps.value_or(0), peak->rate.value);
  }
  for (const DType dtype : gemm_dtypes(record)) {
    if (const auto peak = best_arithmetic(record, dtype))
      rates.tflops.emplace_back(dtype, peak->rate.value);
  }
  return rates;
}

std::optional<double> share_of_roof(const Measurement& measurement, const RoofRates& rates) {
  const std::optional<double> roof = roof_seconds(measurement.c.op, rates);
  if (!roof || measurement.c.options.cache != CacheState::kCold || measurement.time_ns.value <= 0)
    return std::nullopt;
  return *roof * kNsPerSecond / measurement.time_ns.value;
}

}  // namespace gpugauge
