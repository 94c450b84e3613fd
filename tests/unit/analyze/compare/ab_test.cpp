#include "harness/analyze/compare/ab.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

const Op kOp = fake::memory(MemoryPattern::kRead);

Side side_of(const std::vector<Record>& records) {
  Side side;
  for (const Record& record : records) side.records.push_back(&record);
  return side;
}

/// `rounds` rounds of which both sides share the drift, with a scatter of each process and a shift
/// of B.
AbFinding simulated(std::size_t rounds, double scatter, double shift, std::mt19937_64& random) {
  std::normal_distribution<double> noise(0, scatter);
  std::vector<Record> a, b;
  for (std::size_t i = 0; i < rounds; ++i) {
    const double drift = 0.05 * static_cast<double>(i);
    a.push_back(fake::record({fake::measurement(kOp, 100 * std::exp(drift + noise(random)))}));
    b.push_back(
        fake::record({fake::measurement(kOp, 100 * std::exp(drift + shift + noise(random)))}));
  }
  return compare_ab(side_of(a), side_of(b));
}

int slower_of_200(double scatter, double shift) {
  std::mt19937_64 random(7);
  int slower = 0;
  for (int i = 0; i < 200; ++i)
    slower += simulated(10, scatter, shift, random).cases.at(0).judgement.change == Change::kSlower;
  return slower;
}

TEST(CompareAb, FindsNothingBetweenTwins) {
  EXPECT_EQ(slower_of_200(0.003, 0), 0);
  EXPECT_LE(slower_of_200(0.03, 0), 10);  // a scatter of three thresholds: 5% at most
}

TEST(CompareAb, FindsAPlantedShiftBehindADrift) {
  EXPECT_EQ(slower_of_200(0.003, 0.03), 200);
  EXPECT_GE(slower_of_200(0.003, 0.02), 190);
  EXPECT_EQ(slower_of_200(0.003, 0.005), 0);  // below the threshold
}

TEST(CompareAb, FewRoundsGiveNoVerdict) {
  std::mt19937_64 random(1);
  const AbFinding finding = simulated(4, 0.001, 0.5, random);
  EXPECT_EQ(finding.cases.at(0).judgement.reason, ChangeReason::kFewSamples);
  EXPECT_EQ(status_of(finding), ExitStatus::kDone);
  EXPECT_EQ(status_of(simulated(5, 0.001, 0.5, random)), ExitStatus::kCheckFailed);
}

TEST(CompareAb, PairsTheRoundsThatBothHave) {
  std::vector<Record> a(3, fake::record({fake::measurement(kOp, 100)})), b = a;
  b[1].measurements.clear();
  b[2].measurements = {fake::measurement(kOp, 110), fake::measurement(kOp, 130)};
  const AbFinding finding = compare_ab(side_of(a), side_of(b));
  ASSERT_EQ(finding.cases.at(0).log_ratios.size(), 2u);
  EXPECT_NEAR(finding.cases[0].log_ratios[1], std::log(1.2), 1e-12);  // the median of repetitions
}

TEST(CompareAb, RefusesTwoCardsAndUnequalRounds) {
  std::vector<Record> a(2, fake::record({fake::measurement(kOp, 100)})), b = a;
  b.pop_back();
  EXPECT_THROW(compare_ab(side_of(a), side_of(b)), UsageError);
  b = a;
  b[0].device.name = "Fake L4";
  EXPECT_THROW(compare_ab(side_of(a), side_of(b)), UsageError);
}

TEST(BootstrapMedian, IsReproducibleAndInsideTheValues) {
  const std::vector<double> values{5, 1, 2, 3, 4};
  const Estimate e = bootstrap_median(values);
  EXPECT_DOUBLE_EQ(e.value, 3);
  EXPECT_DOUBLE_EQ(e.low, 1);
  EXPECT_DOUBLE_EQ(e.high, 5);
  EXPECT_DOUBLE_EQ(bootstrap_median(values).low, e.low);
}

}  // namespace
}  // namespace gpugauge
