#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/config/forward_op.hpp"
#include "harness/config/model.hpp"

namespace gpugauge {

/// A BERT encoder (Devlin et al., 2019), as embedding models are: post-norm layers of full
/// attention and an MLP that is not gated, every linear with a bias. Field names mirror Hugging
/// Face's config.json.
struct EncoderConfig {
  std::string name;
  std::string source;
  std::int64_t num_hidden_layers = 0;
  std::int64_t hidden_size = 0;
  std::int64_t intermediate_size = 0;
  std::int64_t num_attention_heads = 0;
  std::int64_t vocab_size = 0;
  std::int64_t max_position_embeddings = 0;  ///< the longest sequence, in tokens
  std::int64_t type_vocab_size = 0;

  std::int64_t head_dim() const { return hidden_size / num_attention_heads; }
  /// All of the checkpoint: the matrices, their biases, the norms, the three embeddings and the
  /// pooler.
  std::int64_t parameters() const;
  /// Bytes of all weights on the device; at fp8 and int8 only the linears of the layers shrink.
  std::int64_t weight_bytes(Precision precision) const;
};

/// Reads an encoder: YAML with `kind: encoder`, or a checkpoint's config.json (model_type bert).
/// Throws UsageError.
EncoderConfig load_encoder(const std::filesystem::path& file);

/// The matrix products and attention of one pass over `sequences` sequences of `tokens` tokens
/// each, padding included. Norms, GELU, pooling and, at fp8 and int8, the quantisation of inputs
/// are left out: a sum of these ops is a lower bound. Throws UsageError if a sequence is longer
/// than the encoder takes.
std::vector<ForwardOp> encoder_ops(const EncoderConfig& encoder, Precision precision,
                                   std::int64_t sequences, std::int64_t tokens);

}  // namespace gpugauge
