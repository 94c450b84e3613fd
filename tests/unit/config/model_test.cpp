#include "harness/config/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace gpugauge {
namespace {

ModelConfig llama_8b() {
  return {.name = "llama-3.1-8b",
          .source = "config.json",
          .num_hidden_layers = 32,
          .hidden_size = 4096,
          .intermediate_size = 14336,
          .num_attention_heads = 32,
          .num_key_value_heads = 8,
          .head_dim = 128,
          .vocab_size = 128256,
          .stored = {},
          .argument = {},
          .notes = {}};
}

struct Published {
  const char* name;
  std::int64_t layers, hidden, intermediate, heads, kv_heads, head_dim, vocab;
  bool qk_norm;
  std::int64_t parameters, kv_bytes_bf16;
};

class PublishedTotals : public testing::TestWithParam<Published> {};

TEST_P(PublishedTotals, FollowFromTheShapes) {
  const Published& p = GetParam();
  const ModelConfig model{.name = p.name,
                          .source = "",
                          .num_hidden_layers = p.layers,
                          .hidden_size = p.hidden,
                          .intermediate_size = p.intermediate,
                          .num_attention_heads = p.heads,
                          .num_key_value_heads = p.kv_heads,
                          .head_dim = p.head_dim,
                          .vocab_size = p.vocab,
                          .tie_word_embeddings = false,
                          .qk_norm = p.qk_norm,
                          .stored = {},
                          .argument = {},
                          .notes = {}};
  EXPECT_EQ(model.parameters(), p.parameters);
  EXPECT_EQ(model.weight_bytes(Precision::kBf16), 2 * p.parameters);
  EXPECT_EQ(model.kv_bytes_per_token(DType::kBf16), p.kv_bytes_bf16);
  EXPECT_EQ(model.kv_bytes_per_token(DType::kFp8E4m3), p.kv_bytes_bf16 / 2);
}

// Parameters as the model cards state them.
INSTANTIATE_TEST_SUITE_P(
    DenseModels, PublishedTotals,
    testing::Values(
        Published{"llama-3.1-8b", 32, 4096, 14336, 32, 8, 128, 128256, false, 8'030'261'248,
                  131'072},
        Published{"llama-3.1-70b", 80, 8192, 28672, 64, 8, 128, 128256, false, 70'553'706'496,
                  327'680},
        Published{"qwen3-8b", 36, 4096, 12288, 32, 8, 128, 151936, true, 8'190'735'360, 147'456},
        Published{"qwen3-14b", 40, 5120, 17408, 40, 8, 128, 151936, true, 14'768'307'200, 163'840},
        Published{"qwen3-32b", 64, 5120, 25600, 64, 8, 128, 151936, true, 32'762'123'264, 262'144},
        Published{"mistral-7b", 32, 4096, 14336, 32, 8, 128, 32768, false, 7'248'023'552, 131'072},
        Published{"llama-2-13b", 40, 5120, 13824, 40, 40, 128, 32000, false, 13'015'864'320,
                  819'200}),
    [](const auto& model) {
      std::string name = model.param.name;
      std::replace_if(
          name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
      return name;
    });

TEST(ModelConfig, FusesQkvAndGateUp) {
  const std::vector<Linear> linears = llama_8b().linears();
  ASSERT_EQ(linears.size(), 5U);
  const auto expect = [&](std::size_t i, LinearRole role, std::int64_t n, std::int64_t k,
                          std::int64_t count) {
    EXPECT_EQ(linears[i].role, role);
    EXPECT_EQ(linears[i].n, n);
    EXPECT_EQ(linears[i].k, k);
    EXPECT_EQ(linears[i].count, count);
  };
  expect(0, LinearRole::kQkv, 6144, 4096, 32);
  expect(1, LinearRole::kO, 4096, 4096, 32);
  expect(2, LinearRole::kGateUp, 28672, 4096, 32);
  expect(3, LinearRole::kDown, 4096, 14336, 32);
  expect(4, LinearRole::kLmHead, 128256, 4096, 1);
}

TEST(ModelConfig, TakesTheHeadDimensionFromItsOwnField) {
  ModelConfig qwen_32b = llama_8b();
  qwen_32b.hidden_size = 5120;
  qwen_32b.num_attention_heads = 64;
  EXPECT_EQ(qwen_32b.linears()[0].n, (64 + 2 * 8) * 128);
  EXPECT_EQ(qwen_32b.linears()[1].k, 64 * 128);  // not hidden_size
}

TEST(ModelConfig, KeepsHeadEmbeddingAndNormsInBf16WhereTheLinearsAreFp8) {
  // 32 · 218,103,808 in FP8; 2 · 525,336,576 for embedding and head and 266,240 for norms in BF16.
  EXPECT_EQ(llama_8b().weight_bytes(Precision::kFp8),
            6'979'321'856 + 2 * (1'050'673'152 + 266'240));
  EXPECT_EQ(llama_8b().weight_bytes(Precision::kFp8), 9'081'200'640);  // 9.08 GB
  // A step only gathers from the input embedding.
  EXPECT_EQ(llama_8b().streamed_weight_bytes(Precision::kFp8), 8'030'527'488);  // 8.03 GB
  EXPECT_EQ(llama_8b().weight_bytes(Precision::kInt8), 9'081'200'640);
}

TEST(ModelConfig, StoresATiedEmbeddingOnceAndStreamsItAsTheHead) {
  ModelConfig tied = llama_8b();
  tied.tie_word_embeddings = true;
  EXPECT_EQ(tied.parameters(), 8'030'261'248 - 525'336'576);
  EXPECT_EQ(tied.streamed_weight_bytes(Precision::kBf16), tied.weight_bytes(Precision::kBf16));
  EXPECT_EQ(tied.streamed_weight_bytes(Precision::kBf16),
            llama_8b().streamed_weight_bytes(Precision::kBf16));
}

ModelConfig mixtral() {
  ModelConfig model = llama_8b();
  model.vocab_size = 32000;
  model.num_local_experts = 8;
  model.num_experts_per_tok = 2;
  return model;
}

TEST(MixtureOfExperts, CountsEveryExpertAndTheRouters) {
  // As published for Mixtral-8x7B.
  EXPECT_EQ(mixtral().parameters(), 46'702'792'704);
  EXPECT_EQ(mixtral().weight_bytes(Precision::kBf16), 2 * 46'702'792'704);
  EXPECT_EQ(mixtral().kv_bytes_per_token(DType::kBf16), 131'072);
  const std::vector<Linear> linears = mixtral().linears();
  ASSERT_EQ(linears.size(), 6U);
  EXPECT_EQ(linears[2].role, LinearRole::kRouter);
  EXPECT_EQ(linears[2].n, 8);
  EXPECT_EQ(linears[2].count, 32);
  EXPECT_EQ(linears[3].role, LinearRole::kGateUp);
  EXPECT_EQ(linears[3].count, 32 * 8);
}

TEST(MixtureOfExperts, KeepsTheRoutersInBf16WhereTheLinearsAreFp8) {
  EXPECT_EQ(dtype_of(LinearRole::kRouter, Precision::kFp8), DType::kBf16);
  EXPECT_EQ(dtype_of(LinearRole::kLmHead, Precision::kFp8), DType::kBf16);
  EXPECT_EQ(dtype_of(LinearRole::kDown, Precision::kFp8), DType::kFp8E4m3);
  // Linears of 32 layers: 41,943,040 of attention and 8 experts of 176,160,768. The rest: two
  // 131,072,000 of embedding and head, 32 routers of 32,768, 65 norms of 4,096.
  EXPECT_EQ(mixtral().weight_bytes(Precision::kFp8),
            32 * (41'943'040 + 8 * 176'160'768LL) + 2 * (262'144'000 + 1'048'576 + 266'240));
}

TEST(MixtureOfExperts, StreamsOnlyTheExpertsThatABatchTouches) {
  const std::int64_t expert = 2 * 32 * 176'160'768LL;
  const std::int64_t rest = 2 * (32 * 41'943'040LL + 131'072'000 + 1'048'576 + 266'240);
  EXPECT_EQ(mixtral().streamed_weight_bytes(Precision::kBf16), rest + 2 * expert);
  EXPECT_EQ(mixtral().streamed_weight_bytes(Precision::kBf16, 1), rest + 2 * expert);
  // Of 8 experts each of 4 sequences misses one with probability 3/4: 8 · (1 − 81/256) = 5.46875.
  EXPECT_DOUBLE_EQ(mixtral().expected_experts(4), 5.46875);
  EXPECT_EQ(mixtral().streamed_weight_bytes(Precision::kBf16, 4),
            rest + 5 * expert + 15 * (expert / 32));
  EXPECT_EQ(mixtral().streamed_weight_bytes(Precision::kBf16, 10'000), rest + 8 * expert);
}

TEST(MixtureOfExperts, ADenseModelStreamsTheSameAtEveryBatch) {
  EXPECT_EQ(llama_8b().expected_experts(64), 1);
  EXPECT_EQ(llama_8b().streamed_weight_bytes(Precision::kFp8, 64),
            llama_8b().streamed_weight_bytes(Precision::kFp8));
}

TEST(ModelConfig, CountsTheBiasOfQkv) {
  // Qwen2.5-7B as published.
  const ModelConfig qwen{.name = "qwen2.5-7b",
                         .source = "",
                         .num_hidden_layers = 28,
                         .hidden_size = 3584,
                         .intermediate_size = 18944,
                         .num_attention_heads = 28,
                         .num_key_value_heads = 4,
                         .head_dim = 128,
                         .vocab_size = 152064,
                         .qkv_bias = true,
                         .stored = {},
                         .argument = {},
                         .notes = {}};
  EXPECT_EQ(qwen.parameters(), 7'615'616'512);
}

TEST(Precision, SaysHowLinearsAndHeadAreStored) {
  const auto expect = [](Precision precision, const char* name, DType linear, DType head) {
    EXPECT_EQ(name_of(precision), name);
    EXPECT_EQ(from_name<Precision>(name), precision);
    EXPECT_EQ(linear_dtype(precision), linear);
    EXPECT_EQ(head_dtype(precision), head);
  };
  expect(Precision::kFp32, "fp32", DType::kFp32, DType::kFp32);
  expect(Precision::kBf16, "bf16", DType::kBf16, DType::kBf16);
  expect(Precision::kFp16, "fp16", DType::kFp16, DType::kFp16);
  expect(Precision::kFp8, "fp8", DType::kFp8E4m3, DType::kBf16);
  expect(Precision::kInt8, "int8", DType::kInt8, DType::kBf16);
  EXPECT_EQ(from_name<Precision>("fp8_e4m3"), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
