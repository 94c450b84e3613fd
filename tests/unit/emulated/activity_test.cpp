#include "tests/emulated/activity.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gpugauge::emulated {
namespace {

void spin(double seconds) {
  const double begin = emulated_seconds_alive();
  while (emulated_seconds_alive() < begin + seconds) {
  }
}

TEST(Activity, OfATimeThatHasPassedIsTheSameWheneverItIsAsked) {
  struct Answer {
    double end, work;
  };
  std::vector<Answer> answers;
  const auto ask = [&] {
    const double end = emulated_seconds_alive();
    answers.push_back({end, emulated_seconds_of_work(0, 0, end)});
  };
  for (int i = 0; i < 100; ++i) {
    {
      const Working working(0);
      ask();
      spin(1e-5);
      ask();
    }
    for (const double pause : {0.0, i * 5e-7}) {
      spin(pause);
      ask();
    }
  }
  for (const Answer& then : answers)
    EXPECT_NEAR(emulated_seconds_of_work(0, 0, then.end), then.work, 1e-12) << then.end;
  const auto& [end, work] = answers.back();
  EXPECT_GT(work, 100 * 1e-5);
  EXPECT_LE(work, end);
}

TEST(Activity, NestedWorkCountsOnce) {
  const double begin = emulated_seconds_alive();
  {
    const Working outer(1);
    const Working inner(1);
    spin(1e-3);
  }
  const double end = emulated_seconds_alive();
  const double work = emulated_seconds_of_work(1, begin, end);
  EXPECT_GE(work, 1e-3);
  EXPECT_LE(work, end - begin);
  EXPECT_EQ(emulated_seconds_of_work(1, 0, begin), 0);
  EXPECT_EQ(emulated_seconds_of_work(2, 0, end), 0);
}

}  // namespace
}  // namespace gpugauge::emulated
