#pragma once

#include <array>

#include "harness/config/model.hpp"

namespace gpugauge {

/// Cards that tensor parallelism divides a model among.
inline constexpr std::array<int, 4> kShardCounts{1, 2, 4, 8};

/// Whether heads and the MLP's width divide evenly.
bool can_shard(const ModelConfig& model, int cards);

/// What one of `cards` holds and runs when they share a model as Megatron-LM does (Shoeybi et al.,
/// 2019): qkv and gate_up divided by their outputs, o and down by their inputs, attention by heads,
/// embedding and LM head by the vocabulary (padded to a multiple). Where there are fewer kv heads
/// than cards, each card has one, and several have the same. Throws UsageError if the model does
/// not divide.
ModelConfig shard_of(const ModelConfig& model, int cards);

}  // namespace gpugauge
