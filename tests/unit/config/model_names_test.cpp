#include "harness/config/model_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

const std::vector<ModelNames> kModels{
    {"llama-2-13b", "Llama-2-13b-hf"},     {"llama-3.1-70b", "Llama-3.1-70B"},
    {"llama-3.1-8b", "Llama-3.1-8B"},      {"mistral-7b-v0.3", "Mistral-7B-v0.3"},
    {"mixtral-8x7b", "Mixtral-8x7B-v0.1"}, {"qwen3-14b", "Qwen3-14B"}};

TEST(ModelNames, ANameIsTakenAsPeopleWriteIt) {
  for (const auto& [given, name] : std::vector<std::pair<const char*, const char*>>{
           {"Qwen/Qwen3-14B", "qwen3-14b"},
           {"Qwen3-14B", "qwen3-14b"},
           {"qwen3_14b", "qwen3-14b"},
           {"meta-llama/Llama-3.1-8B-Instruct", "llama-3.1-8b"},
           {"meta-llama/Meta-Llama-3.1-70B-Instruct", "llama-3.1-70b"},
           {"llama3.1-8b-it", "llama-3.1-8b"},
           {"meta-llama/Llama-2-13b-chat-hf", "llama-2-13b"},
           {"mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b-v0.3"},
           {"mistralai/Mixtral-8x7B-Instruct-v0.1", "mixtral-8x7b"}})
    EXPECT_THAT(model_meant(given, kModels), Optional(std::string(name))) << given;
}

TEST(ModelNames, AnotherModelIsNotTaken) {
  for (const char* given : {"", "/", "llama3", "Llama-3.1-405B", "mistral-7b-v0.1", "qwen3-14b-fp8",
                            "Instruct", "Llama-2-13b-v2"})
    EXPECT_EQ(model_meant(given, kModels), std::nullopt) << given;
}

TEST(ModelNames, TheNearestAreNamed) {
  EXPECT_THAT(models_near("llama3", kModels), ElementsAre("llama-3.1-70b", "llama-3.1-8b"));
  EXPECT_THAT(models_near("Qwen/Qwen3-14B-FP8", kModels), ElementsAre("qwen3-14b"));
  EXPECT_THAT(models_near("Qwen/Qwen2.5-72B-Instruct", kModels), ElementsAre("qwen3-14b"));
  EXPECT_THAT(models_near("google/gemma-3-27b-it", kModels), IsEmpty());
  EXPECT_THAT(models_near("", kModels), IsEmpty());
}

TEST(ModelNames, TheAddressOfAConfigHoldsThePublishedName) {
  EXPECT_EQ(published_name("name: a\nsource: https://huggingface.co/Qwen/Qwen3-14B/blob/main\n"),
            "Qwen3-14B");
  EXPECT_EQ(published_name("source: https://huggingface.co/Qwen\n"), "");
  EXPECT_EQ(published_name("source: a paper\n"), "");
}

}  // namespace
}  // namespace gpugauge
