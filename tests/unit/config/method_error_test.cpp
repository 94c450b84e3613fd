#include "harness/config/method_error.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "harness/base/error.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

std::string figures(const std::string& tpot) {
  return "{decode: [0.9, 1.1], tpot: " + tpot + ", ttft: [1, 2], throughput: [0.5, 1]}";
}

std::string text(const std::string& tpot = "[0.8, 1.2]") {
  return "confidence: 0.9\n"
         "ops:\n"
         "  gemm: {imported: [0.95, 1.05], modelled: [1, 4], interpolated: {k: [0.9, 1.1]}}\n"
         "engine:\n"
         "  1: " +
         figures(tpot) + "\n  2: " + figures("[0.7, 1.3]") + "\n  4: " + figures("[0.6, 1.4]") +
         "\n  8: " + figures("[0.5, 1.5]") + "\nbetween_cards: " + figures("[0.95, 1.05]") + "\n";
}

class MethodErrorFile : public testing::Test {
 protected:
  MethodError load(const std::string& yaml) {
    return load_method_error(folder_.write("method_error.yaml", yaml));
  }
  std::string problem(const std::string& yaml) {
    try {
      load(yaml);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "none";
  }

  TemporaryFolder folder_;
};

TEST_F(MethodErrorFile, GivesFactorsByOpByCardsAndBetweenCards) {
  const MethodError error = load(text());
  EXPECT_EQ(error.of_op("gemm").imported.low, 0.95);
  EXPECT_EQ(error.of_op("gemm").modelled->high, 4);
  EXPECT_EQ(error.of_op("gemm").interpolated.at("k").low, 0.9);
  EXPECT_EQ(error.of_op("token_op").imported.high, 1);  // nothing is known of it
  EXPECT_EQ(error.of_engine(1, EngineFigure::kTpot).low, 0.8);
  EXPECT_EQ(error.of_engine(3, EngineFigure::kTpot).low, 0.7);
  EXPECT_EQ(error.of_engine(16, EngineFigure::kTpot).high, 1.5);
  EXPECT_EQ(error.between_cards.at(static_cast<std::size_t>(EngineFigure::kTpot)).high, 1.05);
}

TEST_F(MethodErrorFile, WithoutAFileNothingErrs) {
  EXPECT_EQ(MethodError{}.of_engine(1, EngineFigure::kTtft).high, 1);
}

TEST_F(MethodErrorFile, FactorsHoldOne) {
  EXPECT_THAT(problem(text("[1.1, 1.2]")),
              HasSubstr("expected a low of at most 1 and a high of at least 1"));
  EXPECT_THAT(problem(text("[0.9]")), HasSubstr("expected two numbers: [low, high]"));
  EXPECT_THAT(problem("confidence: 0.95\n"), HasSubstr("expected 0.9"));
}

}  // namespace
}  // namespace gpugauge
