#include "harness/base/case_options.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(CaseOptions, NamesReadBack) {
  for (CacheState cache : {CacheState::kCold, CacheState::kHot}) {
    EXPECT_EQ(cache_state_from_name(name_of(cache)), cache);
  }
  for (Distribution data : {Distribution::kNormal, Distribution::kUniform, Distribution::kZeros,
                            Distribution::kSmallIntegers}) {
    EXPECT_EQ(distribution_from_name(name_of(data)), data);
  }
  EXPECT_EQ(name_of(Distribution::kSmallIntegers), "small_integers");
  EXPECT_EQ(cache_state_from_name("warm"), std::nullopt);
  EXPECT_EQ(distribution_from_name("gauss"), std::nullopt);
}

TEST(CaseOptions, AreColdAndNormalUnlessSaid) {
  EXPECT_EQ(CaseOptions{}.cache, CacheState::kCold);
  EXPECT_EQ(CaseOptions{}.data, Distribution::kNormal);
}

}  // namespace
}  // namespace gpugauge
