#include "harness/measure/mean_power.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "harness/device/telemetry_age.hpp"

namespace gpugauge {
namespace {

constexpr double kIdleW = 70, kBusyW = 560;

/// A card that was idle until it is asked at time 0, and has been busy since. Like a real one it
/// tells the mean of the last second, and moves its energy counter ten times a second.
Telemetry of_card(double now) {
  constexpr double kStep = 0.1;
  const double phase = 0.03, at_step = std::floor((now + phase) / kStep) * kStep - phase;
  Telemetry t;
  t.power_w = kIdleW + (kBusyW - kIdleW) * std::min(now, 1.0);
  t.energy_j = 1e9 + kIdleW * at_step + (kBusyW - kIdleW) * std::max(0.0, at_step);
  return t;
}

/// Asked every `every` seconds from 0 to `until`.
MeanPower asked(double until, double every, Telemetry (*card)(double)) {
  MeanPower power;
  Telemetry read;
  double read_at = -1;
  for (double now = 0; now <= until; now += every) {
    if (now - read_at >= kOldestTelemetrySeconds)
      read = card(read_at = now);  // as a device keeps it
    power.add(now, now + every, read);
  }
  return power;
}

TEST(MeanPower, IsThatOfTheLoopAndNotOfTheSecondBefore) {
  // 0.4 s, as a case of a quick suite: the readings say 320 W at their end.
  const auto watts = asked(0.4, 0.002, of_card).watts();
  ASSERT_TRUE(watts.has_value());
  EXPECT_NEAR(*watts, kBusyW, 0.1 * kBusyW);
}

/// A busy machine may hold the process up anywhere: before the device is asked, between the note of
/// the time and the reading, after it, and between samples.
TEST(MeanPower, IsWithinItsDoubtWhereverTheProcessIsHeldUp) {
  constexpr int kRounds = 2000;
  std::minstd_rand random(1);
  const auto held_up = [&] {
    return random() % 97 == 0 ? 1e-3 * static_cast<double>(random() % 150) : 0.0;
  };
  int known = 0;
  for (int round = 0; round < kRounds; ++round) {
    MeanPower power;
    Telemetry read;
    double now = 0, read_at = -1;
    while (now < 0.9) {
      const double begin = now;
      now += held_up();
      if (now - read_at >= kOldestTelemetrySeconds) {
        read_at = now;
        now += held_up();
        read = of_card(now);
      }
      now += 0.002 + held_up();
      power.add(begin, now, read);
      now += held_up();
    }
    if (!power.watts()) continue;
    ++known;
    EXPECT_GT(*power.watts(), kBusyW / 1.1) << round;
    EXPECT_LT(*power.watts(), kBusyW / 0.9) << round;
  }
  EXPECT_GT(known, 0.9 * kRounds);
}

TEST(MeanPower, IsUnknownWhereTheLoopWasTooShort) {
  EXPECT_FALSE(asked(0.1, 0.002, of_card).watts().has_value());
  EXPECT_FALSE(asked(0.2, 0.002, of_card).watts().has_value());  // two steps, seen 20 ms late
  EXPECT_FALSE(MeanPower().watts().has_value());
}

TEST(MeanPower, ReadingsOfTheLastSecondAreNoSubstitute) {
  const auto card = [](double now) {
    Telemetry t = of_card(now);
    t.energy_j.reset();
    return t;
  };
  EXPECT_FALSE(asked(5, 0.002, card).watts().has_value());
}

TEST(MeanPower, ReadingsWithoutDelayAreButForThoseOfTheBeginning) {
  const auto card = [](double now) {
    Telemetry t;
    t.instant_power_w = kIdleW + (kBusyW - kIdleW) * std::min(now / 0.1, 1.0);
    return t;
  };
  // Every 15 ms, so that what is read at 0.09 s is also what the sample at 0.105 s has.
  EXPECT_EQ(asked(0.3, 0.015, card).watts(), kBusyW);
  EXPECT_FALSE(asked(0.1, 0.015, card).watts().has_value());
}

}  // namespace
}  // namespace gpugauge
