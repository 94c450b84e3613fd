#include "harness/record/run_id.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace gpugauge {
namespace {

using testing::MatchesRegex;

TEST(NewRunId, IsARandomUuidEachTime) {
  const std::string id = new_run_id();
  EXPECT_THAT(id, MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-"
                               "[0-9a-f]{12}"));
  EXPECT_NE(new_run_id(), id);
}

TEST(UtcNow, IsIso8601InSeconds) {
  EXPECT_THAT(utc_now(),
              MatchesRegex("20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]Z"));
}

}  // namespace
}  // namespace gpugauge
