#include "harness/render/answers/offers_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace gpugauge {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Rate rate(RateKind kind, double dollars, std::string provider) {
  return {.kind = kind,
          .dollars_per_gpu_hour = dollars,
          .provider = std::move(provider),
          .observed_at = {},
          .source = {}};
}

/// A card that makes a thousand tokens a second for each of the batch.
PricedDecode point(std::int64_t batch, const std::vector<Rate>& rates) {
  DecodeFinding finding;
  finding.file = "run.json";
  finding.model = "m";
  finding.point.batch = batch;
  finding.library.emplace();
  const double tokens = 1000.0 * static_cast<double>(batch);
  finding.library->tokens_per_second = {.value = tokens, .low = tokens, .high = tokens};
  PricedDecode p = price(std::move(finding), rates);
  p.card = "L40S";
  return p;
}

std::string shown(const std::vector<Table>& tables, std::size_t width = kUnlimitedWidth) {
  std::ostringstream out;
  render(out, tables, Format::kTable, {.width = width});
  return out.str();
}

TEST(OfferTables, HaveARowABatchAndTheMonthOnceAnOffer) {
  const std::vector<Rate> rates{rate(RateKind::kOnDemand, 0.72, "Spheron"),
                                rate(RateKind::kSpot, 0.36, "Spheron")};
  const std::vector<PricedDecode> points{point(1, rates), point(8, rates)};
  const std::vector<Table> tables = offer_tables(points);
  ASSERT_THAT(tables, SizeIs(2));
  EXPECT_THAT(tables[0].rows, SizeIs(2));
  EXPECT_THAT(tables[1].rows, SizeIs(2));
  EXPECT_THAT(shown({tables[0]}), AllOf(HasSubstr("$0.20"), HasSubstr("$0.10")));
  EXPECT_THAT(shown({tables[1]}), AllOf(HasSubstr("$525.60"), HasSubstr("$262.80")));
}

TEST(OfferTables, CountTheDearerOnesAndWhatDoesNotFit) {
  std::vector<Rate> rates;
  for (int i = 1; i <= 6; ++i)
    rates.push_back(rate(RateKind::kOnDemand, i, std::string("P") + std::to_string(i)));
  std::vector<PricedDecode> points{point(1, rates), point(64, rates), point(128, rates)};
  for (std::size_t i : {1, 2})
    points[i].decode.fit = FitFinding{.weight_bytes = 2, .usable_bytes = 1, .cards_needed = {}};
  const std::vector<Table> tables = offer_tables(points);
  EXPECT_THAT(tables[0].rows, SizeIs(1));
  EXPECT_THAT(tables[0].notes, testing::IsSupersetOf({HasSubstr("batch 64 to 128 does not fit"),
                                                      HasSubstr("2 dearer offers")}));
  EXPECT_THAT(shown(tables), AllOf(HasSubstr("P4"), Not(HasSubstr("P5"))));
}

TEST(CheapestTables, EndWithBothKindsOfPrice) {
  const std::vector<Rate> rates{rate(RateKind::kOnDemand, 0.72, "Spheron"),
                                rate(RateKind::kSpot, 0.36, "Spheron")};
  const std::vector<PricedDecode> points{point(1, rates), point(8, rates)};
  EXPECT_EQ(shown(cheapest_tables(points)),
            "cheapest: Spheron spot $0.012/M at batch 8, on demand $0.025/M\n");
  const std::vector<PricedDecode> unpriced{point(1, rates_of({}, std::nullopt))};
  EXPECT_TRUE(cheapest_tables(unpriced).empty());
}

}  // namespace
}  // namespace gpugauge
