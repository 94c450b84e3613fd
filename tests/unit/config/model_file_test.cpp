#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/config/model.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

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

std::string model_error(std::string_view from, std::string_view to) {
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
  EXPECT_EQ(model_error("num_key_value_heads: 2", "num_key_value_heads: 3"),
            "tiny.yaml:7:22: 'num_key_value_heads' is '3', expected a divisor of "
            "num_attention_heads, 4");
  EXPECT_EQ(model_error("name: tiny", "name: small"),
            "tiny.yaml:1:7: 'name' is 'small', expected the name of its file, 'tiny'");
  EXPECT_EQ(model_error("head_dim: 16", "head_dim: 0"),
            "tiny.yaml:8:11: 'head_dim' is '0', expected a whole number from 1 to 1024");
}

TEST(LoadModel, HoldsItsPublishedTotalsAgainstItsShapes) {
  const auto error_of = [](const std::string& totals, std::string_view more = "") {
    return model_error("vocab_size: 100\n", "vocab_size: 100\n" + std::string(more) +
                                                "published: {source: s, " + totals + "}\n");
  };
  // 2 · (128·64 + 64·64 + 256·64 + 64·128 + 2·64) + 2·100·64 + 64, two bytes each in BF16
  EXPECT_EQ(error_of("parameters: 86848, active_parameters: 86848, weight_bytes: 173696"),
            "no error");
  EXPECT_EQ(error_of("kv_bytes_per_token: 256"), "no error");  // 2 · 2 · 2 · 16 · 2 bytes
  EXPECT_EQ(error_of("weight_bytes: 173697"),
            "tiny.yaml:10:38: 'published.weight_bytes' is '173697', expected 173696 by its shapes");
  // Three of four experts are not run: 3 · 2 · (256·64 + 64·128) weights; 2 · 4·64 are the
  // routers'.
  EXPECT_EQ(error_of("parameters: 234816, active_parameters: 87360",
                     "num_local_experts: 4\nnum_experts_per_tok: 1\n"),
            "no error");
}

TEST(LoadModel, RefusesKeysThatAreWrongOrMissing) {
  EXPECT_EQ(model_error("hidden_size", "hiden_size"),
            "tiny.yaml:4:1: unknown key 'hiden_size', expected hidden_size; did you mean "
            "'hidden_size'?");
  EXPECT_EQ(model_error("vocab_size: 100\n", ""), "tiny.yaml:1:1: 'vocab_size' is missing");
  EXPECT_EQ(
      model_error("vocab_size: 100\n", "vocab_size: 100\nparameters: 8e9\n"),
      "tiny.yaml:10:1: unknown key 'parameters', expected one of kind, name, source, qk_norm, "
      "qkv_bias, num_hidden_layers, hidden_size, intermediate_size, num_attention_heads, "
      "num_key_value_heads, head_dim, vocab_size, tie_word_embeddings, num_local_experts, "
      "num_experts_per_tok, sliding_window, layer_types, published");
  EXPECT_EQ(TemporaryFolder().error_of(load_model, "tiny.yaml", ""),
            "tiny.yaml: is empty, expected a mapping");
}

TEST(LoadModel, RefusesAnotherKindOfModel) {
  EXPECT_EQ(model_error("name: tiny", "kind: encoder\nname: tiny"),
            "tiny.yaml:1:7: 'kind' is 'encoder', expected decoder");
  EXPECT_EQ(model_error("name: tiny", "kind: decoder\nname: tiny"), "no error");
}

TEST(LoadModel, RefusesExpertsThatContradictEachOther) {
  const auto error_of = [](std::string_view lines) {
    return TemporaryFolder().error_of(load_model, "tiny.yaml", std::string(kModel).append(lines));
  };
  EXPECT_EQ(error_of("num_local_experts: 8\nnum_experts_per_tok: 9\n"),
            "tiny.yaml:11:22: 'num_experts_per_tok' is '9', expected at most num_local_experts, 8");
  EXPECT_EQ(error_of("num_local_experts: 8\n"), "tiny.yaml:1:1: 'num_experts_per_tok' is missing");
  EXPECT_EQ(error_of("num_local_experts: 0\nnum_experts_per_tok: 1\n"),
            "tiny.yaml:10:20: 'num_local_experts' is '0', expected a whole number from 1 to 512");
  EXPECT_EQ(error_of("num_experts_per_tok: 2\n"), "tiny.yaml:1:1: 'num_local_experts' is missing");
}

