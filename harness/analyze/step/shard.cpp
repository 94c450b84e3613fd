#include "harness/analyze/step/shard.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.hpp"

namespace gpugauge {

bool can_shard(const ModelConfig& model, int cards) {
  const std::int64_t kv_heads = model.num_key_value_heads;
  return cards >= 1 && model.num_attention_heads % cards == 0 &&
         model.intermediate_size % cards == 0 && (kv_heads % cards == 0 || cards % kv_heads == 0);
}

ModelConfig shard_of(const ModelConfig& model, int cards) {
  if (!can_shard(model, cards))
    throw UsageError(
        fmt::format("{} cards: {} cannot be sharded: {} heads, {} KV heads and an MLP of {} do not "
                    "divide evenly",
                    cards, model.name, model.num_attention_heads, model.num_key_value_heads,
                    model.intermediate_size));
  ModelConfig shard = model;
  shard.num_attention_heads /= cards;
  shard.num_key_value_heads = std::max<std::int64_t>(model.num_key_value_heads / cards, 1);
  shard.intermediate_size /= cards;
  shard.vocab_size = (model.vocab_size + cards - 1) / cards;
  return shard;
}

}  // namespace gpugauge
