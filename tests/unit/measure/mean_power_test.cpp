#include "harness/measure/mean_power.hpp"

#include <gtest/gtest.h>

#include <cmath>

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
    if (now - read_at >= 0.02) read = card(read_at = now);  // as a device keeps it
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

/// A busy machine may hold the process up within a sample, before or after it asks the device.
TEST(MeanPower, AReadingMayBeOfAnyTimeOfItsSample) {
  for (const double held_at : {0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4}) {
    for (const double share : {0.0, 1.0}) {
      MeanPower power;
      double now = 0;
      while (now < 0.6) {
        const double end = now + (now >= held_at && now < held_at + 0.002 ? 0.12 : 0.002);
        power.add(now, end, of_card(now + share * (end - now)));
        now = end;
      }
      EXPECT_NEAR(power.watts().value_or(kBusyW), kBusyW, 0.1 * kBusyW) << held_at;
    }
  }
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
    t.instant_power_w = now < 0.09 ? kIdleW : kBusyW;
    return t;
  };
  EXPECT_EQ(asked(0.3, 0.01, card).watts(), kBusyW);
  EXPECT_FALSE(asked(0.08, 0.01, card).watts().has_value());
}

}  // namespace
}  // namespace gpugauge