/// As transformers writes it, with much that is not read.
constexpr std::string_view kCheckpoint = R"({
  "architectures": ["LlamaForCausalLM"],
  "attention_bias": false,
  "bos_token_id": 128000,
  "eos_token_id": [128001, 128008],
  "hidden_act": "silu",
  "hidden_size": 4096,
  "intermediate_size": 14336,
  "model_type": "llama",
  "num_attention_heads": 32,
  "num_hidden_layers": 32,
  "num_key_value_heads": 8,
  "pretraining_tp": 1,
  "quantization_config": {"quant_method": "fp8", "ignored_layers": ["lm_head"]},
  "rms_norm_eps": 1e-05,
  "rope_scaling": {"factor": 8.0, "rope_type": "llama3"},
  "sliding_window": null,
  "tie_word_embeddings": false,
  "vocab_size": 128256
}
)";

std::string checkpoint_with(std::string_view from, std::string_view to) {
  std::string text(kCheckpoint);
  text.replace(text.find(from), from.size(), to);
  return text;
}

ModelConfig checkpoint(std::string_view text) {
  return load_model(TemporaryFolder().write("my-model.json", text));
}

std::string checkpoint_error(std::string_view from, std::string_view to) {
  return TemporaryFolder().error_of(load_model, "c.json", checkpoint_with(from, to));
}

