#include "harness/base/nearest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 4> kTypes{"fp32", "bf16", "fp16", "fp8_e4m3"};
const std::vector<std::string> kModels{"llama-3.1-8b", "qwen3-14b"};

TEST(Nearest, MendsEachKindOfSlip) {
  EXPECT_EQ(nearest("lama-3.1-8b", kModels), "llama-3.1-8b");    // lost
  EXPECT_EQ(nearest("llamma-3.1-8b", kModels), "llama-3.1-8b");  // added
  EXPECT_EQ(nearest("qwem3-14b", kModels), "qwen3-14b");         // changed
  EXPECT_EQ(nearest("bf61", kTypes), "bf16");                    // swapped
}

TEST(Nearest, DoesNotMindCase) { EXPECT_EQ(nearest("FP8_E4M3", kTypes), "fp8_e4m3"); }

TEST(Nearest, TakesTheBeginningOfAName) { EXPECT_EQ(nearest("llama", kModels), "llama-3.1-8b"); }

TEST(Nearest, TakesTheCloserOfTwo) {
  EXPECT_EQ(nearest("fp_16", kTypes), "fp16");
  EXPECT_EQ(nearest("fp312", kTypes), "fp32");
}

TEST(Nearest, FindsAFileInTheFolderOfOneThatIsMissing) {
  const std::filesystem::path folder = GPUGAUGE_TEST_DATA "/record";
  EXPECT_EQ(nearest_file(folder / "synthetic_ful.json"), (folder / "synthetic_full.json").string());
  EXPECT_EQ(nearest_file(folder / "nothing_like_it.json"), std::nullopt);
  EXPECT_EQ(nearest_file(folder / "no_such_folder/synthetic_full.json"), std::nullopt);
}

TEST(Nearest, IsNothingWhereAllAreFar) {
  EXPECT_EQ(nearest("mistral", kModels), std::nullopt);
  EXPECT_EQ(nearest("xy", kTypes), std::nullopt);
  EXPECT_EQ(nearest("", kTypes), std::nullopt);
  EXPECT_EQ(nearest("bf16", std::vector<std::string>{}), std::nullopt);
  EXPECT_EQ(nearest(std::string(100'000, 'f'), kTypes), std::nullopt);
}

TEST(UnknownNameMessage, NamesAllThatAreKnown) {
  EXPECT_EQ(unknown_name_message("model", "qwen3-14", kModels),
            "unknown model 'qwen3-14', expected one of llama-3.1-8b, qwen3-14b; did you mean "
            "'qwen3-14b'?");
  EXPECT_EQ(unknown_name_message("model", "gpt", kModels),
            "unknown model 'gpt', expected one of llama-3.1-8b, qwen3-14b");
  EXPECT_EQ(unknown_name_message("model", "gpt", std::vector<std::string>{}),
            "unknown model 'gpt', expected nothing here");
}

TEST(InQuotes, KeepsAMessageOnOneShortLine) {
  EXPECT_EQ(in_quotes("a\nb\x1b[31m"), "'a?b?[31m'");
  EXPECT_EQ(in_quotes(std::string(100, 'x')), "'" + std::string(60, 'x') + "…'");
}

}  // namespace
}  // namespace gpugauge
