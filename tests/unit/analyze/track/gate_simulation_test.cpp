#include "harness/analyze/track/gate_simulation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "harness/analyze/stats/robust.hpp"

namespace gpugauge {
namespace {

std::vector<Night> nights_of(const GateScenario& scenario, double scatter) {
  std::seed_seq seed{1};
  SyntheticNights source(scenario, scatter, 5, seed);
  std::vector<Night> nights;
  for (std::size_t i = 0; i < scenario.nights; ++i) nights.push_back(source.next());
  return nights;
}

double standard_deviation(const std::vector<Night>& nights) {
  double sum = 0, squares = 0;
  for (const Night& night : nights) {
    sum += night.y;
    squares += night.y * night.y;
  }
  const auto n = static_cast<double>(nights.size());
  return std::sqrt(squares / n - sum * sum / n / n);
}

TEST(SyntheticNights, ScatterAsAsked) {
  EXPECT_NEAR(standard_deviation(nights_of({.name = "", .nights = 5000}, 0.003)), 0.003, 0.0001);
  EXPECT_NEAR(
      standard_deviation(nights_of({.name = "", .correlation = 0.6, .nights = 20000}, 0.003)),
      0.003, 0.0002);
}

TEST(SyntheticNights, ARerunSharesTheNight) {
  std::seed_seq seed{2};
  const GateScenario nothing{.name = ""};
  SyntheticNights source(nothing, 1.0, 5, seed);
  double product = 0, square = 0;
  for (int i = 0; i < 5000; ++i) {
    const double first = source.next().y, again = source.rerun().y;
    product += first * again;
    square += first * first;
  }
  EXPECT_NEAR(product / square, 0.5, 0.05);
}

TEST(SyntheticNights, PlantWhatTheScenarioSays) {
  const GateScenario shift{.name = "", .shift = 0.05};
  std::seed_seq seed{3};
  SyntheticNights source(shift, 1e-9, 5, seed);
  for (std::size_t i = 0; i < shift.nights; ++i)
    EXPECT_NEAR(source.next().y, i < source.event() ? 0 : std::log(1.05), 1e-6);
  std::size_t throttled = 0;
  for (const Night& night : nights_of({.name = "", .throttled_share = 0.1, .nights = 2000}, 1e-9)) {
    const bool is_seen = !night.quarantine.empty() || *night.clock_mhz_median < 1700;
    EXPECT_EQ(is_seen, night.y > 0.04);
    throttled += is_seen ? 1 : 0;
  }
  EXPECT_NEAR(static_cast<double>(throttled), 200, 50);
}

TEST(SimulateGate, IsTheSameForAnyNumberOfThreads) {
  const std::vector<GateScenario> scenarios{{.name = "shift", .shift = 0.01},
                                            {.name = "wild", .scatter_factor = 5}};
  const auto one = simulate_gate(scenarios, {}, {.series = 8, .seed = 5, .threads = 1});
  const auto three = simulate_gate(scenarios, {}, {.series = 8, .seed = 5, .threads = 3});
  const auto other = simulate_gate(scenarios, {}, {.series = 8, .seed = 6, .threads = 1});
  for (std::size_t i = 0; i < scenarios.size(); ++i) {
    EXPECT_EQ(one[i].judged_nights, three[i].judged_nights);
    EXPECT_EQ(one[i].false_alarms, three[i].false_alarms);
    EXPECT_EQ(one[i].nights_to_alarm, three[i].nights_to_alarm);
  }
  EXPECT_NE(one[0].nights_to_alarm, other[0].nights_to_alarm);
}

TEST(SimulateGate, AGateThatIsTooEagerOrTooSleepyMissesItsGoals) {
  const std::vector<GateScenario> scenarios{
      {.name = "nothing", .nights = 80},
      {.name = "5%", .shift = 0.05, .nights = 90, .least_recall_in_week = 1.0}};
  const SimulationOptions options{.series = 20, .seed = 3, .threads = 2};
  const auto good = simulate_gate(scenarios, {}, options);
  EXPECT_TRUE(good[0].meets_goals());
  EXPECT_TRUE(good[1].meets_goals());
  const auto eager =
      simulate_gate(scenarios, {.candidate_sigmas = 0.5, .seen_sigmas = -9}, options);
  EXPECT_FALSE(eager[0].meets_goals());
  const auto sleepy = simulate_gate(scenarios, {.delta = 0.2}, options);
  EXPECT_EQ(sleepy[1].recall().value, 0);
  EXPECT_FALSE(sleepy[1].meets_goals());
}

TEST(ScenarioResult, CountsWhatWasCaughtByWhen) {
  ScenarioResult result;
  result.series = 10;
  result.nights_to_alarm = {1, 3, 7, 8};
  result.judged_nights = 1000;
  result.false_alarms = 2;
  EXPECT_DOUBLE_EQ(result.recall(1).value, 0.1);
  EXPECT_DOUBLE_EQ(result.recall(7).value, 0.3);
  EXPECT_DOUBLE_EQ(result.recall().value, 0.4);
  EXPECT_DOUBLE_EQ(result.false_alarm_rate().value, 0.002);
  EXPECT_FALSE(result.meets_goals());
}

}  // namespace
}  // namespace gpugauge