TEST(LoadCheckpointConfig, ReadsWhatTransformersWrites) {
  const ModelConfig model = checkpoint(kCheckpoint);
  EXPECT_EQ(model.name, "my-model");
  EXPECT_EQ(model.head_dim, 128);
  EXPECT_EQ(model.parameters(), 8'030'261'248);
  EXPECT_FALSE(model.qk_norm);
}

TEST(LoadCheckpointConfig, ReadsOneLineWithoutSpacesAndWithTabs) {
  std::string minified, tabbed;
  for (const char c : kCheckpoint) {
    if (c != ' ' && c != '\n') minified += c;
    tabbed += c == ' ' ? '\t' : c;
  }
  EXPECT_EQ(checkpoint(minified).parameters(), 8'030'261'248);
  EXPECT_EQ(checkpoint(tabbed).parameters(), 8'030'261'248);
}

TEST(LoadCheckpointConfig, TakesItsNameFromTheFolderOfConfigJson) {
  const TemporaryFolder folder;
  EXPECT_EQ(load_model(folder.write("My-Llama-8B/config.json", kCheckpoint)).name, "My-Llama-8B");
  const auto name_in = [&](std::string folder_name) {
    return load_model(folder.write(folder_name + "/config.json", kCheckpoint)).name;
  };
  EXPECT_EQ(name_in("my llama (v2)"), "my-llama-v2");
  EXPECT_EQ(name_in("a--b."), "a--b.");  // a name as it is
  EXPECT_EQ(name_in("-a--b'c"), "a-b-c");
  EXPECT_EQ(name_in("模型 7B"), "7B");
  EXPECT_EQ(name_in("模型"), "model");
}

TEST(LoadCheckpointConfig, HasAKvHeadForEachHeadUnlessItSaysOtherwise) {
  EXPECT_EQ(checkpoint(checkpoint_with("\"num_key_value_heads\": 8,", "")).num_key_value_heads, 32);
  EXPECT_EQ(checkpoint(checkpoint_with("heads\": 8,", "heads\": null,")).num_key_value_heads, 32);
  EXPECT_EQ(checkpoint(checkpoint_with("{\n", "{\"head_dim\": 64,\n")).head_dim, 64);
  EXPECT_EQ(checkpoint(checkpoint_with("{\n", "{\"head_dim\": null,\n")).head_dim, 128);
}

TEST(LoadCheckpointConfig, KnowsWhatAnArchitectureImplies) {
  EXPECT_TRUE(checkpoint(checkpoint_with("\"llama\",", "\"qwen3\",")).qk_norm);
  EXPECT_TRUE(checkpoint(checkpoint_with("\"llama\",", "\"qwen2\",")).qkv_bias);
  EXPECT_FALSE(checkpoint(checkpoint_with("\"llama\",", "\"mistral\",")).qk_norm);
  const ModelConfig mixtral = checkpoint(checkpoint_with(
      "\"llama\",", "\"mixtral\", \"num_local_experts\": 8, \"num_experts_per_tok\": 2,"));
  EXPECT_EQ(mixtral.num_local_experts, 8);
  EXPECT_EQ(mixtral.num_experts_per_tok, 2);
  EXPECT_EQ(checkpoint_error("\"llama\",", "\"mixtral\","),
            "c.json:1:1: 'num_local_experts' is missing");
  EXPECT_EQ(checkpoint_error("\"llama\",", "\"bert\","),
            "c.json:9:17: 'model_type' is 'bert', expected one of llama, mistral, qwen2, qwen3, "
            "mixtral");
  EXPECT_EQ(checkpoint_error("\"attention_bias\": false", "\"attention_bias\": true"),
            "c.json:3:21: 'attention_bias' is 'true', expected false: such biases are not counted");
}

TEST(LoadCheckpointConfig, RefusesWhatContradictsItself) {
  EXPECT_EQ(checkpoint_error("heads\": 32", "heads\": 33"),
            "c.json:12:26: 'num_key_value_heads' is '8', expected a divisor of "
            "num_attention_heads, 33");
  EXPECT_EQ(checkpoint_error("\"hidden_size\": 4096", "\"hidden_size\": 4100"),
            "c.json:10:26: 'num_attention_heads' is '32', expected a divisor of hidden_size, 4100, "
            "as there is no head_dim");
  EXPECT_EQ(checkpoint_error("\"num_hidden_layers\": 32", "\"num_hidden_layers\": -32"),
            "c.json:11:24: 'num_hidden_layers' is '-32', expected a whole number from 1 to 1000");
  EXPECT_EQ(checkpoint_error("\"vocab_size\": 128256", "\"vocab_size\": 1e9"),
            "c.json:19:17: 'vocab_size' is '1e9', expected a whole number from 1 to 16777216");
  EXPECT_EQ(checkpoint_error("  \"intermediate_size\": 14336,\n", ""),
            "c.json:1:1: 'intermediate_size' is missing");
}

TEST(LoadCheckpointConfig, SaysNothingOfAnArchitectureOfAnotherNameThatIsLikeOneItKnows) {
  for (const char* type : {"llama4", "mistral3", "qwen3_5", "lama"}) {
    EXPECT_EQ(checkpoint_error("\"llama\",", fmt::format("\"{}\",", type)),
              fmt::format("c.json:9:17: 'model_type' is '{}', expected one of llama, mistral, "
                          "qwen2, qwen3, mixtral",
                          type));
  }
}

/// The text of kCheckpoint as the language model of a `type`.
std::string wrapped(std::string_view type, std::string_view key, std::string_view inner) {
  return fmt::format("{{\"model_type\": \"{}\", \"vision_config\": {{}},\n\"{}\": {}}}", type, key,
                     inner);
}

TEST(LoadCheckpointConfig, ReadsTheLanguageModelOfAWrapper) {
  for (const char* key : {"text_config", "llm_config", "language_config"}) {
    const ModelConfig model = checkpoint(wrapped("llava", key, kCheckpoint));
    EXPECT_EQ(model.parameters(), 8'030'261'248) << key;
    EXPECT_THAT(model.notes, ElementsAre(HasSubstr(fmt::format(
                                 "my-model.json: a llava checkpoint: only its language model is "
                                 "read, {}",
                                 key))));
  }
  EXPECT_THAT(checkpoint(kCheckpoint).notes, IsEmpty());
  EXPECT_EQ(TemporaryFolder().error_of(
                load_model, "c.json",
                wrapped("llama4", "text_config", "{\"model_type\": \"llama4_text\"}")),
            "c.json:2:31: 'text_config.model_type' is 'llama4_text', expected one of llama, "
            "mistral, qwen2, qwen3, mixtral");
  EXPECT_EQ(
      TemporaryFolder().error_of(load_model, "c.json",
                                 wrapped("llava", "text_config", "{\"model_type\": \"llama\"}")),
      "c.json:2:16: 'text_config.num_hidden_layers' is missing");
}

TEST(LoadCheckpointConfig, TakesWhatAWrapperSaysOfTheWholeCheckpoint) {
  std::string text =
      wrapped("llava", "text_config", checkpoint_with("  \"tie_word_embeddings\": false,\n", ""));
  text.replace(1, 0, "\"tie_word_embeddings\": true,");
  EXPECT_TRUE(checkpoint(text).tie_word_embeddings);
}

TEST(LoadCheckpointConfig, ReadsTextOfEveryPlane) {
  const std::string text = checkpoint_with("{\n", R"({"_name_or_path": "\ud83e\udd99 \/ \u00e9",)");
  EXPECT_EQ(checkpoint(text).parameters(), 8'030'261'248);
}

}  // namespace
}  // namespace gpugauge
