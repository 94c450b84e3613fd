#include "harness/record/health.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

CardHealth with(std::uint64_t uncorrected) { return {.uncorrected_errors = uncorrected}; }

Session session(std::optional<CardHealth> before, std::optional<CardHealth> after) {
  return {.started_utc = {},
          .ended_utc = {},
          .argv = {},
          .health_before = before,
          .health_after = after};
}

TEST(CardErrors, OfARecordAreThoseOfItsSessionsAndNotOfThePauses) {
  Record record;
  EXPECT_FALSE(card_errors(record).uncorrected.has_value());
  record.provenance.sessions = {session(with(1), with(2)), session(with(7), with(10))};
  EXPECT_EQ(card_errors(record).uncorrected, 4U);
}

TEST(CardErrors, OfASessionThatWasKilledAreUnknown) {
  Record record;
  record.provenance.sessions = {session(with(1), std::nullopt)};
  EXPECT_FALSE(card_errors(record).uncorrected.has_value());
  record.provenance.sessions.push_back(session(with(5), with(5)));
  EXPECT_EQ(card_errors(record).uncorrected, 0U);
}

TEST(LastHealth, IsTheNewestThatIsKnown) {
  Record record;
  EXPECT_FALSE(last_health(record).uncorrected_errors.has_value());
  record.provenance.sessions = {session(with(1), with(2)), session(with(3), std::nullopt),
                                session(std::nullopt, std::nullopt)};
  EXPECT_EQ(last_health(record).uncorrected_errors, 3U);
  record.provenance.sessions[1].health_after = with(4);
  EXPECT_EQ(last_health(record).uncorrected_errors, 4U);
}

}  // namespace
}  // namespace gpugauge
