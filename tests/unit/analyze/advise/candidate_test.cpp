#include "harness/analyze/advise/candidate.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_cards.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

/// A card server with all that it looks at.
struct Asked {
  Asked(const Card& card, const AdviceRequest& r, std::int64_t context = 1024)
      : request(r),
        bootstraps(card.files.size(), Bootstrap(1)),
        server(card, model, request, context, bootstraps) {}
  ModelConfig model = fake::llama_8b();
  AdviceRequest request;
  std::vector<Bootstrap> bootstraps;
  CardServer server;
};

TEST(CardsOf, FilesOfOneDeviceAreOneCard) {
  fake::Cards fixture;
  fixture.records.push_back(fake::card_record("small", 510, 24, {1}));
  std::vector<StepTimes> times(fixture.records.begin(), fixture.records.end());
  const std::vector<Card> cards = cards_of(times, {});
  ASSERT_EQ(cards.size(), 2U);
  EXPECT_EQ(cards[0].files.size(), 2U);
  EXPECT_EQ(cards[1].name, "large");
}

TEST(CardServer, TheFileThatKnowsMostSpeaks) {
  const Record vague = fake::card_record("card", 500, 80, {1, 64});
  const Record exact = fake::card_record("card", 500, 80, {1, 4, 64});
  const std::vector<StepTimes> times{StepTimes(vague), StepTimes(exact)};
  const std::vector<Card> cards = cards_of(times, {});
  Asked asked(cards.front(), fake::advice_request());
  const Service service = asked.server.at(4);
  EXPECT_TRUE(service.serves());
  EXPECT_EQ(service.file, exact.path.string());
  EXPECT_GT(service.rate.origins[static_cast<std::size_t>(Origin::kMeasured)], 0.5);
}

TEST(CardServer, TakesTheFewestCardsThatHoldIt) {
  fake::Cards fixture;
  Asked asked(fixture.small(), fake::advice_request());
  EXPECT_EQ(asked.server.at(4).gpus, 1);
  const Service large = asked.server.at(64);  // 64 x 1280 tokens of 128 KiB: 10 GiB
  EXPECT_EQ(large.gpus, 2);
  EXPECT_GT(large.all_reduce_share, 0);
  EXPECT_EQ(large.tokens_per_second.replicates.size(), kReplicates);
}

TEST(CardServer, TakesMoreWhereATargetNeedsThem) {
  fake::Cards fixture;
  const double tpot =
      Asked(fixture.small(), fake::advice_request()).server.at(4).rate.tpot_ns.value;
  AdviceRequest request = fake::advice_request();
  request.tpot_target_ns = 0.8 * tpot;
  const Service service = Asked(fixture.small(), request).server.at(4);
  EXPECT_TRUE(service.serves());
  EXPECT_GT(service.gpus, 1);
  EXPECT_LE(service.rate.tpot_ns.value, 0.8 * tpot);
}

TEST(CardServer, SaysWhyItCannot) {
  fake::Cards fixture;
  AdviceRequest request = fake::advice_request();
  request.tpot_target_ns = 1;
  EXPECT_THAT(Asked(fixture.small(), request).server.at(4).reason, HasSubstr("above the target"));
  EXPECT_THAT(Asked(fixture.small(), fake::advice_request(), 1 << 20).server.at(60).reason,
              HasSubstr("does not fit"));
  EXPECT_THAT(Asked(fixture.small(), fake::advice_request(), 16).server.at(128).reason,
              HasSubstr("measure it with"));
}

TEST(CardServer, LargestBatchIsLimitedByMemoryOnOneCardIfMoreMakeNoTokenCheaper) {
  fake::Cards fixture;
  const Service service =
      Asked(fixture.large(), fake::advice_request(), 8192).server.at_largest_batch();
  EXPECT_EQ(service.gpus, 1);
  EXPECT_EQ(service.limit, BatchLimit::kMemory);
  EXPECT_EQ(service.batch, service.fit.value().largest_batch);
}

TEST(CardServer, LargestBatchIsOfAsManyCardsAsOneMachineHas) {
  fake::Cards fixture;
  const auto gpus = [&](int gpus_in_machine) {
    for (Rate& rate : fixture.small().rates) rate.gpus_in_machine = gpus_in_machine;
    return Asked(fixture.small(), fake::advice_request(), 8192).server.at_largest_batch().gpus;
  };
  EXPECT_GE(gpus(0), 2);
  EXPECT_EQ(gpus(1), 1);
  EXPECT_EQ(gpus(2), 2);
}

TEST(AdviceRequest, RefusesWhatIsNoQuestion) {
  const auto refuses = [](auto change) {
    AdviceRequest request = fake::advice_request();
    change(request);
    EXPECT_THROW(request.check(), UsageError);
  };
  EXPECT_NO_THROW(fake::advice_request({4, 8}).check());
  refuses([](AdviceRequest& r) { r.batches = {8, 4}; });
  refuses([](AdviceRequest& r) { r.batches = {0}; });
  refuses([](AdviceRequest& r) { r.batches = {}; });
  refuses([](AdviceRequest& r) { r.contexts = {-1}; });
  refuses([](AdviceRequest& r) { r.output_tokens = 0; });
  refuses([](AdviceRequest& r) { r.billing.utilisation = 1.1; });
  refuses(
      [](AdviceRequest& r) { r.billing.utilisation = std::numeric_limits<double>::quiet_NaN(); });
  refuses([](AdviceRequest& r) { r.tokens_per_day = {1e6, 1e5}; });
  refuses([](AdviceRequest& r) { r.tokens_per_day = {1e30}; });
}

}  // namespace
}  // namespace gpugauge
