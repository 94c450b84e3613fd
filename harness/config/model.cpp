#include "harness/config/model.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace gpugauge {
namespace {

/// The one MLP of a dense model is its only expert.
std::int64_t expert_count(const ModelConfig& model) {
  return std::max<std::int64_t>(1, model.num_local_experts);
}

/// Weights of a model by what a step reads of them and how a checkpoint stores them.
struct WeightCount {
  std::int64_t attention;   ///< qkv and o of all layers
  std::int64_t one_expert;  ///< gate_up and down of all layers, of one expert
  std::int64_t high;        ///< LM head, routers, norms and biases: never quantised
  std::int64_t embedding;   ///< the same, but gathered from, not streamed
};

WeightCount weights_of(const ModelConfig& model) {
  WeightCount count{};
  for (const Linear& linear : model.linears()) {
    const std::int64_t weights = linear.n * linear.k * linear.count;
    switch (linear.role) {
      case LinearRole::kQkv:
      case LinearRole::kO:
        count.attention += weights;
        break;
      case LinearRole::kGateUp:
      case LinearRole::kDown:
        count.one_expert += weights / expert_count(model);
        break;
      case LinearRole::kLmHead:
      case LinearRole::kRouter:
        count.high += weights;
        break;
    }
  }
  // Tied: the LM head is the embedding matrix.
  count.embedding = model.tie_word_embeddings ? 0 : model.vocab_size * model.hidden_size;
  const std::int64_t heads = model.num_attention_heads + 2 * model.num_key_value_heads;
  const std::int64_t per_layer = 2 * model.hidden_size + (model.qk_norm ? 2 * model.head_dim : 0) +
                                 (model.qkv_bias ? heads * model.head_dim : 0);
  count.high += model.num_hidden_layers * per_layer + model.hidden_size;
  return count;
}

}  // namespace

DType dtype_of(LinearRole role, Precision precision) {
  const bool high = role == LinearRole::kLmHead || role == LinearRole::kRouter;
  return high ? head_dtype(precision) : linear_dtype(precision);
}

std::vector<Linear> ModelConfig::linears() const {
  const std::int64_t query = num_attention_heads * head_dim;
  const std::int64_t key_value = num_key_value_heads * head_dim;
  const std::int64_t experts = num_hidden_layers * expert_count(*this);
  // q, k and v are one matrix, gate and up another: serving engines fuse them.
  std::vector<Linear> all{
      {LinearRole::kQkv, query + 2 * key_value, hidden_size, num_hidden_layers},
      {LinearRole::kO, hidden_size, query, num_hidden_layers},
      {LinearRole::kGateUp, 2 * intermediate_size, hidden_size, experts},
      {LinearRole::kDown, hidden_size, intermediate_size, experts},
      {LinearRole::kLmHead, vocab_size, hidden_size, 1},
  };
  if (is_mixture())
    all.insert(all.begin() + 2,
               {LinearRole::kRouter, num_local_experts, hidden_size, num_hidden_layers});
  return all;
}

std::int64_t ModelConfig::parameters() const {
  const WeightCount count = weights_of(*this);
  return count.attention + expert_count(*this) * count.one_expert + count.high + count.embedding;
}

std::int64_t ModelConfig::weight_bytes(Precision precision) const {
  const WeightCount count = weights_of(*this);
  return (count.attention + expert_count(*this) * count.one_expert) *
             size_bytes(linear_dtype(precision)) +
         (count.high + count.embedding) * size_bytes(head_dtype(precision));
}

std::int64_t ModelConfig::streamed_weight_bytes(Precision precision, std::int64_t batch) const {
  const WeightCount count = weights_of(*this);
  const std::int64_t linear_size = size_bytes(linear_dtype(precision));
  const double expert_bytes =
      expected_experts(batch) * static_cast<double>(count.one_expert * linear_size);
  return count.attention * linear_size + std::llround(expert_bytes) +
         count.high * size_bytes(head_dtype(precision));
}

double ModelConfig::expected_experts(std::int64_t tokens) const {
  if (!is_mixture()) return 1;
  const auto experts = static_cast<double>(num_local_experts);
  const double missed = 1 - static_cast<double>(num_experts_per_tok) / experts;
  return experts * (1 - std::pow(missed, static_cast<double>(tokens)));
}

std::optional<double> ModelConfig::stored_weight_bytes() const {
  if (!stored || !stored->bytes_per_weight) return std::nullopt;
  const WeightCount count = weights_of(*this);
  const auto linears =
      static_cast<double>(count.attention + expert_count(*this) * count.one_expert);
  return linears * *stored->bytes_per_weight +
         static_cast<double>((count.high + count.embedding) * size_bytes(DType::kBf16));
}

std::int64_t ModelConfig::kv_bytes_per_token(DType kv) const {
  return 2 * num_hidden_layers * num_key_value_heads * head_dim * size_bytes(kv);
}

std::int64_t ModelConfig::kv_bytes(DType kv, std::int64_t context) const {
  const std::int64_t of_layer = kv_bytes_per_token(kv) / num_hidden_layers;
  return of_layer * ((num_hidden_layers - windowed_layers) * context +
                     windowed_layers * std::min(context, sliding_window));
}

std::optional<std::int64_t> ModelConfig::longest_context(DType kv, double bytes) const {
  const double of_layer = static_cast<double>(kv_bytes_per_token(kv) / num_hidden_layers);
  const double in_window = of_layer * static_cast<double>(windowed_layers * sliding_window);
  const auto layers = static_cast<double>(num_hidden_layers);
  const bool is_past_window =
      windowed_layers > 0 && bytes >= of_layer * layers * static_cast<double>(sliding_window);
  if (!is_past_window) return static_cast<std::int64_t>(bytes / (of_layer * layers));
  if (windowed_layers == num_hidden_layers) return std::nullopt;
  return static_cast<std::int64_t>(
      (bytes - in_window) / (of_layer * static_cast<double>(num_hidden_layers - windowed_layers)));
}

}  // namespace gpugauge
