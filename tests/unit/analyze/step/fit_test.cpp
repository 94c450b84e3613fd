#include "harness/analyze/step/fit.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

constexpr double kMib = 1024.0 * 1024;
/// What drivers report.
constexpr MemoryBudget kL40s{.device_bytes = 46068 * kMib, .reserve_bytes = 0};
constexpr MemoryBudget kH100{.device_bytes = 81559 * kMib, .reserve_bytes = 0};

ModelConfig llama_70b() {
  ModelConfig model = fake::llama_8b();
  model.name = "llama-3.1-70b";
  model.num_hidden_layers = 80;
  model.hidden_size = 8192;
  model.intermediate_size = 28672;
  model.num_attention_heads = 64;
  return model;
}

constexpr DecodePoint kBf16At8K{.precision = Precision::kBf16, .batch = 8, .context = 8192};

TEST(MemoryBudget, IsAShareOfTheCardLessTheReserve) {
  EXPECT_DOUBLE_EQ(kL40s.usable_bytes(), 0.9 * 46068 * kMib);
  EXPECT_DOUBLE_EQ((MemoryBudget{1000, 0.5, 100}).usable_bytes(), 400);
  EXPECT_DOUBLE_EQ((MemoryBudget{1000, 0.5, 900}).usable_bytes(), 0);
}

TEST(MemoryBudget, RefusesWhatIsNoShareOrReserve) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  for (const MemoryBudget& bad :
       {MemoryBudget{1, 0, 0}, MemoryBudget{1, 1.1, 0}, MemoryBudget{1, nan, 0},
        MemoryBudget{1, 0.9, -1}, MemoryBudget{1, 0.9, nan}})
    EXPECT_THROW(bad.usable_bytes(), UsageError);
}

TEST(MemoryBudget, IsTheSameForEveryQuestionUnlessSomebodySaysOtherwise) {
  DeviceInfo device;
  EXPECT_FALSE(memory_budget(device, nullptr));
  device.memory_bytes = 80LL << 30;
  EXPECT_DOUBLE_EQ(memory_budget(device, nullptr)->usable_bytes(), (0.9 * 80 - 1) * kGib);
}

TEST(Fit, SaysWhyNotInTheSameWordsAtEveryBatch) {
  DecodePoint point = kBf16At8K;
  std::set<std::string> words;
  for (const std::int64_t batch : {64, 128}) {
    point.batch = batch;
    words.insert(does_not_fit(fit(fake::llama_8b(), point, kL40s)));
  }
  EXPECT_EQ(words,
            (std::set<std::string>{"does not fit: weights take 14.96 GiB of 40.49 GiB usable, and "
                                   "the rest holds the KV cache of 25 sequences"}));
  EXPECT_EQ(does_not_fit(fit(llama_70b(), point, kL40s)),
            "does not fit: weights take 131.4 GiB of 40.49 GiB usable");
}

TEST(Fit, CountsWeightsAndTheCacheOfEverySequence) {
  const FitFinding f = fit(fake::llama_8b(), kBf16At8K, kL40s);
  EXPECT_DOUBLE_EQ(f.weight_bytes, 2.0 * 8030261248);
  EXPECT_DOUBLE_EQ(f.kv_bytes, 8.0 * 8192 * 131072);
  EXPECT_TRUE(f.fits());
  EXPECT_EQ(f.cards_needed, 1);
}

TEST(Fit, TheLargestBatchFitsAndOneMoreDoesNot) {
  DecodePoint point = kBf16At8K;
  point.batch = fit(fake::llama_8b(), point, kL40s).largest_batch;
  // (0.9 · 46068 MiB - 15317 MiB) / 1024 MiB a sequence.
  EXPECT_EQ(point.batch, 25);
  EXPECT_TRUE(fit(fake::llama_8b(), point, kL40s).fits());
  ++point.batch;
  EXPECT_FALSE(fit(fake::llama_8b(), point, kL40s).fits());
  EXPECT_EQ(fit(fake::llama_8b(), kBf16At8K, kH100).largest_batch, 56);
}

TEST(Fit, Fp8CacheHoldsTwiceTheTokens) {
  DecodePoint point = kBf16At8K;
  point.kv = DType::kFp8E4m3;
  EXPECT_NEAR(static_cast<double>(fit(fake::llama_8b(), point, kL40s).largest_batch), 51, 1);
}

TEST(Fit, A70BNeedsSeveralCards) {
  // 141 GB of weights and 21 GB of cache: 73 GiB of an H100, 40 of an L40S are usable.
  const FitFinding on_h100 = fit(llama_70b(), kBf16At8K, kH100);
  EXPECT_FALSE(on_h100.fits());
  EXPECT_EQ(on_h100.largest_batch, 0);
  EXPECT_EQ(on_h100.cards_needed, 4);
  EXPECT_EQ(fit(llama_70b(), kBf16At8K, kL40s).cards_needed, 4);
  EXPECT_TRUE(fit(llama_70b(), kBf16At8K, kH100, 4).fits());
}

TEST(Fit, OneKvHeadACardIsNotDividedFurther) {
  ModelConfig model = fake::llama_8b();
  model.num_key_value_heads = 4;
  EXPECT_DOUBLE_EQ(fit(model, kBf16At8K, kL40s, 4).kv_bytes,
                   fit(model, kBf16At8K, kL40s, 8).kv_bytes);
}

TEST(Fit, NothingIsEnoughForWhatNoNodeHolds) {
  const DecodePoint huge{.precision = Precision::kBf16, .batch = 4096, .context = 131072};
  EXPECT_FALSE(fit(llama_70b(), huge, kH100).cards_needed);
}

TEST(Fit, RefusesABatchOfZero) {
  EXPECT_THROW(fit(fake::llama_8b(), {.batch = 0}, kL40s), UsageError);
  EXPECT_THROW(fit(fake::llama_8b(), {.context = 0}, kL40s), UsageError);
}

TEST(DeviceMemory, IsTheDriversElseTheDatasheets) {
  DeviceInfo device;
  Datasheet sheet = fake::datasheet();
  EXPECT_FALSE(device_memory_bytes(device, nullptr));
  EXPECT_FALSE(device_memory_bytes(device, &sheet));
  sheet.memory_gib = SourcedValue{48, "a datasheet"};
  EXPECT_EQ(device_memory_bytes(device, &sheet), 48 * 1024 * kMib);
  device.memory_bytes = 46068 * 1024 * 1024LL;
  EXPECT_EQ(device_memory_bytes(device, &sheet), 46068 * kMib);
}

TEST(Fit, TheKvCacheStopsAtTheWindow) {
  ModelConfig model = fake::llama_8b();
  const DecodePoint at{.batch = 8, .context = 32768};
  EXPECT_DOUBLE_EQ(fit(model, at, kL40s, 1).kv_bytes, 8.0 * 32768 * 131072);
  EXPECT_EQ(fit(model, at, kL40s, 1).cards_needed, 2);
  model.sliding_window = 4096;
  model.windowed_layers = 32;
  EXPECT_DOUBLE_EQ(fit(model, at, kL40s, 1).kv_bytes, 8.0 * 4096 * 131072);
  EXPECT_EQ(fit(model, at, kL40s, 1).cards_needed, 1);
}

}  // namespace
}  // namespace gpugauge
