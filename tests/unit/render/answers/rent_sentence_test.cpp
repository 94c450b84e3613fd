#include "harness/render/answers/rent_sentence.hpp"

#include <gtest/gtest.h>

#include "harness/analyze/money/bootstrap.hpp"

namespace gpugauge {
namespace {

RentOption option(const std::string& card, double bill, int min_gpus = 1) {
  return {.card = card,
          .rate = {.kind = RateKind::kOnDemand,
                   .dollars_per_gpu_hour = card == "L40S" ? 0.72 : 3.84,
                   .provider = {},
                   .observed_at = {},
                   .source = {},
                   .min_gpus = min_gpus},
          .bill = bill};
}

RentPlace place(std::optional<std::int64_t> batch, RentOption first, std::optional<RentOption> next,
                bool is_decided = true) {
  return {
      .batch = batch, .first = std::move(first), .next = std::move(next), .is_decided = is_decided};
}

const RentBasis kDecode{.words = "decode only"};

TEST(RentSentence, SaysWhichCardByHowMuchAndHowItIsSold) {
  const std::vector<RentPlace> places{
      place(1, option("L40S", 3, 8), option("H100-SXM5", 4)),
      place(64, option("L40S", 0.1, 8), option("H100-SXM5", 0.15)),
      place(256, option("L40S", 0.052, 8), option("H100-SXM5", 0.069))};
  EXPECT_EQ(rent_sentence(places, kDecode),
            "L40S, 25-33% cheaper than H100-SXM5 at batch 1 to 256 ($0.052 against $0.069 per "
            "million at batch 256, decode only); sold by 8: $5.76 an hour");
}

TEST(RentSentence, OneBatchIsNamedOnceAndTheLargestIsNamed) {
  const std::vector<RentPlace> places{
      place(4, option("L40S", 0.2), option("H100-SXM5", 0.3)),
      place(std::nullopt, option("L40S", 0.1), option("H100-SXM5", 0.15))};
  EXPECT_EQ(rent_sentence(std::span(places).first(1), {.words = "1024 in + 256 out"}),
            "L40S, 33% cheaper than H100-SXM5 at batch 4 ($0.20 against $0.30 per million, 1024 in "
            "+ 256 out); $0.72 an hour");
  EXPECT_EQ(rent_sentence(places, kDecode),
            "L40S, 33% cheaper than H100-SXM5 at batch 4 and each card's largest ($0.10 against "
            "$0.15 per million at the largest, decode only); $0.72 an hour");
}

TEST(RentSentence, ADoubtIsNeitherAWinNorAPrice) {
  const std::vector<RentPlace> places{
      place(4, option("L40S", 0.2), option("H100-SXM5", 0.3)),
      place(std::nullopt, option("L40S", 0.28), option("H100-SXM5", 0.29), false)};
  EXPECT_EQ(rent_sentence(places, kDecode),
            "L40S, 33% cheaper than H100-SXM5 at batch 4 ($0.20 against $0.30 per million, decode "
            "only); undecided between L40S and H100-SXM5 at each card's largest batch ($0.28 "
            "against $0.29 per million, decode only); $0.72 an hour");
  EXPECT_EQ(rent_sentence(std::span(places).last(1), kDecode),
            "Undecided between L40S and H100-SXM5 at each card's largest batch ($0.28 against "
            "$0.29 per million, decode only)");
}

TEST(RentSentence, AnotherCardAtLargerBatchesHasItsOwnPrice) {
  const std::vector<RentPlace> places{place(1, option("L40S", 3), option("H100-SXM5", 4)),
                                      place(512, option("H100-SXM5", 0.05), {})};
  EXPECT_EQ(rent_sentence(places, kDecode),
            "L40S, 25% cheaper than H100-SXM5 at batch 1 ($3.00 against $4.00 per million, decode "
            "only); H100-SXM5, the only card that serves batch 512 ($0.050 per million, decode "
            "only); L40S $0.72 an hour; H100-SXM5 $3.84 an hour");
  EXPECT_EQ(rent_sentence(std::span<const RentPlace>(), kDecode), "");
}

TEST(RentSentence, OfOneFileIsItsCheapestPoint) {
  std::vector<PricedDecode> points(2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    PricedDecode& p = points[i];
    p.card = "L40S";
    p.decode.point.batch = 1 + 7 * static_cast<std::int64_t>(i);
    Cost cost;
    cost.rate = option("L40S", 0, 8).rate;
    cost.library = Estimate{.value = 2.0 - static_cast<double>(i)};
    p.costs.push_back(cost);
  }
  EXPECT_EQ(rent_sentence(DecodeGroup{&points[0], &points[1]}),
            "L40S, $1.00 per million at batch 8, decode only; sold by 8: $5.76 an hour");
  for (PricedDecode& p : points) p.costs.front().rate.kind = RateKind::kUnit;
  EXPECT_EQ(rent_sentence(DecodeGroup{&points[0], &points[1]}), "") << "nobody named a price";
}

}  // namespace
}  // namespace gpugauge
