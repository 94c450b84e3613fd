#include "harness/config/catalog.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

class CatalogTest : public testing::Test {
 protected:
  CatalogTest() {
    folder_.write("configs/suites/quick.yaml", "");
    folder_.write("configs/suites/nightly.yaml", "");
    folder_.write("configs/suites/README.md", "");
    folder_.write("configs/models/tiny.yaml", "");
  }

  const std::filesystem::path& root() const { return folder_.path(); }
  std::string error_of(const std::function<void()>& act) {
    try {
      act();
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder folder_;
};

TEST_F(CatalogTest, ListsNamesInOrder) {
  const Catalog catalog(root() / "configs");
  EXPECT_THAT(catalog.suite_names(), ElementsAre("nightly", "quick"));
  EXPECT_THAT(catalog.model_names(), ElementsAre("tiny"));
  EXPECT_TRUE(catalog.datasheet_names().empty());
}

TEST_F(CatalogTest, OffersTheNearestName) {
  const Catalog catalog(root() / "configs");
  EXPECT_EQ(error_of([&] { catalog.suite_file("quik"); }),
            "unknown suite 'quik', expected one of nightly, quick; did you mean 'quick'?");
  EXPECT_EQ(error_of([&] { catalog.model("huge"); }),
            "unknown model 'huge', expected tiny, or a checkpoint's config.json");
  EXPECT_THAT(error_of([&] { catalog.datasheet("h100"); }),
              testing::StartsWith((root() / "configs/devices").string() +
                                  ": no device (*.yaml) there, expected a whole folder"));
  EXPECT_THAT(error_of([&] { catalog.suite_file(""); }), testing::StartsWith("unknown suite ''"));
}

TEST_F(CatalogTest, FindsEncodersAndImageModelsByNameOrKind) {
  const Catalog shipped(std::filesystem::path(GPUGAUGE_SOURCE_DIR) / "configs");
  EXPECT_TRUE(std::holds_alternative<EncoderConfig>(shipped.forward_model("bge-large")));
  EXPECT_TRUE(std::holds_alternative<DiffusionConfig>(shipped.forward_model("sdxl")));
  const auto file = [&](const char* path) { return (shipped.root() / path).string(); };
  EXPECT_TRUE(std::holds_alternative<EncoderConfig>(
      shipped.forward_model(file("encoders/gte-large.yaml"))));
  EXPECT_TRUE(std::holds_alternative<DiffusionConfig>(
      shipped.forward_model(file("diffusion/flux.1-dev.yaml"))));
  EXPECT_THAT(
      error_of([&] { shipped.forward_model("sdlx"); }),
      testing::AllOf(testing::StartsWith("unknown encoder or image model 'sdlx', expected one of "),
                     testing::EndsWith("; did you mean 'sdxl'?")));
  EXPECT_NE(error_of([&] { shipped.forward_model(file("models/llama-3.1-8b.yaml")); }), "no error");
}

TEST_F(CatalogTest, TakesAPathAsWellAsAName) {
  const Catalog catalog(root() / "configs");
  const std::string model =
      "name: mine\nsource: s\nnum_hidden_layers: 1\nhidden_size: 1\n"
      "intermediate_size: 1\nnum_attention_heads: 1\n"
      "num_key_value_heads: 1\nhead_dim: 1\nvocab_size: 1\n";
  EXPECT_EQ(catalog.model(folder_.write("mine.yaml", model).string()).name, "mine");
  EXPECT_THAT(error_of([&] { catalog.model("./absent.yaml"); }),
              "./absent.yaml: cannot be read: No such file or directory");
}

TEST_F(CatalogTest, TakesModelsAndCardsByTheNamesThatPeopleUse) {
  const Catalog shipped(std::filesystem::path(GPUGAUGE_SOURCE_DIR) / "configs");
  for (const std::string& name : shipped.model_names())
    EXPECT_EQ(shipped.model_name("owner/" + name + "-Instruct"), name);
  EXPECT_EQ(shipped.model_name("mistralai/Mixtral-8x7B-Instruct-v0.1"), "mixtral-8x7b");
  EXPECT_EQ(shipped.model_name("./mine.yaml"), "./mine.yaml");
  EXPECT_EQ(shipped.forward_model_name("BAAI/bge-large-en-v1.5"), "bge-large");
  EXPECT_EQ(shipped.card_meant("NVIDIA L40S"), "l40s");
  EXPECT_EQ(shipped.card_meant("rtx"), std::nullopt);
  EXPECT_EQ(error_of([&] { shipped.card_meant("H100"); }),
            "'H100' is short for h100-pcie and h100-sxm5, expected one of them");
  EXPECT_EQ(shipped.serving_engine("vLLM").name, "vllm");
}

TEST_F(CatalogTest, TakesTheConfigOfACheckpointOrItsFolder) {
  const Catalog catalog(root() / "configs");
  const std::filesystem::path file = folder_.write(
      "My-Llama/config.json",
      R"({"model_type": "llama", "num_hidden_layers": 1, "hidden_size": 8, "intermediate_size": 1,
          "num_attention_heads": 2, "vocab_size": 1})");
  EXPECT_EQ(catalog.model(file.string()).name, "My-Llama");
  EXPECT_EQ(catalog.model(file.parent_path().string()).name, "My-Llama");
  EXPECT_EQ(catalog.model(file.parent_path().string()).head_dim, 4);
  EXPECT_EQ(error_of([&] { catalog.model("config.json"); }),
            "config.json: cannot be read: No such file or directory");
}

TEST_F(CatalogTest, KeepsKindsOfModelsApart) {
  folder_.write("configs/encoders/embedder.yaml", "");
  folder_.write("configs/diffusion/painter.yaml", "");
  const Catalog catalog(root() / "configs");
  EXPECT_THAT(catalog.encoder_names(), ElementsAre("embedder"));
  EXPECT_THAT(catalog.diffusion_names(), ElementsAre("painter"));
  EXPECT_THAT(catalog.model_names(), ElementsAre("tiny"));
  EXPECT_EQ(error_of([&] { catalog.model("embedder"); }),
            "unknown model 'embedder', expected tiny, or a checkpoint's config.json");
  EXPECT_EQ(error_of([&] { catalog.diffusion("paint"); }),
            "unknown diffusion model 'paint', expected painter; did you mean 'painter'?");
}

TEST_F(CatalogTest, ACardThatOthersMeasuredIsAFileBesideTheConfigs) {
  folder_.write("configs/suites/quick.yaml", "");
  const Catalog catalog(root() / "configs");
  EXPECT_EQ(catalog.result_file("card-a"), "card-a");  // nothing is there: a file
  folder_.write("results/imported/card-a.json.gz", "");
  folder_.write("results/imported/card-b.json.gz", "");
  folder_.write("results/imported/README.md", "");
  EXPECT_THAT(catalog.imported_names(), ElementsAre("card-a", "card-b"));
  EXPECT_EQ(catalog.result_file("card-a"), root() / "results/imported/card-a.json.gz");
  for (const char* path : {"card-a.json", "./card-a", "x/card-a"})
    EXPECT_EQ(catalog.result_file(path), path);
  EXPECT_EQ(error_of([&] { catalog.result_file("crad-a"); }),
            "unknown result file or card 'crad-a', expected one of card-a, card-b; did you mean "
            "'card-a'?");
  folder_.write("configs/devices/card-c.yaml", "");
  EXPECT_EQ(error_of([&] { catalog.result_file("card-c"); }),
            "card-c: no such file, and results/imported has nothing of this card that others "
            "measured: expected one of card-a, card-b");
}

TEST_F(CatalogTest, MergesTheShippedPriceListsUnlessFilesAreGiven) {
  const std::string header = "AcceleratorName,AcceleratorCount,Price,SpotPrice,Provider\n";
  folder_.write("configs/prices/2026-05-26-a.csv", header + "H100,1,3,,a\nL40S,1,1,,a\n");
  folder_.write("configs/prices/2025-12-31-b.csv", header + "H100,1,2,,a\nH100,1,4,,b\n");
  const Catalog catalog(root() / "configs");
  EXPECT_EQ(catalog.prices({}).offers.size(), 3U);
  EXPECT_EQ(catalog.prices({(root() / "configs/prices/2025-12-31-b.csv").string()}).offers.size(),
            2U);
  EXPECT_EQ(error_of([&] { Catalog(root()).prices({}); }),
            (root() / "prices").string() + ": holds no price list (*.csv)");
}

TEST_F(CatalogTest, RefusesTwoDatasheetsThatOneCardMatches) {
  const auto write = [&](const std::string& name, const char* match) {
    folder_.write(
        "configs/devices/" + name + ".yaml",
        "name: " + name + "\ntitle: t\naccelerator: A\nmatch: {names: " + match +
            "}\nmetrics: {memory_gbps: {datasheet: {value: 1, source: s}, pass_mark: 0.9}}\n");
  };
  const Catalog catalog(root() / "configs");
  write("a", "[Card, Card 2], memory_gib_min: 22, memory_gib_max: 24");
  write("b", "[Card 2], memory_gib_min: 44, memory_gib_max: 48");
  write("c", "[Card 3], memory_gib_min: 22, memory_gib_max: 24");
  EXPECT_EQ(catalog.datasheets().size(), 3U);
  write("b", "[Card 2], memory_gib_min: 23.5, memory_gib_max: 48");
  const std::string devices = (root() / "configs/devices/").string();
  EXPECT_EQ(error_of([&] { catalog.datasheets(); }),
            devices + "a.yaml and " + devices +
                "b.yaml both match 'Card 2' with 23.5 to 24 GiB, expected one datasheet for a "
                "card");
}

TEST_F(CatalogTest, IsFoundFromTheEnvironmentFirst) {
  EXPECT_EQ(find_configs((root() / "configs").string(), {}), root() / "configs");
  EXPECT_EQ(error_of([&] { find_configs(root().string(), {root() / "configs"}); }),
            "GPUGAUGE_CONFIGS is '" + root().string() + "', expected a folder that holds suites/");
}

TEST_F(CatalogTest, IsFoundAboveTheBinaryThenAboveTheCurrentFolder) {
  std::filesystem::create_directories(root() / "build/deep");
  std::filesystem::create_directories(root() / "build/configs");  // holds no suites/
  const auto found = find_configs(std::nullopt, {"/nowhere/bin", root() / "build/deep"});
  EXPECT_EQ(found, root() / "configs");

  folder_.write("other/configs/suites/a.yaml", "");
  EXPECT_EQ(find_configs(std::nullopt, {root() / "other/bin", root()}), root() / "other/configs");
  EXPECT_EQ(error_of([&] {
              find_configs(std::nullopt, {"/nowhere/bin", "/elsewhere"});
            }),
            "no folder configs/ with suites/ in it: GPUGAUGE_CONFIGS is not set, nor above "
            "/nowhere/bin nor above /elsewhere");
}

TEST_F(CatalogTest, CallsAModelAsItIsTold) {
  const Catalog catalog(root() / "configs");
  const auto write = [&](const std::string& path, int layers) {
    return folder_
        .write(path,
               fmt::format(R"({{"model_type": "llama", "num_hidden_layers": {}, "hidden_size": 8,
            "intermediate_size": 1, "num_attention_heads": 2, "vocab_size": 1}})",
                           layers))
        .string();
  };
  const std::string a = write("a/m/config.json", 1), b = write("b/m/config.json", 2);
  EXPECT_EQ(catalog.model("mine=" + a).name, "mine");
  EXPECT_EQ(catalog.model("mine=" + a).argument, "mine=" + a);
  EXPECT_EQ(catalog.model("its.own=" + b).name, "its.own");
  EXPECT_EQ(catalog.model(write("x=y/config.json", 3)).name, "x-y");
  EXPECT_EQ(catalog.model_name("mine=" + a), "mine=" + a);

  const auto models_of = [&](std::vector<std::string> given) { return catalog.models(given); };
  EXPECT_EQ(models_of({a, "other=" + b}).size(), 2U);
  EXPECT_EQ(models_of({a, a}).size(), 1U);
  EXPECT_EQ(error_of([&] {
              models_of({a, b});
            }),
            fmt::format("two models are called 'm': {0} and {1}; give one another name: "
                        "--model NAME={1}",
                        a, b));
  EXPECT_THAT(error_of([&] {
                models_of({"x=" + a, "x=" + b});
              }),
              testing::EndsWith("--model NAME=" + b));
}

}  // namespace
}  // namespace gpugauge
