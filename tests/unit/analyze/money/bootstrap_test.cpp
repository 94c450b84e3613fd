#include "harness/analyze/money/bootstrap.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "harness/analyze/money/cost_ratio.hpp"
#include "tests/unit/analyze/money/samples.hpp"

namespace gpugauge {
namespace {

using namespace fake;  // NOLINT(google-build-using-namespace)
using testing::Each;
using testing::ElementsAre;

double mean(const Replicates& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double covariance(const Replicates& a, const Replicates& b) {
  const double mean_a = mean(a), mean_b = mean(b);
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - mean_a) * (b[i] - mean_b);
  return sum / static_cast<double>(a.size());
}

double deviation(const Replicates& values) { return std::sqrt(covariance(values, values)); }

double correlation(const Replicates& a, const Replicates& b) {
  return covariance(a, b) / (deviation(a) * deviation(b));
}

/// How often the interval holds the true median, over many samples of this size.
double coverage(std::size_t samples, double true_median, const Draw& draw) {
  constexpr int kTrials = 500;
  Random random(7);
  Card card;
  Bootstrap bootstrap(11);
  int held = 0;
  for (int trial = 0; trial < kTrials; ++trial) {
    const Measurement& m = card.add(draws(random, samples, draw));
    const Estimate e = interval_of(m.time_ns.value, bootstrap.step_ns(step_with({line(m)})), 0.95);
    held += e.low <= true_median && true_median <= e.high ? 1 : 0;
  }
  return static_cast<double>(held) / kTrials;
}

// The order statistics that the percentiles pick hold the median of 20, 25 and 33 samples with a
// probability of 0.957 to 0.965; 500 trials stray from that by 0.009.
TEST(BootstrapCoverage, OfNormalSamples) {
  EXPECT_NEAR(coverage(25, 100, [](Random& r) { return 100 + r.normal(); }), 0.957, 0.03);
}

TEST(BootstrapCoverage, OfSkewedSamples) {
  EXPECT_NEAR(coverage(20, 1, [](Random& r) { return std::exp(r.normal()); }), 0.959, 0.03);
}

TEST(BootstrapCoverage, OfTwoModes) {
  // Half of all lies below the 5/7 quantile of the mode that has seven tenths.
  constexpr double kQuantile = 0.56595;
  const Draw two_modes = [](Random& r) {
    return r.uniform() < 0.7 ? 100 + r.normal() : 130 + r.normal();
  };
  EXPECT_NEAR(coverage(33, 100 + kQuantile, two_modes), 0.965, 0.03);
}

/// The bootstrap as Efron does it: as many samples drawn with replacement, and their median. With
/// several columns their rows are drawn together and the medians added.
Replicates brute_force(const std::vector<std::vector<double>>& columns, std::size_t replicates) {
  Random random(3);
  const std::size_t n = columns.front().size();
  Replicates sums;
  for (std::size_t r = 0; r < replicates; ++r) {
    std::vector<std::size_t> rows;
    for (std::size_t i = 0; i < n; ++i) rows.push_back(random.below(n));
    double sum = 0;
    for (const std::vector<double>& column : columns) {
      std::vector<double> drawn;
      for (const std::size_t row : rows) drawn.push_back(column[row]);
      sum += median(std::move(drawn));
    }
    sums.push_back(sum);
  }
  return sums;
}

TEST(Bootstrap, AgreesWithBruteForce) {
  Random random(1);
  const std::vector<double> samples =
      draws(random, 61, [](Random& r) { return 100 * std::exp(0.1 * r.normal()); });
  Card card;
  const Measurement& m = card.add(samples);
  const Replicates ours = Bootstrap(5).step_ns(step_with({line(m)}));
  const Replicates theirs = brute_force({samples}, 4000);
  EXPECT_NEAR(mean(ours), mean(theirs), 0.1 * deviation(theirs));
  EXPECT_NEAR(deviation(ours), deviation(theirs), 0.1 * deviation(theirs));
  const Estimate a = interval_of(m.time_ns.value, ours), b = interval_of(m.time_ns.value, theirs);
  EXPECT_NEAR(a.low, b.low, 0.15 * (b.high - b.low));
  EXPECT_NEAR(a.high, b.high, 0.15 * (b.high - b.low));
}

/// Clocks in no order, and times that follow them with some noise of their own.
struct Clocked {
  std::vector<float> clock_mhz;
  std::vector<double> time_ns;
};
Clocked clocked(Random& random, std::size_t samples, double ns, double noise) {
  Clocked result;
  for (std::size_t i = 0; i < samples; ++i) {
    const double mhz = 1700 + 100 * random.uniform();
    result.clock_mhz.push_back(static_cast<float>(mhz));
    result.time_ns.push_back(ns * 1750 / mhz + noise * random.normal());
  }
  return result;
}

TEST(Bootstrap, OpsThatFollowTheClockErrTogether) {
  Random random(2);
  const Clocked first = clocked(random, 40, 1000, 0), second = clocked(random, 40, 500, 0);
  Card card;
  const Measurement& a = card.add(first.time_ns, first.clock_mhz);
  const Measurement& b = card.add(second.time_ns, second.clock_mhz);
  Bootstrap bootstrap(5);
  const Replicates of_a = bootstrap.step_ns(step_with({line(a)}));
  const Replicates of_b = bootstrap.step_ns(step_with({line(b)}));
  const Replicates of_both = bootstrap.step_ns(step_with({line(a), line(b, 3)}));
  EXPECT_GT(correlation(of_a, of_b), 0.85);
  const double sum = deviation(of_a) + 3 * deviation(of_b);
  EXPECT_NEAR(deviation(of_both), sum, 0.05 * sum);
}

TEST(Bootstrap, SharesTheClockBetweenOpsOfDifferentNumbersOfSamples) {
  Random random(2);
  const Clocked few = clocked(random, 30, 1000, 0), many = clocked(random, 60, 1000, 0);
  Card card;
  const Measurement& a = card.add(few.time_ns, few.clock_mhz);
  const Measurement& b = card.add(many.time_ns, many.clock_mhz);
  Bootstrap bootstrap(5);
  // The half of the rows that they share bounds the correlation by its root.
  EXPECT_NEAR(
      correlation(bootstrap.step_ns(step_with({line(a)})), bootstrap.step_ns(step_with({line(b)}))),
      std::sqrt(0.5), 0.15);
}

TEST(Bootstrap, WithoutClocksOpsShareTheTimeOfMeasurement) {
  std::vector<double> drifting, also_drifting, scattered;
  Random random(4);
  for (int i = 0; i < 40; ++i) {
    drifting.push_back(1000 + i);
    also_drifting.push_back(500 + 2 * i);
    scattered.push_back(1000 + 10 * random.normal());
  }
  Card card;
  const Measurement &a = card.add(drifting), &b = card.add(also_drifting), &c = card.add(scattered);
  Bootstrap bootstrap(5);
  const Replicates of_a = bootstrap.step_ns(step_with({line(a)}));
  EXPECT_GT(correlation(of_a, bootstrap.step_ns(step_with({line(b)}))), 0.99);
  EXPECT_NEAR(correlation(of_a, bootstrap.step_ns(step_with({line(c)}))), 0, 0.3);
}

TEST(Bootstrap, VariancesOfOpsThatDoNotFollowTheClockAdd) {
  Random random(6);
  // Of many ops, because the order of one pair of samples by clock and by time is never quite
  // unrelated.
  constexpr int kOps = 60;
  Card card;
  Bootstrap bootstrap(5);
  std::vector<OpLine> lines;
  double variances = 0;
  for (int i = 0; i < kOps; ++i) {
    Clocked op = clocked(random, 30, 0, 1);
    for (double& ns : op.time_ns) ns += 1000;
    lines.push_back(line(card.add(std::move(op.time_ns), std::move(op.clock_mhz))));
    const Replicates of_one = bootstrap.step_ns(step_with({lines.back()}));
    variances += covariance(of_one, of_one);
  }
  const Replicates of_all = bootstrap.step_ns(step_with(lines));
  EXPECT_NEAR(deviation(of_all), std::sqrt(variances), 0.25 * std::sqrt(variances));
}

TEST(Bootstrap, ASharedClockAgreesWithBruteForceOfRowsDrawnTogether) {
  Random random(8);
  Clocked first = clocked(random, 50, 1000, 8);
  std::vector<double> second;
  for (const float mhz : first.clock_mhz) second.push_back(5e5 / mhz + 2 * random.normal());
  Card card;
  const Measurement& a = card.add(first.time_ns, first.clock_mhz);
  const Measurement& b = card.add(second, first.clock_mhz);
  const Replicates ours = Bootstrap(5).step_ns(step_with({line(a), line(b)}));
  const Replicates theirs = brute_force({first.time_ns, second}, 4000);
  EXPECT_NEAR(deviation(ours), deviation(theirs), 0.1 * deviation(theirs));
}

TEST(Bootstrap, WithoutSamplesDrawsFromTheIntervalAroundTheValue) {
  Card card;
  const Measurement& summary = card.add({100, 100, 100});
  Measurement read_without = summary;
  read_without.samples = {};
  read_without.time_ns = {.value = 100, .low = 90, .high = 140};
  for (const OpLine& op : {line(read_without), line(read_without.time_ns, Origin::kInterpolated),
                           line(read_without.time_ns, Origin::kModelled),
                           line(read_without.time_ns, Origin::kImported)}) {
    Replicates replicates = Bootstrap(5).step_ns(step_with({op}));
    EXPECT_NEAR(median(replicates), 100, 2);
    const Estimate e = interval_of(100, replicates);
    EXPECT_NEAR(e.low, 90, 1);
    EXPECT_NEAR(e.high, 140, 6);  // 500 draws: the quantile strays by 2.4
  }
}

TEST(Bootstrap, ErrorsOfOneOriginAddLinearlyAndThoseOfTwoAreIndependent) {
  const Estimate wide{.value = 100, .low = 80, .high = 120};
  Bootstrap bootstrap(5);
  const Replicates one = bootstrap.step_ns(step_with({line(wide, Origin::kModelled)}));
  const Replicates three = bootstrap.step_ns(
      step_with({line(wide, Origin::kModelled), line(wide, Origin::kModelled, 2)}));
  EXPECT_NEAR(deviation(three), 3 * deviation(one), 1e-6);
  EXPECT_NE(bootstrap.step_ns(step_with({line(wide, Origin::kModelled)})),
            Bootstrap(6).step_ns(step_with({line(wide, Origin::kInterpolated)})));
  const Replicates other = bootstrap.step_ns(step_with({line(wide, Origin::kInterpolated)}));
  EXPECT_NEAR(correlation(one, other), 0, 0.1);
  // Interpolation errs in one way, whoever measured the neighbours.
  EXPECT_EQ(bootstrap.step_ns(step_with({line(wide, Origin::kInterpolatedImported)})), other);
}

TEST(Bootstrap, TheErrorOfAnEngineCancelsInARatioDownToWhatIsBetweenCards) {
  const EngineError error{.total = {0.8, 1.25}, .between_cards = {0.9, 1 / 0.9}};
  const Replicates ones(kReplicates, 1.0);
  const Replicates a = Bootstrap(1).with_error(ones, error),
                   b = Bootstrap(2).with_error(ones, error);
  Replicates ratios = a;
  for (std::size_t i = 0; i < ratios.size(); ++i) ratios[i] /= b[i];
  const Estimate alone = interval_of(1, a), ratio = interval_of(1, ratios);
  EXPECT_NEAR(alone.low, 0.8, 0.02);
  EXPECT_NEAR(alone.high, 1.25, 0.04);
  EXPECT_NEAR(ratio.low, 0.9, 0.01);
  EXPECT_NEAR(ratio.high, 1 / 0.9, 0.015);
  EXPECT_EQ(Bootstrap(1).with_error(ones, {}), ones);
}

TEST(Bootstrap, IsTheSameForASeedOnAnyMachine) {
  Card card;
  const Measurement& m = card.add({1, 2, 3, 4, 5, 6, 7, 8, 9});
  const EngineStep nine = step_with({line(m)});
  const Replicates replicates = Bootstrap(42).step_ns(nine);
  ASSERT_EQ(replicates.size(), kReplicates);
  EXPECT_EQ(Bootstrap(42).step_ns(nine), replicates);
  EXPECT_NE(Bootstrap(43).step_ns(nine), replicates);
  EXPECT_THAT(std::vector(replicates.begin(), replicates.begin() + 6),
              ElementsAre(5, 5, 6, 5, 3, 7));
}

TEST(Bootstrap, DoesNotDependOnTheOrderOfTheQuestions) {
  Random random(9);
  const auto normal = [](Random& r) { return 100 + r.normal(); };
  Card card;
  const Measurement &few = card.add(draws(random, 10, normal)),
                    &many = card.add(draws(random, 50, normal));
  Bootstrap first(1), second(1);
  const Replicates few_first = first.step_ns(step_with({line(few)}));
  const Replicates many_second = first.step_ns(step_with({line(many)}));
  EXPECT_EQ(second.step_ns(step_with({line(many)})), many_second);
  EXPECT_EQ(second.step_ns(step_with({line(few)})), few_first);
}

TEST(Bootstrap, OfOneSampleIsThatSample) {
  Card card;
  EXPECT_THAT(Bootstrap(1).step_ns(step_with({line(card.add({7}), 2)})), Each(14.0));
}

TEST(Replicates, BecomeRatesAndDollarsEntryByEntry) {
  const ServingPoint point{.input_tokens = 100, .output_tokens = 50, .batch = 4, .prompts = 2};
  const ServingEngine engine{.sequence_ns = 1e5};
  const auto exact = [](double ns) {
    return step_with({line({.value = ns, .low = ns, .high = ns}, Origin::kMeasured)});
  };
  const Replicates decode{1e6, 2e6}, prefill{5e6, 3e6};
  const Replicates rate = output_tokens_per_second(point, engine, decode, prefill);
  Bill bill;
  bill.rate.dollars_per_gpu_hour = 2.5;
  bill.num_gpus = 2;
  const Replicates dollars = dollars_per_million(bill, resampled(rate[0], rate), {}).replicates;
  ASSERT_EQ(rate.size(), 2U);
  for (std::size_t i = 0; i < rate.size(); ++i) {
    const EngineStep step = exact(decode[i]), prompts = exact(prefill[i]);
    const ServingRate expected = serving_rate(point, engine, {&step, &prompts, &prompts}, {});
    EXPECT_DOUBLE_EQ(rate[i], expected.output_tokens_per_second.value);
    EXPECT_DOUBLE_EQ(dollars[i], dollars_per_million(2.5, 2, rate[i]));
  }
}

TEST(IntervalOf, LeavesOutTheSameShareAtBothEnds) {
  std::vector<double> values;
  for (int i = 1000; i >= 1; --i) values.push_back(i);
  const Estimate e = interval_of(500, values);
  EXPECT_EQ(e.value, 500);
  EXPECT_EQ(e.low, 50);
  EXPECT_EQ(e.high, 951);
  EXPECT_EQ(interval_of(500, values, 0.5).low, 251);
  EXPECT_EQ(interval_of(10, values).low, 10);
  EXPECT_EQ(interval_of(2, std::vector{1.0, 2.0, 3.0, 4.0}, 0).low, 2);
  EXPECT_EQ(interval_of(1, std::vector{2.0}).high, 2);
}

}  // namespace
}  // namespace gpugauge
