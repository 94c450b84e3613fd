#include "harness/config/model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

struct PrecisionRow {
  Precision precision;
  std::string_view name;
  DType linear, head;
};
// What FP8 and INT8 checkpoints quantise are the linears of the layers only.
constexpr std::array kPrecisions{
    PrecisionRow{Precision::kFp32, "fp32", DType::kFp32, DType::kFp32},
    PrecisionRow{Precision::kBf16, "bf16", DType::kBf16, DType::kBf16},
    PrecisionRow{Precision::kFp16, "fp16", DType::kFp16, DType::kFp16},
    PrecisionRow{Precision::kFp8, "fp8", DType::kFp8E4m3, DType::kBf16},
    PrecisionRow{Precision::kInt8, "int8", DType::kInt8, DType::kBf16},
};
constexpr std::array<std::string_view, 5> kRoles{"qkv", "o", "gate_up", "down", "lm_head"};

const PrecisionRow& row_of(Precision p) { return kPrecisions.at(static_cast<std::size_t>(p)); }

/// Weights of a model by how a checkpoint stores them.
struct WeightCount {
  std::int64_t layer_linears, lm_head, embedding, norms;
};

WeightCount weights_of(const ModelConfig& model) {
  WeightCount count{};
  for (const Linear& linear : model.linears()) {
    const std::int64_t weights = linear.count * linear.n * linear.k;
    (linear.role == LinearRole::kLmHead ? count.lm_head : count.layer_linears) += weights;
  }
  // Tied: the LM head is the embedding matrix.
  count.embedding = model.tie_word_embeddings ? 0 : model.vocab_size * model.hidden_size;
  const std::int64_t per_layer = 2 * model.hidden_size + (model.qk_norm ? 2 * model.head_dim : 0);
  count.norms = model.num_hidden_layers * per_layer + model.hidden_size;
  return count;
}

}  // namespace

std::string_view name_of(Precision precision) { return row_of(precision).name; }
DType linear_dtype(Precision precision) { return row_of(precision).linear; }
DType head_dtype(Precision precision) { return row_of(precision).head; }

std::optional<Precision> precision_from_name(std::string_view name) {
  for (const PrecisionRow& row : kPrecisions) {
    if (row.name == name) return row.precision;
  }
  return std::nullopt;
}

std::string_view name_of(LinearRole role) { return kRoles.at(static_cast<std::size_t>(role)); }

std::optional<LinearRole> linear_role_from_name(std::string_view name) {
  const auto match = std::find(kRoles.begin(), kRoles.end(), name);
  if (match == kRoles.end()) return std::nullopt;
  return static_cast<LinearRole>(match - kRoles.begin());
}

std::vector<Linear> ModelConfig::linears() const {
  const std::int64_t query = num_attention_heads * head_dim;
  const std::int64_t key_value = num_key_value_heads * head_dim;
  // q, k and v are one matrix, gate and up another: serving engines fuse them.
  return {
      {LinearRole::kQkv, query + 2 * key_value, hidden_size, num_hidden_layers},
      {LinearRole::kO, hidden_size, query, num_hidden_layers},
      {LinearRole::kGateUp, 2 * intermediate_size, hidden_size, num_hidden_layers},
      {LinearRole::kDown, hidden_size, intermediate_size, num_hidden_layers},
      {LinearRole::kLmHead, vocab_size, hidden_size, 1},
  };
}

std::int64_t ModelConfig::parameters() const {
  const WeightCount count = weights_of(*this);
  return count.layer_linears + count.lm_head + count.embedding + count.norms;
}

std::int64_t ModelConfig::weight_bytes(Precision precision) const {
  return streamed_weight_bytes(precision) +
         weights_of(*this).embedding * size_bytes(head_dtype(precision));
}

std::int64_t ModelConfig::streamed_weight_bytes(Precision precision) const {
  const WeightCount count = weights_of(*this);
  return count.layer_linears * size_bytes(linear_dtype(precision)) +
         (count.lm_head + count.norms) * size_bytes(head_dtype(precision));
}

std::int64_t ModelConfig::kv_bytes_per_token(DType kv) const {
  return 2 * num_hidden_layers * num_key_value_heads * head_dim * size_bytes(kv);
}

ModelConfig load_model(const std::filesystem::path& file) {
  constexpr IntegerRange kLayers{1, 1000}, kHeads{1, 1024}, kWidth{1, 1 << 20}, kVocab{1, 1 << 24};
  YamlMapping root = read_yaml(file).mapping();
  ModelConfig model;
  model.name = root.required("name").stem_of(file);
  model.source = root.required("source").text();
  model.num_hidden_layers = root.required("num_hidden_layers").integer(kLayers);
  model.hidden_size = root.required("hidden_size").integer(kWidth);
  model.intermediate_size = root.required("intermediate_size").integer(kWidth);
  model.num_attention_heads = root.required("num_attention_heads").integer(kHeads);
  const YamlValue kv_heads = root.required("num_key_value_heads");
  model.num_key_value_heads = kv_heads.integer(kHeads);
  model.head_dim = root.required("head_dim").integer(kHeads);
  model.vocab_size = root.required("vocab_size").integer(kVocab);
  model.tie_word_embeddings = root.boolean_or("tie_word_embeddings", false);
  model.qk_norm = root.boolean_or("qk_norm", false);
  root.finish();
  if (model.num_attention_heads % model.num_key_value_heads != 0) {
    kv_heads.fail_expected(
        fmt::format("a divisor of num_attention_heads, {}", model.num_attention_heads));
  }
  return model;
}

}  // namespace gpugauge
