#include "harness/config/encoder.hpp"

#include <fmt/format.h>

#include <array>

#include "harness/base/error.hpp"
#include "harness/config/checkpoint_file.hpp"
#include "harness/config/published.hpp"
#include "harness/config/yaml_reader.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kEncoder = "encoder";
constexpr std::array<std::string_view, 1> kEncoderArchitectures{"bert"};

/// Matrices of the layers' linears.
std::int64_t layer_matrices(const EncoderConfig& e) {
  return e.num_hidden_layers *
         (4 * e.hidden_size * e.hidden_size + 2 * e.hidden_size * e.intermediate_size);
}

}  // namespace

std::int64_t EncoderConfig::parameters() const {
  const std::int64_t norm = 2 * hidden_size;
  const std::int64_t biases = 5 * hidden_size + intermediate_size;
  const std::int64_t embeddings =
      (vocab_size + max_position_embeddings + type_vocab_size) * hidden_size + norm;
  const std::int64_t pooler = (hidden_size + 1) * hidden_size;
  return embeddings + layer_matrices(*this) + num_hidden_layers * (biases + 2 * norm) + pooler;
}

std::int64_t EncoderConfig::weight_bytes(Precision precision) const {
  const std::int64_t matrices = layer_matrices(*this);
  return matrices * size_bytes(linear_dtype(precision)) +
         (parameters() - matrices) * size_bytes(head_dtype(precision));
}

EncoderConfig load_encoder(const std::filesystem::path& file) {
  constexpr IntegerRange kLayers{1, 1000}, kHeads{1, 1024}, kWidth{1, 1 << 20}, kVocab{1, 1 << 24};
  const bool is_checkpoint = is_checkpoint_config(file);
  YamlMapping root = read_yaml(file).mapping();
  EncoderConfig encoder;
  if (is_checkpoint) {
    architecture_in(root, kEncoderArchitectures);
    encoder.name = checkpoint_name(file);
    encoder.source = file.string();
  } else {
    const YamlValue kind = root.required("kind");
    if (kind.text() != kEncoder) kind.fail_expected(kEncoder);
    encoder.name = root.required("name").stem_of(file);
    encoder.source = root.required("source").text();
  }
  encoder.num_hidden_layers = root.required("num_hidden_layers").integer(kLayers);
  encoder.hidden_size = root.required("hidden_size").integer(kWidth);
  encoder.intermediate_size = root.required("intermediate_size").integer(kWidth);
  const YamlValue heads = root.required("num_attention_heads");
  encoder.num_attention_heads = heads.integer(kHeads);
  encoder.vocab_size = root.required("vocab_size").integer(kVocab);
  encoder.max_position_embeddings = root.required("max_position_embeddings").integer(kWidth);
  encoder.type_vocab_size = root.required("type_vocab_size").integer(kVocab);
  if (!is_checkpoint)
    finish_with_published(
        root, {{"parameters", [&] { return static_cast<double>(encoder.parameters()); }}});
  if (encoder.hidden_size % encoder.num_attention_heads != 0)
    heads.fail_expected(fmt::format("a divisor of hidden_size, {}", encoder.hidden_size));
  return encoder;
}

std::vector<ForwardOp> encoder_ops(const EncoderConfig& encoder, Precision precision,
                                   std::int64_t sequences, std::int64_t tokens) {
  if (sequences < 1)
    throw UsageError(fmt::format("sequences {}: expected a number of at least 1", sequences));
  if (tokens < 1 || tokens > encoder.max_position_embeddings) {
    throw UsageError(fmt::format("{} takes sequences of 1 to {} tokens, found {}", encoder.name,
                                 encoder.max_position_embeddings, tokens));
  }
  const std::int64_t hidden = encoder.hidden_size, layers = encoder.num_hidden_layers;
  std::vector<ForwardOp> ops;
  const auto linear = [&](const char* name, std::int64_t n, std::int64_t k) {
    ops.push_back({name, gemm_of(linear_dtype(precision), sequences * tokens, n, k), layers});
  };
  linear("qkv", 3 * hidden, hidden);
  ops.push_back(full_attention(sequences, tokens, encoder.num_attention_heads, encoder.head_dim(),
                               head_dtype(precision), layers));
  linear("o", hidden, hidden);
  linear("mlp_up", encoder.intermediate_size, hidden);
  linear("mlp_down", hidden, encoder.intermediate_size);
  return ops;
}

}  // namespace gpugauge
