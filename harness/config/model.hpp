#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/dtype.hpp"

namespace gpugauge {

/// How a checkpoint stores its weights. Linears have this type; embedding, LM head and norms stay
/// BF16 in fp8 and int8 checkpoints.
enum class Precision : std::uint8_t { kFp32, kBf16, kFp16, kFp8, kInt8 };

std::string_view name_of(Precision precision);
std::optional<Precision> precision_from_name(std::string_view name);
/// The type of the layers' linears, and that of the LM head, embedding and norms.
DType linear_dtype(Precision precision);
DType head_dtype(Precision precision);

enum class LinearRole : std::uint8_t { kQkv, kO, kGateUp, kDown, kLmHead };
std::string_view name_of(LinearRole role);
std::optional<LinearRole> linear_role_from_name(std::string_view name);

/// y[tokens, n] = x[tokens, k] · w[n, k]ᵀ, `count` times in one forward step.
struct Linear {
  LinearRole role;
  std::int64_t n, k;
  std::int64_t count;
};

/// A dense decoder with grouped-query attention and a gated MLP. Field names mirror Hugging Face's
/// config.json.
struct ModelConfig {
  std::string name;  ///< `llama-3.1-8b`: the stem of its file, used in case names
  std::string source;
  std::int64_t num_hidden_layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t num_key_value_heads = 0;
  std::int64_t head_dim = 0;
  std::int64_t vocab_size = 0;
  bool tie_word_embeddings = false;
  bool qk_norm = false;

  /// qkv, o, gate_up and down of every layer, and the LM head.
  std::vector<Linear> linears() const;
  /// Derived from the shapes, never stored.
  std::int64_t parameters() const;
  /// Bytes of all weights on the device, and of those that one decode step streams (the input
  /// embedding is only gathered from).
  std::int64_t weight_bytes(Precision precision) const;
  std::int64_t streamed_weight_bytes(Precision precision) const;
  /// 2 · layers · kv_heads · head_dim · bytes.
  std::int64_t kv_bytes_per_token(DType kv) const;
};

/// Reads a model file. Throws UsageError.
ModelConfig load_model(const std::filesystem::path& file);

}  // namespace gpugauge
