#include "harness/config/model.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/unit/config/temporary_folder.hpp"

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
          .vocab_size = 128256};
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
                          .qk_norm = p.qk_norm};
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

TEST(Precision, SaysHowLinearsAndHeadAreStored) {
  const auto expect = [](Precision precision, const char* name, DType linear, DType head) {
    EXPECT_EQ(name_of(precision), name);
    EXPECT_EQ(precision_from_name(name), precision);
    EXPECT_EQ(linear_dtype(precision), linear);
    EXPECT_EQ(head_dtype(precision), head);
  };
  expect(Precision::kFp32, "fp32", DType::kFp32, DType::kFp32);
  expect(Precision::kBf16, "bf16", DType::kBf16, DType::kBf16);
  expect(Precision::kFp16, "fp16", DType::kFp16, DType::kFp16);
  expect(Precision::kFp8, "fp8", DType::kFp8E4m3, DType::kBf16);
  expect(Precision::kInt8, "int8", DType::kInt8, DType::kBf16);
  EXPECT_EQ(precision_from_name("fp8_e4m3"), std::nullopt);
}

TEST(LinearRole, HasANameThatIsRead) {
  for (const Linear& linear : llama_8b().linears())
    EXPECT_EQ(linear_role_from_name(name_of(linear.role)), linear.role);
  EXPECT_EQ(name_of(LinearRole::kGateUp), "gate_up");
  EXPECT_EQ(linear_role_from_name("head"), std::nullopt);
}

constexpr std::string_view kModel = R"(name: tiny
source: https://example.com/config.json
num_hidden_layers: 2
hidden_size: 64
intermediate_size: 128
num_attention_heads: 4
num_key_value_heads: 2
head_dim: 16
vocab_size: 100
)";

std::string error_with(std::string_view from, std::string_view to) {
  std::string text(kModel);
  text.replace(text.find(from), from.size(), to);
  return TemporaryFolder().error_of(load_model, "tiny.yaml", text);
}

TEST(LoadModel, ReadsTheKeysOfConfigJson) {
  const TemporaryFolder folder;
  const ModelConfig model = load_model(folder.write(
      "tiny.yaml", std::string(kModel) + "tie_word_embeddings: true\nqk_norm: true\n"));
  EXPECT_EQ(model.name, "tiny");
  EXPECT_EQ(model.source, "https://example.com/config.json");
  EXPECT_EQ(model.num_hidden_layers, 2);
  EXPECT_EQ(model.intermediate_size, 128);
  EXPECT_EQ(model.num_key_value_heads, 2);
  EXPECT_TRUE(model.tie_word_embeddings);
  EXPECT_TRUE(model.qk_norm);
  // 2 · (128·64 + 64·64 + 256·64 + 64·128 + 2·64 + 2·16) + 100·64 + 64
  EXPECT_EQ(model.parameters(), 2 * (8192 + 4096 + 16384 + 8192 + 160) + 6400 + 64);
}

TEST(LoadModel, RefusesWhatContradictsItself) {
  EXPECT_EQ(error_with("num_key_value_heads: 2", "num_key_value_heads: 3"),
            "tiny.yaml:7:22: 'num_key_value_heads' is '3', expected a divisor of "
            "num_attention_heads, 4");
  EXPECT_EQ(error_with("name: tiny", "name: small"),
            "tiny.yaml:1:7: 'name' is 'small', expected the name of its file, 'tiny'");
  EXPECT_EQ(error_with("head_dim: 16", "head_dim: 0"),
            "tiny.yaml:8:11: 'head_dim' is '0', expected a whole number from 1 to 1024");
}

TEST(LoadModel, RefusesKeysThatAreWrongOrMissing) {
  EXPECT_EQ(error_with("hidden_size", "hiden_size"),
            "tiny.yaml:4:1: unknown key 'hiden_size', expected hidden_size; did you mean "
            "'hidden_size'?");
  EXPECT_EQ(error_with("vocab_size: 100\n", ""), "tiny.yaml:1:1: 'vocab_size' is missing");
  EXPECT_EQ(error_with("vocab_size: 100\n", "vocab_size: 100\nparameters: 8e9\n"),
            "tiny.yaml:10:1: unknown key 'parameters', expected one of name, source, "
            "num_hidden_layers, hidden_size, intermediate_size, num_attention_heads, "
            "num_key_value_heads, head_dim, vocab_size, tie_word_embeddings, qk_norm");
  EXPECT_EQ(TemporaryFolder().error_of(load_model, "tiny.yaml", ""),
            "tiny.yaml: is empty, expected a mapping");
}

}  // namespace
}  // namespace gpugauge
