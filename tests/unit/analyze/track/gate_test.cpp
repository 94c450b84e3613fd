#include "harness/analyze/track/gate.hpp"

#include <gmock/gmock.h>

#include <cmath>

#include "harness/analyze/track/baseline.hpp"
#include "harness/analyze/track/quarantine.hpp"
#include "harness/analyze/track/ratchet.hpp"
#include "harness/analyze/track/tonight.hpp"
#include "harness/base/error.hpp"
#include "tests/unit/analyze/track/synthetic_nights.hpp"

namespace gpugauge {
namespace {

using synthetic::joined;
using synthetic::levels;
using synthetic::night;
using synthetic::nights;

constexpr double kScatter = 0.003;

GateFinding check_series(const std::vector<double>& values, const Night& tonight,
                         const std::optional<Night>& rerun = std::nullopt,
                         const GateMemory& memory = {}) {
  return check(nights(values), tonight, rerun, {}, memory);
}

TEST(NightOf, IsTheMedianOfTheLogarithms) {
  const Night n = night_of(7, std::vector{1.0, 10.0, 3.0});
  EXPECT_EQ(n.utc_s, 7);
  EXPECT_DOUBLE_EQ(n.y, std::log(3.0));
  EXPECT_THAT(n.processes, testing::SizeIs(3));
}

TEST(Quarantine, FindsEveryReason) {
  const UsualConditions usual = usual_conditions(nights(std::vector<double>(9, 1.0)));
  EXPECT_THAT(quarantine(night(1), usual, {}), testing::IsEmpty());
  Night odd = night(1);
  odd.quarantine = {QuarantineReason::kDeviceErrors};
  odd.processes.resize(4);
  odd.clock_mhz_median = 0.969 * 1755;
  odd.pcie_width = 8;
  EXPECT_THAT(quarantine(odd, usual, {}),
              testing::ElementsAre(QuarantineReason::kDeviceErrors, QuarantineReason::kIncomplete,
                                   QuarantineReason::kClockLow, QuarantineReason::kLinkChanged));
  odd = night(1);
  odd.pcie_generation = 4;
  EXPECT_THAT(quarantine(odd, usual, {}), testing::ElementsAre(QuarantineReason::kLinkChanged));
}

TEST(Quarantine, WhatNobodyKnowsIsNoReason) {
  const Night unknown{.y = 1, .processes = std::vector<double>(5, 1.0)};
  EXPECT_THAT(quarantine(unknown, usual_conditions(nights({1, 1})), {}), testing::IsEmpty());
  EXPECT_THAT(quarantine(night(1), usual_conditions(std::vector{unknown}), {}), testing::IsEmpty());
}

TEST(Quarantine, UsualIsWhatMostNightsHad) {
  std::vector<Night> all = nights(std::vector<double>(5, 1.0));
  all[1].clock_mhz_median = 900;
  all[2].pcie_width = 4;
  EXPECT_EQ(usual_conditions(all).clock_mhz, 1755);
  EXPECT_EQ(usual_conditions(all).pcie_width, 16);
}

TEST(BaselineOf, IsOfTheLastThirtyNights) {
  const auto values = joined(std::vector<double>(50, 9.0), levels(30, 1.0, kScatter, 1));
  const auto baseline = baseline_of(values, 0.005, {});
  ASSERT_TRUE(baseline);
  EXPECT_EQ(baseline->nights, 30U);
  EXPECT_NEAR(baseline->level, 1.0, 0.002);
  EXPECT_NEAR(baseline->scatter, kScatter, 0.0015);
  EXPECT_NEAR(baseline->prediction_sigma() / baseline->scatter, std::sqrt(1 + 3.14159 / 60), 1e-5);
}

TEST(BaselineOf, NeedsTwentyNightsAndHasAFloor) {
  EXPECT_FALSE(baseline_of(std::vector<double>(19, 1.0), 0.005, {}));
  const auto constant = baseline_of(std::vector<double>(20, 1.0), 0.005, {});
  ASSERT_TRUE(constant);
  EXPECT_EQ(constant->scatter, 0.001);
  EXPECT_FALSE(constant->is_unstable);
}

TEST(BaselineOf, SeenIsOneInThirty) {
  std::vector<double> values(29, 1.0);
  values[3] = 2.0;
  EXPECT_EQ(baseline_of(values, 0.005, {})->seen, 2.0) << "of fewer than thirty the slowest";
  values.push_back(1.0);
  EXPECT_EQ(baseline_of(values, 0.005, {})->seen, 1.0) << "of thirty all but one";
  values.push_back(1.5);
  EXPECT_EQ(baseline_of(values, 0.005, {})->seen, 1.5);
}

TEST(BaselineOf, TwoLevelsByTurnsAreUnstable) {
  auto values = levels(60, 0, kScatter, 2);
  EXPECT_FALSE(baseline_of(values, 0.005, {})->is_unstable);
  for (std::size_t i = 0; i < values.size(); i += 6) values[i] += 0.05;
  EXPECT_TRUE(baseline_of(values, 0.005, {})->is_unstable);
}

TEST(ExcessOf, ACandidateIsBeyondEveryLimit) {
  const Baseline baseline{.level = 1, .scatter = 0.003, .seen = 1.004, .nights = 30};
  const double limit = 4.5 * baseline.prediction_sigma();
  EXPECT_TRUE(excess_of(1 + limit + 1e-6, baseline, 0.005, {}).is_candidate());
  EXPECT_FALSE(excess_of(1 + limit - 1e-6, baseline, 0.005, {}).is_candidate());
  EXPECT_FALSE(excess_of(1.019, baseline, 0.02, {}).is_candidate()) << "delta";
  Baseline seen = baseline;
  seen.seen = 1.02;
  EXPECT_FALSE(excess_of(1.025, seen, 0.005, {}).is_candidate());
  EXPECT_TRUE(excess_of(1.027, seen, 0.005, {}).is_candidate());
  EXPECT_FALSE(excess_of(0.9, baseline, 0.005, {}).is_candidate()) << "faster";
}

TEST(Ratchet, HoldsOnToTheFirstNights) {
  std::vector<double> drift;
  for (int i = 0; i < 300; ++i) drift.push_back(1e-4 * i);
  const Ratchet held = ratchet(drift, std::nullopt, 0.005, {});
  EXPECT_NEAR(held.change, 0.0296 - 0.00145, 1e-9);
  EXPECT_TRUE(held.fails());
  EXPECT_FALSE(ratchet(std::span(drift).first(210), std::nullopt, 0.005, {}).fails());
  EXPECT_TRUE(ratchet(std::span(drift).first(210), std::nullopt, 0.005, {}).warns());
  EXPECT_FALSE(ratchet(drift, 0.025, 0.005, {}).warns()) << "pinned elsewhere";
}

TEST(Check, PassesWhatIsAsEver) {
  const GateFinding finding = check_series(levels(60, 5, kScatter, 3), night(5.001));
  EXPECT_EQ(finding.status, GateStatus::kPass);
  EXPECT_EQ(finding.delta, 0.005);
  EXPECT_EQ(finding.baseline_nights, 30U);
  EXPECT_NEAR(finding.level, 5, 0.002);
}

TEST(Check, NeedsABaseline) {
  const GateFinding none = check_series({}, night(5));
  EXPECT_EQ(none.status, GateStatus::kNoBaseline);
  EXPECT_EQ(none.stage, Stage::kBaseline);
  EXPECT_EQ(check_series(levels(19, 5, kScatter, 4), night(5.04)).status, GateStatus::kNoBaseline);
  EXPECT_EQ(check_series(levels(20, 5, kScatter, 4), night(5)).status, GateStatus::kPass);
  auto history = nights(levels(20, 5, kScatter, 4));
  history[7].quarantine = {QuarantineReason::kThrottled};
  EXPECT_EQ(check(history, night(5), {}, {}, {}).status, GateStatus::kNoBaseline);
}

TEST(Check, ACandidateIsConfirmedOrNot) {
  const auto history = levels(60, 5, kScatter, 5);
  const GateFinding first = check_series(history, night(5.05));
  EXPECT_EQ(first.status, GateStatus::kNeedsRerun);
  EXPECT_NEAR(first.change.value, 0.05, 0.002);
  EXPECT_LT(first.change.low, 0.05);
  const GateFinding confirmed = check_series(history, night(5.05), night(5.04));
  EXPECT_EQ(confirmed.status, GateStatus::kRegression);
  EXPECT_EQ(confirmed.stage, Stage::kTonight);
  EXPECT_EQ(confirmed.change_point, 60U) << "tonight";
  EXPECT_EQ(check_series(history, night(5.05), night(5.0)).status, GateStatus::kUnconfirmed);
  Night shared = night(5.05);
  shared.quarantine = {QuarantineReason::kOtherProcesses};
  const GateFinding odd = check_series(history, night(5.05), shared);
  EXPECT_EQ(odd.status, GateStatus::kInconclusive);
  EXPECT_THAT(odd.reason, testing::HasSubstr("other processes"));
}

TEST(Check, NightsThatNobodyConfirmedStayOutOfTheBaseline) {
  auto history = levels(60, 5, kScatter, 5);
  for (const double y : {5.046, 5.05, 5.048}) {
    const GateFinding finding = check_series(history, night(y));
    EXPECT_EQ(finding.status, GateStatus::kNeedsRerun) << history.size();
    EXPECT_EQ(finding.change_point, 60U) << "the first of them";
    EXPECT_NEAR(finding.level, 5, 0.002);
    history.push_back(y);
  }
}

TEST(Check, WhatPassesIsWithinTheLimit) {
  const auto once_in_five = [](double level) {
    std::vector<double> values = levels(90, 5, kScatter, 5);
    for (std::size_t i = 0; i < values.size(); i += 5) values[i] = level;
    return values;
  };
  for (const double level : {5.01, 5.015, 5.02, 5.03}) {
    const GateFinding finding = check_series(once_in_five(level), night(level));
    if (finding.status != GateStatus::kPass) continue;
    EXPECT_LE(finding.change.value, finding.threshold);
  }
  const Baseline seen{.level = 1, .scatter = 0.003, .seen = 1.02, .nights = 30};
  EXPECT_NEAR(excess_of(1.025, seen, 0.005, {}).threshold, 0.026, 1e-9);
}

TEST(Check, WhileItCollectsOnlyALargeChangeFails) {
  const auto few = levels(3, 5, kScatter, 4);
  const GateFinding quiet = check_series(few, night(5.04));
  EXPECT_EQ(quiet.status, GateStatus::kNoBaseline);
  EXPECT_EQ(quiet.reason, "collecting: night 4 of 20; until then only > 5% fails");
  EXPECT_EQ(check_series(few, night(5.07)).status, GateStatus::kNeedsRerun);
  EXPECT_EQ(check_series(few, night(5.07), night(5.07)).status, GateStatus::kRegression);
  EXPECT_EQ(check_series(few, night(5.07), night(5.0)).status, GateStatus::kUnconfirmed);
  EXPECT_EQ(check_series({}, night(5.07)).status, GateStatus::kNoBaseline);
}

TEST(Check, AQuarantinedNightSaysNothingAndStaysOut) {
  auto history = nights(levels(60, 5, kScatter, 6));
  Night throttled = night(5.2);
  throttled.clock_mhz_median = 1600;
  const GateFinding finding = check(history, throttled, {}, {}, {});
  EXPECT_EQ(finding.status, GateStatus::kInconclusive);
  EXPECT_THAT(finding.quarantine, testing::ElementsAre(QuarantineReason::kClockLow));
  for (std::size_t i = 40; i < 60; i += 3) history[i] = throttled;
  EXPECT_EQ(check(history, night(5), {}, {}, {}).status, GateStatus::kPass);
}

TEST(Check, AChangeStandsUntilItIsAcknowledged) {
  const auto values = joined(levels(60, 5, kScatter, 7), levels(10, 5.01, kScatter, 8));
  const GateFinding finding = check_series(values, night(5.01));
  EXPECT_EQ(finding.status, GateStatus::kRegression);
  EXPECT_EQ(finding.stage, Stage::kHistory);
  ASSERT_TRUE(finding.change_point);
  EXPECT_NEAR(static_cast<double>(*finding.change_point), 60, 2);
  EXPECT_NEAR(finding.level, 5, 0.002) << "the baseline is that from before";
  const auto later = joined(values, levels(90, 5.01, kScatter, 9));
  EXPECT_EQ(check_series(later, night(5.01)).status, GateStatus::kRegression);
  EXPECT_EQ(check_series(later, night(5.01), {}, {.since = *finding.change_point}).status,
            GateStatus::kPass);
  Night throttled = night(5.2);
  throttled.quarantine = {QuarantineReason::kThrottled};
  EXPECT_EQ(check_series(later, throttled).status, GateStatus::kRegression) << "not hidden";
}

TEST(Check, AChangeThatWasTakenBackIsOver) {
  const auto values = joined(joined(levels(60, 5, kScatter, 10), levels(12, 5.03, kScatter, 11)),
                             levels(12, 5, kScatter, 12));
  EXPECT_EQ(check_series(values, night(5)).status, GateStatus::kPass);
}

TEST(Check, AnImprovementIsKept) {
  const auto better = joined(levels(60, 5, kScatter, 13), levels(25, 4.95, kScatter, 14));
  const GateFinding pass = check_series(better, night(4.95));
  EXPECT_EQ(pass.status, GateStatus::kPass);
  EXPECT_NEAR(pass.level, 4.95, 0.002) << "the baseline is the better level";
  EXPECT_EQ(check_series(joined(better, levels(6, 4.97, kScatter, 15)), night(4.97)).status,
            GateStatus::kRegression);
}

TEST(Check, ATwoNightBlipDoesNotPersist) {
  auto values = levels(60, 5, kScatter, 16);
  values.insert(values.end(), {5.03, 5.03});
  for (int i = 0; i < 14; ++i) {
    const double tonight = levels(1, 5, kScatter, 17 + static_cast<std::uint32_t>(i)).front();
    EXPECT_EQ(check_series(values, night(tonight)).status, GateStatus::kPass) << i;
    values.push_back(tonight);
  }
}

TEST(Check, TheRatchetWarnsThenFails) {
  std::vector<double> values = levels(400, 5, 0.0005, 40);
  for (std::size_t i = 40; i < values.size(); ++i) values[i] += 4e-5 * static_cast<double>(i - 40);
  const auto at = [&](std::size_t i) {
    return check_series({values.begin(), values.begin() + static_cast<std::ptrdiff_t>(i)},
                        night(values[i]), {}, {.since = 0, .pinned_level = 4.99});
  };
  EXPECT_EQ(at(60).status, GateStatus::kAdvice);
  EXPECT_EQ(at(60).stage, Stage::kRatchet);
  EXPECT_EQ(at(330).status, GateStatus::kRegression);
}

TEST(Check, AnUnstableMetricOnlyAdvises) {
  auto values = levels(90, 5, 0.001, 18);
  for (std::size_t i = 0; i < values.size(); i += 6) values[i] += 0.012;
  const GateFinding finding = check_series(values, night(5.2));
  EXPECT_TRUE(finding.is_unstable);
  EXPECT_EQ(finding.status, GateStatus::kAdvice);
}

TEST(Check, DeltaFollowsTheScatterUnlessGiven) {
  EXPECT_EQ(check_series(levels(60, 5, 0.003, 19), night(5)).delta, 0.005);
  EXPECT_EQ(check_series(levels(60, 5, 0.01, 19), night(5)).delta, 0.01);
  EXPECT_EQ(check(nights(levels(60, 5, 0.01, 19)), night(5), {}, {.delta = 0.002}, {}).delta,
            0.002);
}

TEST(Check, RefusesAnAcknowledgementOfTheFuture) {
  EXPECT_THROW(check_series(levels(3, 5, kScatter, 20), night(5), {}, {.since = 5}), UsageError);
  EXPECT_EQ(check_series(levels(3, 5, kScatter, 20), night(5), {}, {.since = 4}).status,
            GateStatus::kNoBaseline);
}

}  // namespace
}  // namespace gpugauge
