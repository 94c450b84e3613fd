#include "harness/config/encoder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

EncoderConfig bert_large() {
  return {.name = "bert-large",
          .source = "",
          .num_hidden_layers = 24,
          .hidden_size = 1024,
          .intermediate_size = 4096,
          .num_attention_heads = 16,
          .vocab_size = 30522,
          .max_position_embeddings = 512,
          .type_vocab_size = 2};
}

TEST(EncoderConfig, HasItsPublishedTotal) {
  EXPECT_EQ(bert_large().parameters(), 335'141'888);
  EXPECT_EQ(bert_large().weight_bytes(Precision::kBf16), 2 * 335'141'888);
  // 24 layers of 12 · 1024² weights in FP8.
  EXPECT_EQ(bert_large().weight_bytes(Precision::kFp8), 2 * 335'141'888 - 24 * 12 * 1'048'576);
  EXPECT_EQ(bert_large().head_dim(), 64);
}

TEST(EncoderOps, AddUpToTheArithmeticOfASequence) {
  for (const double n : {1.0, 128.0, 512.0}) {
    const double linears = 2 * n * 24 * 12 * 1024 * 1024;
    const double attention = 4 * n * (n + 1) * 1024 * 24;
    EXPECT_DOUBLE_EQ(
        flops_of(encoder_ops(bert_large(), Precision::kBf16, 1, static_cast<std::int64_t>(n))),
        linears + attention);
  }
}

TEST(EncoderOps, HaveABatchOfSequencesForTheirM) {
  const auto ops = encoder_ops(bert_large(), Precision::kFp8, 8, 512);
  ASSERT_EQ(ops.size(), 5U);
  EXPECT_EQ(ops[0].name, "qkv");
  EXPECT_EQ(ops[0].count, 24);
  const auto& qkv = std::get<Gemm>(ops[0].op);
  EXPECT_EQ(qkv.m, 8 * 512);
  EXPECT_EQ(qkv.n, 3 * 1024);
  EXPECT_EQ(qkv.weights, DType::kFp8E4m3);
  // Two causal ones for each of the layers.
  const auto& attention = std::get<AttentionPrefill>(ops[1].op);
  EXPECT_EQ(ops[1].count, 48);
  EXPECT_EQ(attention.batch, 8);
  EXPECT_EQ(attention.tokens, 512);
  EXPECT_EQ(attention.heads, 16);
  EXPECT_EQ(attention.kv_heads, 16);
  EXPECT_EQ(attention.head_dim, 64);
  EXPECT_EQ(attention.dtype, DType::kBf16);
}

TEST(EncoderOps, RefuseWhatTheEncoderDoesNotTake) {
  EXPECT_THROW(encoder_ops(bert_large(), Precision::kBf16, 0, 128), UsageError);
  EXPECT_THROW(encoder_ops(bert_large(), Precision::kBf16, 1, 0), UsageError);
  EXPECT_THROW(encoder_ops(bert_large(), Precision::kBf16, 1, 513), UsageError);
}

constexpr std::string_view kEncoder = R"(name: tiny
kind: encoder
source: https://example.com/config.json
num_hidden_layers: 2
hidden_size: 64
intermediate_size: 128
num_attention_heads: 4
vocab_size: 100
max_position_embeddings: 32
type_vocab_size: 2
)";

std::string encoder_error(std::string_view from, std::string_view to) {
  std::string text(kEncoder);
  text.replace(text.find(from), from.size(), to);
  return TemporaryFolder().error_of(load_encoder, "tiny.yaml", text);
}

TEST(LoadEncoder, ReadsTheKeysOfConfigJson) {
  const EncoderConfig encoder = load_encoder(TemporaryFolder().write("tiny.yaml", kEncoder));
  EXPECT_EQ(encoder.name, "tiny");
  EXPECT_EQ(encoder.head_dim(), 16);
  EXPECT_EQ(encoder.max_position_embeddings, 32);
}

TEST(LoadEncoder, RefusesWhatIsWrong) {
  EXPECT_EQ(encoder_error("num_attention_heads: 4", "num_attention_heads: 5"),
            "tiny.yaml:7:22: 'num_attention_heads' is '5', expected a divisor of hidden_size, 64");
  EXPECT_EQ(encoder_error("kind: encoder\n", ""), "tiny.yaml:1:1: 'kind' is missing");
  EXPECT_EQ(encoder_error("kind: encoder", "kind: diffusion"),
            "tiny.yaml:2:7: 'kind' is 'diffusion', expected encoder");
  EXPECT_THAT(encoder_error("vocab_size: 100", "vocab_size: 100\nhead_dim: 16"),
              testing::HasSubstr("unknown key 'head_dim'"));
}

TEST(LoadEncoder, ReadsACheckpointsOwnConfig) {
  const TemporaryFolder folder;
  constexpr std::string_view kJson = R"({"model_type": "bert", "hidden_act": "gelu",
    "num_hidden_layers": 24, "hidden_size": 1024, "intermediate_size": 4096,
    "num_attention_heads": 16, "vocab_size": 30522, "max_position_embeddings": 512,
    "type_vocab_size": 2})";
  const EncoderConfig encoder = load_encoder(folder.write("bge/config.json", kJson));
  EXPECT_EQ(encoder.name, "bge");
  EXPECT_EQ(encoder.parameters(), 335'141'888);
}

}  // namespace
}  // namespace gpugauge
