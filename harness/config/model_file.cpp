#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/byte_size.hpp"
#include "harness/config/checkpoint_file.hpp"
#include "harness/config/model_parts.hpp"
#include "harness/config/published.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

// Within these no product of them overflows, in bytes either.
constexpr IntegerRange kLayers{1, 1000}, kHeads{1, 1024}, kWidth{1, 1 << 20}, kVocab{1, 1 << 24};
constexpr IntegerRange kExperts{1, 512};

constexpr std::string_view kDecoder = "decoder";
constexpr std::array<std::string_view, 5> kDecoderArchitectures{"llama", "mistral", "qwen2",
                                                                "qwen3", "mixtral"};

/// What config.json leaves to the code of its architecture.
std::string read_architecture(YamlMapping& root, ModelConfig& model) {
  const std::string type = architecture_in(root, kDecoderArchitectures);
  model.qk_norm = type == "qwen3";
  model.qkv_bias = type == "qwen2";
  if (type == "mixtral") root.required("num_local_experts").integer(kExperts);
  for (const std::string_view key : {"attention_bias", "mlp_bias"}) {
    const auto bias = given(root, key);
    if (bias && bias->boolean()) bias->fail_expected("false: such biases are not counted");
  }
  return type;
}

bool is_decoder(std::string_view type) {
  return std::find(kDecoderArchitectures.begin(), kDecoderArchitectures.end(), type) !=
         kDecoderArchitectures.end();
}

/// Of a model around a language model, of images for one, what it says of that.
YamlMapping language_model(YamlMapping& root, ModelConfig& model) {
  constexpr std::array<std::string_view, 3> kKeys{"text_config", "llm_config", "language_config"};
  const auto type = given(root, "model_type");
  for (const std::string_view key : kKeys) {
    const auto inner = given(root, key);
    if (!inner || !inner->is_mapping() || (type && is_decoder(type->text()))) continue;
    model.notes.push_back(fmt::format(
        "a {} checkpoint: only its language model is read, {}; what else it has is not counted",
        type ? type->text() : "composed", key));
    return inner->mapping();
  }
  return root;
}

void read_quantisation(YamlMapping& root, ModelConfig& model) {
  const auto config = given(root, "quantization_config");
  if (!config) return;
  model.stored = read_stored_weights(config->mapping());
  if (model.stored->precision) return;
  const auto bytes = model.stored_weight_bytes();
  model.notes.push_back(fmt::format(
      "the checkpoint is {}; gpugauge has no such precision, and what follows is of one it has{}",
      words_of(*model.stored),
      bytes ? fmt::format(": {} of weights as stored, not {} as bf16", format_bytes(*bytes),
                          format_bytes(static_cast<double>(model.weight_bytes(Precision::kBf16))))
            : ""));
}

void read_own_keys(YamlMapping& root, const std::filesystem::path& file, ModelConfig& model) {
  const auto kind = root.optional("kind");
  if (kind && kind->text() != kDecoder) kind->fail_expected(kDecoder);
  model.name = root.required("name").stem_of(file);
  model.source = root.required("source").text();
  model.qk_norm = root.boolean_or("qk_norm", false);
  model.qkv_bias = root.boolean_or("qkv_bias", false);
}

void read_heads(YamlMapping& root, ModelConfig& model) {
  const YamlValue heads = root.required("num_attention_heads");
  model.num_attention_heads = heads.integer(kHeads);
  model.num_key_value_heads = model.num_attention_heads;
  if (const auto kv_heads = given(root, "num_key_value_heads")) {
    model.num_key_value_heads = kv_heads->integer(kHeads);
    if (model.num_attention_heads % model.num_key_value_heads != 0) {
      kv_heads->fail_expected(
          fmt::format("a divisor of num_attention_heads, {}", model.num_attention_heads));
    }
  }
  if (const auto head_dim = given(root, "head_dim")) {
    model.head_dim = head_dim->integer(kHeads);
  } else if (model.hidden_size % model.num_attention_heads == 0) {
    model.head_dim = model.hidden_size / model.num_attention_heads;
  } else {
    heads.fail_expected(
        fmt::format("a divisor of hidden_size, {}, as there is no head_dim", model.hidden_size));
  }
}

void read_experts(YamlMapping& root, ModelConfig& model) {
  const auto experts = given(root, "num_local_experts"), each = given(root, "num_experts_per_tok");
  if (!experts && !each) return;
  model.num_local_experts = root.required("num_local_experts").integer(kExperts);
  const YamlValue active = root.required("num_experts_per_tok");
  model.num_experts_per_tok = active.integer(kExperts);
  if (model.num_experts_per_tok > model.num_local_experts)
    active.fail_expected(fmt::format("at most num_local_experts, {}", model.num_local_experts));
}

/// Bytes are those of BF16.
void finish_with_totals(YamlMapping& root, const ModelConfig& model) {
  constexpr DType kType = DType::kBf16;
  finish_with_published(
      root,
      {{"parameters", [&] { return static_cast<double>(model.parameters()); }},
       {"active_parameters",
        [&] {
          const std::int64_t streamed = model.streamed_weight_bytes(Precision::kBf16);
          const std::int64_t gathered =
              model.tie_word_embeddings ? 0 : model.vocab_size * model.hidden_size;
          return static_cast<double>(streamed / size_bytes(kType) + gathered);
        }},
       {"weight_bytes", [&] { return static_cast<double>(model.weight_bytes(Precision::kBf16)); }},
       {"kv_bytes_per_token",
        [&] { return static_cast<double>(model.kv_bytes_per_token(kType)); }}});
}

}  // namespace

ModelConfig load_model(const std::filesystem::path& file) {
  const bool is_checkpoint = is_checkpoint_config(file);
  YamlMapping whole = read_yaml(file).mapping();
  ModelConfig model;
  YamlMapping root = is_checkpoint ? language_model(whole, model) : whole;
  std::string type;  // of a checkpoint
  if (is_checkpoint) {
    type = read_architecture(root, model);
    model.name = checkpoint_name(file);
    model.source = file.string();
  } else {
    read_own_keys(root, file, model);
  }
  model.num_hidden_layers = root.required("num_hidden_layers").integer(kLayers);
  model.hidden_size = root.required("hidden_size").integer(kWidth);
  model.intermediate_size = root.required("intermediate_size").integer(kWidth);
  read_heads(root, model);
  model.vocab_size = root.required("vocab_size").integer(kVocab);
  model.tie_word_embeddings = root.boolean_or(
      "tie_word_embeddings", is_checkpoint && whole.boolean_or("tie_word_embeddings", false));
  read_experts(root, model);
  read_windows(root, type, model);
  if (is_checkpoint) {
    read_quantisation(root.has("quantization_config") ? root : whole, model);
    for (std::string& note : model.notes) note = fmt::format("{}: {}", file.string(), note);
  }
  if (!is_checkpoint) finish_with_totals(root, model);
  return model;
}

}  // namespace gpugauge
