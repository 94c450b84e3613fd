#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/units.hpp"
#include "harness/config/model.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Llama-2-7B's shapes.
ModelConfig quantised(std::string_view config) {
  return load_model(TemporaryFolder().write(
      "m.json",
      fmt::format(R"({{"model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008,
"num_hidden_layers": 32, "num_attention_heads": 32, "vocab_size": 32000,
"quantization_config": {}}})",
                  config)));
}

struct Stored {
  const char* config;
  const char* words;
  double gib;
};

TEST(StoredWeights, SayWhatNoPrecisionHereIs) {
  // 6,476,005,376 weights of the linears; embedding, head and norms take 0.49 GiB.
  for (const Stored& stored :
       {Stored{R"({"quant_method": "awq", "bits": 4, "group_size": 128, "zero_point": true})",
               "awq, 4 bit", 3.62},
        Stored{R"({"quant_method": "gptq", "bits": 8, "group_size": -1})", "gptq, 8 bit", 6.52},
        Stored{R"({"quant_method": "bitsandbytes", "load_in_4bit": true})", "bitsandbytes, 4 bit",
               3.88},
        Stored{R"({"quant_method": "mxfp4"})", "mxfp4, 4 bit", 3.69},
        Stored{R"({"quant_method": "modelopt", "quant_algo": "NVFP4"})", "modelopt nvfp4, 4 bit",
               3.88},
        Stored{R"({"quant_method": "compressed-tensors", "config_groups": {"group_0": {"weights":
{"num_bits": 4, "type": "int", "group_size": 128}, "input_activations": null}}})",
               "compressed-tensors, 4 bit", 3.60}}) {
    const ModelConfig model = quantised(stored.config);
    ASSERT_TRUE(model.stored_weight_bytes()) << stored.config;
    EXPECT_NEAR(*model.stored_weight_bytes() / kGib, stored.gib, 0.006) << stored.config;
    EXPECT_EQ(model.stored->precision, std::nullopt) << stored.config;
    EXPECT_THAT(
        model.notes,
        ElementsAre(HasSubstr(fmt::format(
            "m.json: the checkpoint is {}; gpugauge has no such precision", stored.words))));
  }
}

TEST(StoredWeights, AreOfAPrecisionWhereThereIsOne) {
  const auto precision_of = [](std::string_view config) {
    const ModelConfig model = quantised(config);
    EXPECT_THAT(model.notes, IsEmpty()) << config;
    return model.stored->precision;
  };
  EXPECT_EQ(precision_of(R"({"quant_method": "fp8", "weight_block_size": [128, 128]})"),
            Precision::kFp8);
  EXPECT_EQ(precision_of(R"({"quant_method": "modelopt", "quant_algo": "FP8"})"), Precision::kFp8);
  EXPECT_EQ(precision_of(R"({"quant_method": "compressed-tensors", "config_groups": {"group_0":
{"weights": {"num_bits": 8, "type": "float"}, "input_activations": {}}}})"),
            Precision::kFp8);
  EXPECT_EQ(precision_of(R"({"quant_method": "compressed-tensors", "config_groups": {"group_0":
{"weights": {"num_bits": 8, "type": "int"}, "input_activations": {"num_bits": 8}}}})"),
            Precision::kInt8);
}

TEST(StoredWeights, OfAMethodThatNobodyKnowsAreSaidByItsName) {
  const ModelConfig model = quantised(R"({"quant_method": "quip"})");
  EXPECT_EQ(model.stored_weight_bytes(), std::nullopt);
  EXPECT_THAT(model.notes, ElementsAre(HasSubstr("the checkpoint is quip; gpugauge has no")));
}

}  // namespace
}  // namespace gpugauge
