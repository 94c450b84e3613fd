#include "harness/analyze/step/fit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analyze/step/shard.hpp"
#include "harness/base/byte_size.hpp"
#include "harness/base/counted.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

FitFinding on(const ModelConfig& model, const DecodePoint& point, double usable_bytes, int cards) {
  const ModelConfig shard = shard_of(model, cards);
  const double sequence = as_double(shard.kv_bytes(point.kv, point.context));
  FitFinding finding;
  finding.cards = cards;
  finding.weight_bytes = as_double(shard.weight_bytes(point.precision));
  finding.kv_bytes = as_double(point.batch) * sequence;
  finding.usable_bytes = usable_bytes;
  const double sequences = std::floor((usable_bytes - finding.weight_bytes) / sequence);
  finding.largest_batch = static_cast<std::int64_t>(std::max(sequences, 0.0));
  return finding;
}

}  // namespace

double MemoryBudget::usable_bytes() const {
  if (!(utilisation > 0 && utilisation <= 1))
    throw UsageError(
        fmt::format("memory utilisation {}: expected more than 0 and at most 1", utilisation));
  if (!(reserve_bytes >= 0 && std::isfinite(reserve_bytes)))
    throw UsageError(fmt::format("memory reserve of {} bytes: expected 0 or more", reserve_bytes));
  return std::max(device_bytes * utilisation - reserve_bytes, 0.0);
}

std::optional<double> device_memory_bytes(const DeviceInfo& device, const Datasheet* sheet) {
  if (device.memory_bytes > 0) return as_double(device.memory_bytes);
  if (sheet != nullptr && sheet->memory_gib) return sheet->memory_gib->value * kGib;
  return std::nullopt;
}

std::optional<MemoryBudget> memory_budget(const DeviceInfo& device, const Datasheet* sheet) {
  const std::optional<double> bytes = device_memory_bytes(device, sheet);
  return bytes ? std::optional(MemoryBudget{.device_bytes = *bytes}) : std::nullopt;
}

std::string does_not_fit(const FitFinding& fit) {
  std::string text = fmt::format("does not fit: weights take {} of {} usable",
                                 format_bytes(fit.weight_bytes), format_bytes(fit.usable_bytes));
  if (fit.weight_bytes <= fit.usable_bytes)
    text += fmt::format(", and the rest holds the KV cache of {}",
                        counted(fit.largest_batch, "sequence"));
  return text;
}

FitFinding fit(const ModelConfig& model, const DecodePoint& point, const MemoryBudget& budget,
               int cards) {
  if (point.batch < 1 || point.context < 1)
    throw UsageError(fmt::format("batch {} and context {}: expected numbers of at least 1",
                                 point.batch, point.context));
  const double usable = budget.usable_bytes();
  FitFinding finding = on(model, point, usable, cards);
  for (const int count : kShardCounts) {
    if (can_shard(model, count) && on(model, point, usable, count).fits()) {
      finding.cards_needed = count;
      break;
    }
  }
  return finding;
}

}  // namespace gpugauge
