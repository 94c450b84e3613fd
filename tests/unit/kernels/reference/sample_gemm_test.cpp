#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

TEST(SampleGemm, TakesEverythingOfASmallMatrix) {
  const GemmSample sample = sample_gemm(3, 5, 1);
  EXPECT_THAT(sample.rows, ElementsAre(0, 1, 2));
  EXPECT_THAT(sample.columns, ElementsAre(0, 1, 2, 3, 4));
  EXPECT_EQ(sample_gemm(6, 256, 1).rows.size(), 6U);
  EXPECT_EQ(sample_gemm(6, 256, 1).columns.size(), 256U);
}

TEST(SampleGemm, TakesTheEdgesAndSomeBetweenOfALargeOne) {
  const GemmSample sample = sample_gemm(4096, 28672, 1);
  EXPECT_EQ(sample.rows.size(), 6U);
  EXPECT_EQ(sample.rows.front(), 0);
  EXPECT_EQ(sample.rows.back(), 4095);
  ASSERT_EQ(sample.columns.size(), 256U);
  for (std::size_t i = 0; i < 32; ++i) {
    EXPECT_EQ(sample.columns[i], static_cast<std::int64_t>(i));
    EXPECT_EQ(sample.columns[255 - i], static_cast<std::int64_t>(28671 - i));
  }
  EXPECT_TRUE(std::is_sorted(sample.columns.begin(), sample.columns.end()));
  EXPECT_EQ(std::set(sample.columns.begin(), sample.columns.end()).size(), 256U);
}

TEST(SampleGemm, DependsOnTheSeed) {
  EXPECT_EQ(sample_gemm(100, 9999, 1).columns, sample_gemm(100, 9999, 1).columns);
  EXPECT_NE(sample_gemm(100, 9999, 1).columns, sample_gemm(100, 9999, 2).columns);
  EXPECT_NE(sample_gemm(100, 9999, 1).rows, sample_gemm(100, 9999, 2).rows);
}

}  // namespace
}  // namespace gpugauge
