#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/base/enum_table.hpp"

namespace gpugauge {

/// How a checkpoint stores its weights. Linears have this type; embedding, LM head and norms stay
/// BF16 in fp8 and int8 checkpoints.
enum class Precision : std::uint8_t { kFp32, kBf16, kFp16, kFp8, kInt8 };

struct PrecisionRow {
  Precision value;
  std::string_view name;
  DType linear;  ///< of the layers' linears
  DType head;    ///< of the LM head, router, embedding and norms
};
template <>
struct EnumTable<Precision> {
  // What FP8 and INT8 checkpoints quantise are the linears of the layers only, routers excepted.
  static constexpr std::array rows{
      PrecisionRow{Precision::kFp32, "fp32", DType::kFp32, DType::kFp32},
      PrecisionRow{Precision::kBf16, "bf16", DType::kBf16, DType::kBf16},
      PrecisionRow{Precision::kFp16, "fp16", DType::kFp16, DType::kFp16},
      PrecisionRow{Precision::kFp8, "fp8", DType::kFp8E4m3, DType::kBf16},
      PrecisionRow{Precision::kInt8, "int8", DType::kInt8, DType::kBf16},
  };
};
constexpr DType linear_dtype(Precision precision) { return row_of(precision).linear; }
constexpr DType head_dtype(Precision precision) { return row_of(precision).head; }

/// kRouter scores the experts of a mixture for every token.
enum class LinearRole : std::uint8_t { kQkv, kO, kGateUp, kDown, kLmHead, kRouter };
template <>
struct EnumTable<LinearRole> {
  static constexpr std::array rows{
      EnumName{LinearRole::kQkv, "qkv"},        EnumName{LinearRole::kO, "o"},
      EnumName{LinearRole::kGateUp, "gate_up"}, EnumName{LinearRole::kDown, "down"},
      EnumName{LinearRole::kLmHead, "lm_head"}, EnumName{LinearRole::kRouter, "router"}};
};
/// As a checkpoint of that precision stores this linear.
DType dtype_of(LinearRole role, Precision precision);

/// y[tokens, n] = x[tokens, k] · w[n, k]ᵀ; a model has `count` such matrices.
struct Linear {
  LinearRole role;
  std::int64_t n, k;
  std::int64_t count;
};

/// How a quantised checkpoint stores the linears of its layers.
struct StoredWeights {
  std::string method;                      ///< `awq`, as its config.json calls it
  std::optional<std::int64_t> bits;        ///< a weight
  std::optional<double> bytes_per_weight;  ///< with its share of scales and zero points
  std::optional<Precision> precision;      ///< that is the same; nothing where none is
};

/// A decoder with grouped-query attention and a gated MLP, or a mixture of such MLPs ("experts")
/// of which a router picks a few for every token. Field names mirror Hugging Face's config.json.
struct ModelConfig {
  std::string name;  ///< `llama-3.1-8b`: the stem of its file, used in case names
  std::string source;
  std::int64_t num_hidden_layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;  ///< of one expert in a mixture
  std::int64_t num_attention_heads = 0;
  std::int64_t num_key_value_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t vocab_size = 0;
  bool tie_word_embeddings = false;
  bool qk_norm = false;
  bool qkv_bias = false;                 ///< a bias on q, k and v, as in Qwen2
  std::int64_t num_local_experts = 0;    ///< 0: a dense model
  std::int64_t num_experts_per_tok = 0;  ///< 0 in a dense model
  std::int64_t sliding_window = 0;       ///< tokens that windowed layers keep and attend to
  std::int64_t windowed_layers = 0;      ///< the others keep and attend to the whole context
  std::optional<StoredWeights> stored;   ///< of a quantised checkpoint
  std::string argument;                  ///< what `--model` takes for it, as it was given
  std::vector<std::string> notes;        ///< what its file says that the numbers do not show

  bool is_mixture() const { return num_local_experts > 0; }
  /// qkv, o, gate_up and down of every layer, and the LM head; in a mixture gate_up and down of
  /// every expert, and the routers. What one forward pass runs of them says `linear_ops_of`.
  std::vector<Linear> linears() const;
  /// Derived from the shapes, never stored. All experts count.
  std::int64_t parameters() const;
  /// Bytes of all weights on the device.
  std::int64_t weight_bytes(Precision precision) const;
  /// Bytes of the weights that one decode step of `batch` sequences streams: the input embedding is
  /// only gathered from, and of the experts `expected_experts` are read, so that for a mixture this
  /// is an expectation (exact at batch 1), to the nearest byte.
  std::int64_t streamed_weight_bytes(Precision precision, std::int64_t batch = 1) const;
  /// How many experts of a layer a pass over `tokens` tokens touches if routing is uniform and each
  /// token independent of the others: the expectation E · (1 − (1 − k/E)^tokens). 1 in a dense
  /// model. Trained routers favour some experts, and touch fewer.
  double expected_experts(std::int64_t tokens) const;
  /// As the checkpoint is; nothing where it is not quantised, or does not say how.
  std::optional<double> stored_weight_bytes() const;
  /// 2 · layers · kv_heads · head_dim · bytes, of a token that is in every layer's window.
  std::int64_t kv_bytes_per_token(DType kv) const;
  /// Of a sequence: a windowed layer keeps no more than its window. An engine that has one size of
  /// cache for all layers may reserve more.
  std::int64_t kv_bytes(DType kv, std::int64_t context) const;
  /// The longest context whose KV cache takes no more than that; nothing where any does, as every
  /// layer has its window.
  std::optional<std::int64_t> longest_context(DType kv, double bytes) const;
};

/// Reads a model: our YAML, or, where the file ends in `.json`, a checkpoint's own config.json of
/// one of the architectures llama, mistral, qwen2, qwen3 and mixtral, or of a model around one of
/// them (text_config). The latter may hold any other keys, has a head_dim of hidden_size /
/// num_attention_heads and as many KV heads as heads unless it says otherwise, and is called like
/// its file, or its folder where it is `config.json`.
/// Throws UsageError with file, line, key, what was found and what was expected.
ModelConfig load_model(const std::filesystem::path& file);

}  // namespace gpugauge
