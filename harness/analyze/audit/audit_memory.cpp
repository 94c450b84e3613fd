// What a model needs of a card's memory.

#include <fmt/format.h>

#include <array>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/step/fit.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

struct Shape {
  std::string_view name;
  std::int64_t ModelConfig::*value;
};
constexpr std::array kShapes{Shape{"layers", &ModelConfig::num_hidden_layers},
                             Shape{"hidden", &ModelConfig::hidden_size},
                             Shape{"heads", &ModelConfig::num_attention_heads},
                             Shape{"kv_heads", &ModelConfig::num_key_value_heads},
                             Shape{"head_dim", &ModelConfig::head_dim}};

Quantity shape(MetricCall& call) {
  const ModelConfig& model = call.model(0);
  std::vector<std::string> names;
  for (const Shape& known : kShapes) {
    if (known.name == call.word(1)) return number_of(as_double(model.*known.value));
    names.emplace_back(known.name);
  }
  fail_unknown_name("dimension", call.word(1), names);
}

Quantity weight_gb(MetricCall& call) {
  return number_of(as_double(call.model(0).weight_bytes(call.precision(1))) / kBillion);
}

Quantity kv_bytes_per_token(MetricCall& call) {
  return number_of(as_double(call.model(0).kv_bytes_per_token(call.dtype(1))));
}

Quantity kv_gb(MetricCall& call) {
  return number_of(as_double(call.model(0).kv_bytes(call.dtype(3), call.count(1))) *
                   as_double(call.count(2)) / kBillion);
}

MemoryBudget budget_of(MetricCall& call, const Datasheet& sheet) {
  MemoryBudget budget = call.facts().memory;
  const auto bytes = device_memory_bytes(DeviceInfo{}, &sheet);
  if (!bytes) throw UsageError(fmt::format("the config of {} has no memory_gib", sheet.name));
  budget.device_bytes = *bytes;
  call.cite(fmt::format("{:.1f} GB usable of an {}", budget.usable_bytes() / kBillion, sheet.name));
  return budget;
}

Quantity usable_gb(MetricCall& call) {
  return number_of(budget_of(call, call.device(0)).usable_bytes() / kBillion);
}

/// Arguments: device, model, precision, context, batch, [type of the cache], [cards].
FitFinding fit_of(MetricCall& call) {
  constexpr std::size_t kContext = 3, kBatch = 4, kKv = 5, kCards = 6;
  const DecodePoint point{.precision = call.precision(2),
                          .batch = call.count(kBatch),
                          .context = call.count(kContext),
                          .kv = call.kv_or_bf16(kKv)};
  FitFinding found = fit(call.model(1), point, budget_of(call, call.device(0)),
                         static_cast<int>(call.count_or(kCards, 1)));
  call.cite(fmt::format("{:.1f} GB weights + {:.1f} GB KV cache per card",
                        found.weight_bytes / kBillion, found.kv_bytes / kBillion));
  return found;
}

Quantity fits(MetricCall& call) { return yes_or_no(fit_of(call).fits()); }

Quantity cards_needed(MetricCall& call) {
  const std::optional<int> cards = fit_of(call).cards_needed;
  return cards ? number_of(*cards) : none();
}

constexpr std::array kMemoryMetrics{
    Metric{{"shape", "model, dimension"}, shape},
    Metric{{"weight_gb", "model, precision"}, weight_gb},
    Metric{{"kv_bytes_per_token", "model, type"}, kv_bytes_per_token},
    Metric{{"kv_gb", "model, context, batch, type"}, kv_gb},
    Metric{{"usable_gb", "device"}, usable_gb},
    Metric{{"fits", "device, model, precision, context, batch, [kv], [cards]"}, fits},
    Metric{{"cards_needed", "device, model, precision, context, batch, [kv]"}, cards_needed},
};

}  // namespace

std::span<const Metric> memory_metrics() { return kMemoryMetrics; }

}  // namespace gpugauge
