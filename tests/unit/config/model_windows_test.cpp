#include <fmt/format.h>
#include <gtest/gtest.h>

#include "harness/base/units.hpp"
#include "harness/config/model.hpp"
#include "harness/config/model_ops.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

constexpr DType kBf16 = DType::kBf16;

/// Mistral-7B-v0.1's shapes, at 131072 bytes of KV cache a token.
std::string config(std::string_view type, std::string_view more) {
  return fmt::format(R"({{"model_type": "{}", "hidden_size": 4096, "intermediate_size": 14336,
"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8, "vocab_size": 32000{}}})",
                     type, more);
}

ModelConfig model(std::string_view type, std::string_view more) {
  return load_model(TemporaryFolder().write("m.json", config(type, more)));
}

std::string error(std::string_view type, std::string_view more) {
  return TemporaryFolder().error_of(load_model, "m.json", config(type, more));
}

/// `{"full_attention", …}` with a sliding layer everywhere but at each `pattern`th.
std::string layer_types(int layers, int pattern) {
  std::string types;
  for (int i = 1; i <= layers; ++i)
    types += fmt::format("{}\"{}\"", i == 1 ? "" : ", ",
                         i % pattern == 0 ? "full_attention" : "sliding_attention");
  return fmt::format(", \"layer_types\": [{}]", types);
}

TEST(SlidingWindow, IsOfEveryLayerUnlessTheFileSaysOtherwise) {
  const ModelConfig mistral = model("mistral", ", \"sliding_window\": 4096");
  EXPECT_EQ(mistral.windowed_layers, 32);
  EXPECT_EQ(mistral.kv_bytes(kBf16, 4096), std::int64_t{4096} * 131072);
  EXPECT_EQ(mistral.kv_bytes(kBf16, 16384), std::int64_t{4096} * 131072);
  EXPECT_EQ(mistral.kv_bytes(kBf16, 100), 100 * 131072);
}

TEST(SlidingWindow, IsNoneWhereItIsNullOrSwitchedOff) {
  for (const char* off : {"", ", \"sliding_window\": null",
                          ", \"sliding_window\": 4096, \"use_sliding_window\": false"}) {
    EXPECT_EQ(model("mistral", off).kv_bytes(kBf16, 16384), std::int64_t{16384} * 131072) << off;
  }
  // Qwen's files hold a window that is off unless they say that it is on.
  EXPECT_EQ(model("qwen2", ", \"sliding_window\": 4096").windowed_layers, 0);
}

TEST(SlidingWindow, IsOfQwensLastLayers) {
  constexpr std::string_view kOn = ", \"sliding_window\": 4096, \"use_sliding_window\": true";
  EXPECT_EQ(model("qwen2", kOn).windowed_layers, 4);
  EXPECT_EQ(model("qwen3", std::string(kOn) + ", \"max_window_layers\": 20").windowed_layers, 12);
  EXPECT_EQ(model("qwen2", std::string(kOn) + ", \"max_window_layers\": 70").windowed_layers, 0);
}

TEST(SlidingWindow, IsOfTheLayersThatTheListOrThePatternNames) {
  for (const std::string& mixed :
       {layer_types(32, 4), std::string(", \"sliding_window_pattern\": 4")}) {
    const ModelConfig m = model("mistral", ", \"sliding_window\": 1024" + mixed);
    EXPECT_EQ(m.windowed_layers, 24);
    EXPECT_EQ(m.kv_bytes(kBf16, 8192), std::int64_t{4096} * (8 * 8192 + 24 * 1024));
  }
}

TEST(SlidingWindow, RefusesAListThatDoesNotFitTheModel) {
  EXPECT_EQ(error("mistral", ",\n\"sliding_window\": 1024" + layer_types(31, 4)),
            "m.json:3:40: 'layer_types' has 31 entries, expected num_hidden_layers, 32");
  EXPECT_EQ(error("mistral", ",\n\"sliding_window\": 0"),
            "m.json:3:19: 'sliding_window' is '0', expected a whole number from 1 to 16777216");
  EXPECT_EQ(error("mistral", layer_types(32, 4)), "m.json:1:1: 'sliding_window' is missing");
  std::string chunked = layer_types(32, 4);
  chunked.replace(chunked.find("sliding"), 7, "chunked");
  EXPECT_EQ(error("mistral", ",\n\"sliding_window\": 1024" + chunked),
            "m.json:3:41: 'layer_types[0]' is 'chunked_attention', expected one of full_attention, "
            "sliding_attention");
}

TEST(SlidingWindow, BoundsTheLongestContextThatFits) {
  const double gib = kGib;
  const ModelConfig none = model("mistral", "");
  EXPECT_EQ(none.longest_context(kBf16, gib), 8192);
  const ModelConfig all = model("mistral", ", \"sliding_window\": 4096");
  EXPECT_EQ(all.longest_context(kBf16, gib / 4), 2048);
  EXPECT_EQ(all.longest_context(kBf16, gib), std::nullopt);
  const ModelConfig mixed = model("mistral", ", \"sliding_window\": 1024" + layer_types(32, 4));
  const auto context = mixed.longest_context(kBf16, gib);
  ASSERT_TRUE(context);
  EXPECT_LE(static_cast<double>(mixed.kv_bytes(kBf16, *context)), gib);
  EXPECT_GT(static_cast<double>(mixed.kv_bytes(kBf16, *context + 1)), gib);
}

TEST(AttendedTokens, AreOneKindOfLayerUpToTheWindow) {
  const ModelConfig mixed = model("mistral", ", \"sliding_window\": 1024" + layer_types(32, 4));
  ASSERT_EQ(attended_tokens(mixed, 1024).size(), 1U);
  EXPECT_EQ(attended_tokens(mixed, 1024)[0].layers, 32);
  const auto beyond = attended_tokens(mixed, 1025);
  ASSERT_EQ(beyond.size(), 2U);
  EXPECT_EQ(beyond[0].tokens, 1025);
  EXPECT_EQ(beyond[0].layers, 8);
  EXPECT_EQ(beyond[1].tokens, 1024);
  EXPECT_EQ(beyond[1].layers, 24);
  EXPECT_TRUE(has_step_graph(mixed, 1024));
  EXPECT_FALSE(has_step_graph(mixed, 1025));
  EXPECT_THROW(decode_step_of(mixed, Precision::kBf16, 1, 1025, kBf16), UsageError);
  const ModelConfig all = model("mistral", ", \"sliding_window\": 4096");
  EXPECT_EQ(decode_step_of(all, Precision::kBf16, 1, 16384, kBf16).context, 4096);
}

TEST(WindowedPrefill, HasThePairsOfQueryAndKeyOfTheWindow) {
  const ModelConfig m = model("mistral", ", \"sliding_window\": 1024");
  // Each of the first 1,024 queries sees all before it, each later one 1,024.
  const double pairs = 1024.0 * 1024 / 2 + (8192.0 - 1024) * 1024;
  const auto op = windowed_prefill_of(m, 2, 8192, 1024, kBf16);
  const auto whole = attention_prefill_of(m, 2, 8192, kBf16);
  EXPECT_EQ(op.tokens, 1024);
  EXPECT_EQ(op.batch, 2 * 15);
  EXPECT_NEAR(op.work().flops / whole.work().flops, pairs / (8192.0 * 8192 / 2), 1e-3);
  EXPECT_EQ(windowed_prefill_of(m, 2, 512, 512, kBf16).tokens, 512);
}

}  // namespace
}  // namespace gpugauge
