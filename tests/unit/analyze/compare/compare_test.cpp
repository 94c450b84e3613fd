#include "harness/analyze/compare/compare.hpp"

#include <gtest/gtest.h>

#include <random>

#include "harness/base/error.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

Op read_op(std::int64_t gib) { return fake::memory(MemoryPattern::kRead, gib * fake::kGiB); }

/// ±0.2%: narrow enough to be judged at 1%.
Measurement exact(const Op& op, double time_ns, CaseOptions options = {}) {
  Measurement m = fake::measurement(op, time_ns, "lib", options);
  m.time_ns = {.value = time_ns, .low = 0.998 * time_ns, .high = 1.002 * time_ns};
  return m;
}

ComparisonReport compared(const Record& base, const Record& other) {
  Side a, b;
  a.records = {&base};
  b.records = {&other};
  return compare(a, std::vector<Side>{b}).at(0);
}

Judgement judgement(const Record& base, const Record& other) {
  return compared(base, other).cases.at(0).judgement;
}

TEST(Compare, FindsWhatWasPlantedAndNothingElse) {
  const Record base = fake::record({exact(read_op(1), 100), exact(read_op(2), 100),
                                    exact(read_op(4), 100), exact(read_op(8), 100)});
  Record other = base;
  other.measurements[1] = exact(read_op(2), 105);
  other.measurements[2] = exact(read_op(4), 92);
  other.measurements[3].time_ns = {.value = 101, .low = 99, .high = 103};
  const ComparisonReport report = compared(base, other);
  EXPECT_EQ(report.count(Change::kSame), 1u);
  EXPECT_EQ(report.count(Change::kSlower), 1u);
  EXPECT_EQ(report.count(Change::kFaster), 1u);
  EXPECT_EQ(report.count(Change::kAmbiguous), 1u);
  // The largest change first, what is the same last.
  EXPECT_EQ(report.cases.front().name, other.measurements[2].name);
  EXPECT_EQ(report.cases.back().name, other.measurements[0].name);
  EXPECT_TRUE(report.not_compared.empty());
}

TEST(Compare, NormalisesByClockPowerAndPrice) {
  Record base = fake::record({exact(read_op(1), 100)});
  Record other = fake::record({exact(read_op(1), 200)});
  base.measurements[0].clock_mhz = 1000;
  base.measurements[0].mean_power_w = 700;
  other.measurements[0].clock_mhz = 500;
  other.measurements[0].mean_power_w = 70;
  other.device.name = "Fake L4";
  const Datasheet sheet = fake::datasheet();
  Side a, b;
  a.records = {&base};
  a.dollars_per_gpu_hour = 4.0;
  a.datasheet = &sheet;
  b.records = {&other};
  b.dollars_per_gpu_hour = 1.0;
  const ComparisonReport report = compare(a, std::vector<Side>{b}).at(0);
  const CaseComparison& c = report.cases.at(0);
  EXPECT_EQ(report.relation, CardRelation::kDifferent);
  EXPECT_DOUBLE_EQ(c.ratio.value, 2);
  EXPECT_DOUBLE_EQ(c.cycles_ratio.value(), 1);
  EXPECT_DOUBLE_EQ(c.energy_ratio.value(), 0.2);
  EXPECT_DOUBLE_EQ(c.dollars_ratio.value(), 0.5);
  // 1 GiB at 1000 GB/s over 100 ns.
  EXPECT_NEAR(c.share_of_datasheet.base.value(), fake::kGiB / 1000.0 / 100, 1e-6);
  EXPECT_FALSE(c.share_of_datasheet.other);
  // Of different cards a slower clock is no excuse.
  EXPECT_EQ(c.judgement.change, Change::kSlower);
  EXPECT_DOUBLE_EQ(report.families.at(0).dollars_ratio.value(), 0.5);
}

TEST(Compare, AClockThatExplainsTheTimeMakesItAmbiguous) {
  Record base = fake::record({exact(read_op(1), 100)});
  Record other = fake::record({exact(read_op(1), 105)});
  base.measurements[0].clock_mhz = 1050;
  other.measurements[0].clock_mhz = 1000;
  EXPECT_EQ(judgement(base, other).reason, ChangeReason::kExplainedByClock);
  // At half of the clock's difference it is not explained.
  other.measurements[0].clock_mhz = 1030;
  EXPECT_EQ(judgement(base, other).change, Change::kSlower);
}

