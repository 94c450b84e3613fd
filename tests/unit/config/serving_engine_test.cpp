#include "harness/config/serving_engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kEngine = R"(name: engine
title: An engine
chunk_tokens: {value: 4096, source: its code}
steps_behind: {value: 1, source: its code}
all_reduce_gap_ns: {value: 9000, source: fitted}
sequence_ns: {value: 10, source: fitted}
host_ns: {value: 2000, source: fitted}
host_sequence_ns: {value: 30, source: fitted}
)";

std::string engine_error(std::string_view from, std::string_view to) {
  std::string text(kEngine);
  text.replace(text.find(from), from.size(), to);
  return TemporaryFolder().error_of(load_serving_engine, "engine.yaml", text);
}

TEST(LoadServingEngine, ReadsItsNumbers) {
  const TemporaryFolder folder;
  const ServingEngine engine = load_serving_engine(folder.write("engine.yaml", kEngine));
  EXPECT_EQ(engine.name, "engine");
  EXPECT_EQ(engine.title, "An engine");
  EXPECT_EQ(engine.chunk_tokens, 4096);
  EXPECT_EQ(engine.steps_behind, 1);
  EXPECT_EQ(engine.all_reduce_gap_ns, 9000);
  EXPECT_EQ(engine.step_ns(5000, 8), 5080);
  EXPECT_EQ(engine.step_ns(1000, 8), 2240) << "the host is slower";
}

TEST(LoadServingEngine, ReadsWhatHoldsOnSmallCards) {
  const TemporaryFolder folder;
  const std::string text = std::string(kEngine) +
                           "small_card: {chunk_tokens: 512, below_gib: 60, or_named: A100, "
                           "source: read}\n";
  const ServingEngine engine = load_serving_engine(folder.write("engine.yaml", text));
  EXPECT_EQ(engine.small_chunk_tokens, 512);
  EXPECT_EQ(engine.small_below_bytes, 60.0 * (1 << 30));
  EXPECT_EQ(engine.small_name, "A100");
}

TEST(LoadServingEngine, RefusesWrongValues) {
  EXPECT_THAT(engine_error("4096", "0"), testing::HasSubstr("'chunk_tokens.value' is '0'"));
  EXPECT_THAT(engine_error("value: 9000, ", ""), testing::HasSubstr("value"));
  EXPECT_THAT(engine_error("source: fitted}\nhost_sequence_ns", "sauce: fitted}\nhost_sequence_ns"),
              testing::HasSubstr("source"));
  EXPECT_THAT(engine_error("title: An engine\n", ""), testing::HasSubstr("title"));
  EXPECT_THAT(engine_error("title:", "tutle: x\ntitle:"), testing::HasSubstr("tutle"));
}

TEST(ServingEngine, HasASmallerChunkOnSmallCardsAndThoseThatAreNamed) {
  ServingEngine engine;
  EXPECT_EQ(engine.on_card("L4", 1).chunk_tokens, 8192) << "nothing is said of small cards";
  engine.small_chunk_tokens = 2048;
  engine.small_below_bytes = 70e9;
  engine.small_name = "A100";
  EXPECT_EQ(engine.on_card("L40S", 48e9).chunk_tokens, 2048);
  EXPECT_EQ(engine.on_card("H100", 80e9).chunk_tokens, 8192);
  EXPECT_EQ(engine.on_card("NVIDIA A100-SXM4-80GB", 80e9).chunk_tokens, 2048);
  EXPECT_EQ(engine.on_card("H100", std::nullopt).chunk_tokens, 8192);
}

TEST(ServingEngine, AddsNothingByItself) { EXPECT_EQ(ServingEngine{}.step_ns(123, 64), 123); }

}  // namespace
}  // namespace gpugauge
