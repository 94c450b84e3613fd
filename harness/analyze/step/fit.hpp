#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/analyze/step/decode_step.hpp"
#include "harness/base/units.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/config/model.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// What an engine may use of one card's memory: the same wherever something is said to fit.
struct MemoryBudget {
  double device_bytes = 0;
  double utilisation = 0.9;     ///< of the card, by the engine: vLLM's default
  double reserve_bytes = kGib;  ///< of that, for activations, graphs and workspaces

  /// Throws UsageError for a utilisation outside of (0, 1] or a reserve below 0.
  double usable_bytes() const;
};

/// What the device reported, else what its datasheet says, else nothing.
std::optional<double> device_memory_bytes(const DeviceInfo& device, const Datasheet* sheet);

/// Of a card, at the default shares; nothing where nothing says how much memory it has.
std::optional<MemoryBudget> memory_budget(const DeviceInfo& device, const Datasheet* sheet);

/// Whether weights and KV cache fit the cards that share them, and what would. All bytes are of one
/// card.
struct FitFinding {
  int cards = 1;
  double weight_bytes = 0;
  double kv_bytes = 0;  ///< batch · context
  double usable_bytes = 0;
  std::int64_t largest_batch = 0;   ///< at this context; 0 if not even one sequence fits
  std::optional<int> cards_needed;  ///< for this batch: the fewest of 1, 2, 4, 8 that can share it

  double free_bytes() const { return usable_bytes - weight_bytes - kv_bytes; }
  bool fits() const { return free_bytes() >= 0; }
};

/// `cards` share the model as `shard_of` divides it. Throws UsageError where it does not divide, or
/// if batch or context is below 1.
FitFinding fit(const ModelConfig& model, const DecodePoint& point, const MemoryBudget& budget,
               int cards = 1);

/// `does not fit: weights take 15 GiB of 40.5 GiB usable, and the rest holds the KV cache of 25
/// sequences`: the same
/// words at every batch of a context.
std::string does_not_fit(const FitFinding& fit);

}  // namespace gpugauge