TEST(Compare, AThrottledSideMakesItAmbiguous) {
  const Record base = fake::record({exact(read_op(1), 100)});
  Record other = fake::record({exact(read_op(1), 105)});
  other.measurements[0].flags = {Flag::kThermalThrottled};
  EXPECT_EQ(judgement(base, other).reason, ChangeReason::kThrottled);
}

TEST(Compare, WithoutAnIntervalThereIsNoVerdict) {
  const Record base = fake::record({exact(read_op(1), 100)});
  Record other = fake::record({exact(read_op(1), 200)});
  other.measurements[0].sample_count = 5;
  EXPECT_EQ(judgement(base, other).reason, ChangeReason::kFewSamples);
}

TEST(Compare, NeverComparesWhatMeansSomethingElse) {
  const CaseOptions hot{.cache = CacheState::kHot};
  const CaseOptions zeros{.data = Distribution::kZeros};
  const Record base = fake::record({exact(read_op(1), 100), exact(read_op(2), 100),
                                    exact(read_op(4), 100), exact(read_op(8), 100)});
  Record other = fake::record({exact(read_op(1), 100, hot), exact(read_op(2), 100, zeros),
                               exact(read_op(4), 100), exact(read_op(16), 100)});
  other.measurements[2].semantics_version = 2;
  other.not_measured = {{base.measurements[3].name, NotMeasuredStatus::kUnsupported, "too large"}};
  const ComparisonReport report = compared(base, other);
  EXPECT_TRUE(report.cases.empty());
  EXPECT_TRUE(report.families.empty());
  const auto reason_of = [&](const std::string& name) {
    for (const NotCompared& n : report.not_compared) {
      if (n.name == name) return n.reason;
    }
    ADD_FAILURE() << name << " was dropped";
    return NoComparison::kInNeither;
  };
  EXPECT_EQ(reason_of(base.measurements[0].name), NoComparison::kOtherOptions);
  EXPECT_EQ(reason_of(base.measurements[1].name), NoComparison::kOtherOptions);
  EXPECT_EQ(reason_of(base.measurements[2].name), NoComparison::kOtherSemantics);
  EXPECT_EQ(reason_of(base.measurements[3].name), NoComparison::kOnlyInBase);
  EXPECT_EQ(reason_of(other.measurements[3].name), NoComparison::kOnlyInOther);
  EXPECT_EQ(report.not_compared.size(), 7u);  // the two variants under both of their names
}

TEST(Compare, ListsWhatNeitherCouldMeasure) {
  Record base = fake::record({exact(read_op(1), 100)});
  base.planned.emplace_back("memory/never");
  base.not_measured = {{"memory/never", NotMeasuredStatus::kFailed, "out of memory"}};
  const ComparisonReport report = compared(base, base);
  ASSERT_EQ(report.not_compared.size(), 1u);
  EXPECT_EQ(report.not_compared[0].reason, NoComparison::kInNeither);
  EXPECT_EQ(report.not_compared[0].detail, "failed: out of memory");
}

TEST(Compare, RefusesAThresholdThatIsNone) {
  const Record record = fake::record({exact(read_op(1), 100)});
  Side side;
  side.records = {&record};
  for (const double threshold : {0.0, -0.01, 1.0, std::nan("")})
    EXPECT_THROW(compare(side, std::vector<Side>{side}, {.threshold = threshold}), UsageError);
}

TEST(Compare, ManyCasesOfTheSameRaiseNoFalseAlarm) {
  std::mt19937_64 random(
      1);  // two files a comparison, 300 cases, medians of 25 samples of 3% noise
  std::lognormal_distribution<double> noise(0, 0.03);
  const auto noisy = [&] {
    std::vector<Measurement> all;
    for (int i = 1; i <= 300; ++i) {
      std::vector<double> samples(25);
      for (double& s : samples) s = 100 * noise(random);
      std::sort(samples.begin(), samples.end());
      Measurement m = fake::measurement(read_op(i), 100);
      m.time_ns = median_interval(samples);
      all.push_back(std::move(m));
    }
    return fake::record(std::move(all));
  };
  std::size_t alarms = 0;
  for (int i = 0; i < 10; ++i) {
    const ComparisonReport report = compared(noisy(), noisy());
    alarms += report.count(Change::kSlower) + report.count(Change::kFaster);
  }
  EXPECT_EQ(alarms, 0u);
}

}  // namespace
}  // namespace gpugauge
