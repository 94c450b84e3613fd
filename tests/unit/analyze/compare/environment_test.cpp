#include "harness/analyze/compare/environment.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

Record a_record() {
  Record record = fake::record({fake::measurement(fake::memory(MemoryPattern::kRead), 100)});
  record.device.uuid = "GPU-1";
  record.device.driver_version = "550";
  record.device.power_limit_w = 700;
  record.measurements[0].clock_mhz = 1755;
  record.provenance.libraries = {{"cublaslt", "13.0"}};
  return record;
}

class Environment : public testing::Test {
 protected:
  Record base = a_record(), other = a_record();

  std::vector<Circumstance> found() const {
    Side a, b;
    a.records = {&base};
    b.records = {&other};
    std::vector<Circumstance> all;
    for (const auto& difference : environment_differences(a, b)) {
      EXPECT_FALSE(advice_on(difference.circumstance).empty());
      // That each side is a single run is said of every pair here.
      if (difference.circumstance != Circumstance::kOneRun) all.push_back(difference.circumstance);
    }
    return all;
  }
  CardRelation relation() const {
    Side a, b;
    a.records = {&base};
    b.records = {&other};
    return relation_of(a, b);
  }
};

TEST_F(Environment, NothingDiffersBetweenTwins) {
  EXPECT_TRUE(found().empty());
  EXPECT_EQ(relation(), CardRelation::kSameCard);
}

TEST_F(Environment, TellsCardsApart) {
  other.device.uuid = "GPU-2";
  EXPECT_EQ(relation(), CardRelation::kOtherOfModel);
  other.device.uuid.reset();
  EXPECT_EQ(relation(), CardRelation::kSameModel);
  other.device.name = "Fake L4";
  EXPECT_EQ(relation(), CardRelation::kDifferent);
}

TEST_F(Environment, ListsEveryDifferenceInOrder) {
  other.device.driver_version = "580";
  other.device.ecc_enabled = false;
  other.device.power_limit_w = 500;
  other.measurements[0].clock_mhz = 1600;
  other.measurements[0].flags = {Flag::kPowerCapped};
  other.provenance.libraries = {{"cublaslt", "13.1"}};
  other.provenance.gpugauge_version = "9";
  other.provenance.git_dirty = true;
  other.provenance.suite_sha256 = "abc";
  EXPECT_EQ(found(),
            (std::vector{Circumstance::kDriver, Circumstance::kLibrary, Circumstance::kEcc,
                         Circumstance::kPowerLimit, Circumstance::kClock, Circumstance::kThrottled,
                         Circumstance::kVersion, Circumstance::kDirty, Circumstance::kSuite}));
}

TEST_F(Environment, ErrorsOfTheCardInOneRunAreListedAndFilesThatDoNotKnowAreNoNews) {
  other.provenance.sessions.resize(1);
  Session& session = other.provenance.sessions[0];
  session.health_before = session.health_after =
      CardHealth{.uncorrected_errors = 1, .xids = std::vector<int>()};
  EXPECT_TRUE(found().empty());
  session.health_after->xids = {79};
  EXPECT_EQ(found(), std::vector{Circumstance::kCardErrors});
}

TEST_F(Environment, WhatBelongsToTheCardIsNoNewsOfAnotherCard) {
  other.device.name = "Fake L4";
  other.device.power_limit_w = 72;
  other.measurements[0].clock_mhz = 2000;
  EXPECT_TRUE(found().empty());
}

}  // namespace
}  // namespace gpugauge
