#include "harness/render/answers/calibration_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

CalibrationReport calibration_report() {
  CalibratedRate rate;
  rate.file = "run.json";
  rate.device = "Fake H1";
  rate.model = "llama";
  rate.batch = 4;
  rate.lengths = "context 1024";
  rate.raw = {.value = 100, .low = 90, .high = 110};
  rate.factor = {.value = 0.5, .low = 0.4, .high = 0.6};
  rate.tokens_per_second = {.value = 50, .low = 36, .high = 66};
  rate.extrapolated_from = "batch 8, 1024+256";
  for (const double dollars : {2.0, 3.0})
    rate.costs.push_back({rates_of({}, dollars).front(),
                          {.value = 5, .low = 4, .high = 6},
                          {.value = 10, .low = 7, .high = 15}});
  return {.rates = {rate}, .warnings = {"one number"}};
}

nlohmann::json rows_of(const std::vector<Table>& tables) {
  std::ostringstream out;
  render(out, tables, Format::kJson);
  return nlohmann::json::parse(out.str()).at("calibrated");
}

TEST(CalibrationTable, ShowsDerivedAndCalibratedApart) {
  const auto tables = calibration_tables(calibration_report(), ShownRates::kFirst);
  const auto rows = rows_of(tables);
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].at("derived_tok_per_s").get<double>(), 100);
  EXPECT_EQ(rows[0].at("calibrated_tok_per_s").get<double>(), 50);
  EXPECT_EQ(rows[0].at("calibrated_low_tok_per_s").get<double>(), 36);
  EXPECT_EQ(rows[0].at("calibrated_dollars_per_million").get<double>(), 10);
  EXPECT_EQ(rows[0].at("extrapolated").get<bool>(), true);
  EXPECT_THAT(tables[0].notes, ElementsAre("one number"));
}

TEST(CalibrationTable, HasARowARateWhereAllAreShown) {
  EXPECT_THAT(rows_of(calibration_tables(calibration_report(), ShownRates::kAll)), SizeIs(2));
}

TEST(CalibrationTable, IsNotThereWithoutACalibration) {
  EXPECT_THAT(calibration_tables({}, ShownRates::kAll), IsEmpty());
}

TEST(CalibrationTable, OfNothingThatAppliesThereAreTheWarningsAlone) {
  const auto tables = calibration_tables({.rates = {}, .warnings = {"none"}}, ShownRates::kAll);
  ASSERT_THAT(tables, SizeIs(1));
  EXPECT_THAT(tables[0].rows, IsEmpty());
  EXPECT_THAT(tables[0].notes, ElementsAre("none"));
}

}  // namespace
}  // namespace gpugauge
