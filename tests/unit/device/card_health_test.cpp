#include "harness/device/card_health.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

CardHealth healthy() {
  return {.corrected_errors = 3,
          .uncorrected_errors = 1,
          .lifetime_corrected_errors = 12,
          .lifetime_uncorrected_errors = 2,
          .rows_remapped_corrected = 0,
          .rows_remapped_uncorrected = 2,
          .remap_pending = false,
          .remap_failed = false,
          .xids = std::vector<int>()};
}

TEST(ErrorsBetween, AreWhatCameInBetween) {
  CardHealth after = healthy();
  EXPECT_FALSE(errors_between(healthy(), after).any());
  after.corrected_errors = 5;
  EXPECT_EQ(errors_between(healthy(), after).corrected, 2U);
  EXPECT_FALSE(errors_between(healthy(), after).any());  // they change no number
  after.uncorrected_errors = 4;
  EXPECT_EQ(errors_between(healthy(), after).uncorrected, 3U);
  EXPECT_TRUE(errors_between(healthy(), after).any());
}

TEST(ErrorsBetween, CountAnewWhereTheDriverWasLoadedAnew) {
  CardHealth after = healthy();
  after.corrected_errors = 2;
  EXPECT_EQ(errors_between(healthy(), after).corrected, 2U);
}

TEST(ErrorsBetween, ARowThatWaitedBeforeIsNotNew) {
  CardHealth before = healthy(), after = healthy();
  after.remap_pending = after.remap_failed = true;
  EXPECT_TRUE(errors_between(before, after).remap_pending);
  EXPECT_TRUE(errors_between(before, after).remap_failed);
  EXPECT_TRUE(errors_between(before, after).any());
  before = after;
  EXPECT_FALSE(errors_between(before, after).any());
}

TEST(ErrorsBetween, AnXidAloneIsAnError) {
  CardHealth after = healthy();
  after.xids = {79};
  EXPECT_TRUE(errors_between(healthy(), after).any());
}

TEST(ErrorsBetween, WhatOneSideDoesNotKnowIsUnknown) {
  const CardErrors errors = errors_between({}, healthy());
  EXPECT_FALSE(errors.uncorrected || errors.corrected);
  EXPECT_FALSE(errors_between(healthy(), {}).uncorrected.has_value());
  EXPECT_FALSE(errors_between(healthy(), {}).xids.has_value());
  CardHealth pending;
  pending.remap_pending = true;
  EXPECT_FALSE(errors_between({}, pending).any());  // who knows since when
}

TEST(SumOf, AddsCountsAndKeepsEachXidOnce) {
  const CardErrors sum = sum_of({.uncorrected = 1, .xids = {{48, 79}}},
                                {.uncorrected = 2, .remap_pending = true, .xids = {{79, 63}}});
  EXPECT_EQ(sum.uncorrected, 3U);
  EXPECT_FALSE(sum.corrected.has_value());
  EXPECT_TRUE(sum.remap_pending);
  EXPECT_EQ(sum.xids, (std::vector{48, 79, 63}));
  EXPECT_EQ(sum_of({}, {.corrected = 4}).corrected, 4U);
  EXPECT_EQ(sum_of({.corrected = 4}, {}).corrected, 4U);
}

TEST(Describe, SaysWhatCameAndWhatIsNotKnown) {
  EXPECT_EQ(describe(CardErrors{}), "");
  EXPECT_EQ(describe(errors_between(healthy(), healthy())), "none");
  EXPECT_EQ(describe({.uncorrected = 0}), "no ECC errors, XIDs unknown");
  EXPECT_EQ(describe({.xids = std::vector<int>()}), "no XIDs, ECC errors unknown");
  EXPECT_EQ(describe({.corrected = 1,
                      .uncorrected = 2,
                      .remap_pending = true,
                      .remap_failed = true,
                      .xids = {{48, 999}}}),
            "2 uncorrected ECC errors, 1 corrected ECC error, a pending row remapping, a failed "
            "row remapping, XID 48, XID 999");
}

TEST(DescribeErrors, GivesBothCounters) {
  EXPECT_EQ(describe_errors(healthy()),
            "1 uncorrected, 3 corrected since the driver was loaded; 2 uncorrected, 12 corrected "
            "over the card's lifetime");
  EXPECT_EQ(describe_errors({.lifetime_uncorrected_errors = 2}),
            "2 uncorrected, unknown corrected over the card's lifetime");
  EXPECT_EQ(describe_errors({}), "");
}

TEST(DescribeRows, SaysWhatWaitsAndWhatFailed) {
  CardHealth health = healthy();
  EXPECT_EQ(describe_rows(health), "2 after uncorrected errors, 0 after corrected ones");
  health.remap_pending = health.remap_failed = true;
  EXPECT_THAT(describe_rows(health), HasSubstr("ones, one pending until a reset, one failed"));
  EXPECT_EQ(describe_rows({}), "");
}

auto warns_of(CardConcern concern, const char* found, const char* advice) {
  return testing::AllOf(testing::Field(&CardWarning::concern, concern),
                        testing::Field(&CardWarning::found, HasSubstr(found)),
                        testing::Field(&CardWarning::advice, HasSubstr(advice)));
}

TEST(CardWarnings, OldErrorsOfAHealthyCardAreNone) {
  EXPECT_THAT(card_warnings(healthy(), errors_between(healthy(), healthy())), IsEmpty());
  EXPECT_THAT(card_warnings({}, {}), IsEmpty());
}

TEST(CardWarnings, NameEachConcernWithItsRemedy) {
  CardHealth now = healthy();
  now.remap_pending = now.remap_failed = true;
  EXPECT_THAT(
      card_warnings(now, {.uncorrected = 1, .xids = {{79, 31, 150}}}),
      ElementsAre(
          warns_of(CardConcern::kRemapFailed, "not be remapped", "return the card"),
          warns_of(CardConcern::kXid, "XID 79 occurred during the run (the card fell off",
                   "return the card"),
          warns_of(CardConcern::kXid, "XID 31 ", "an application error"),
          warns_of(CardConcern::kXid, "XID 150 occurred during the run", "look it up"),
          warns_of(CardConcern::kUncorrectedErrors, "1 uncorrected ECC error occurred",
                   "return it if they come back"),
          warns_of(CardConcern::kRemapPending, "pending", "reset the card (nvidia-smi -r)")));
}

}  // namespace
}  // namespace gpugauge
