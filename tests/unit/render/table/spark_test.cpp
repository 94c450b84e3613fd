#include "harness/render/table/spark.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace gpugauge {
namespace {

TEST(SparkLine, SpansItsValues) {
  EXPECT_EQ(spark_line(std::vector{1.0, 2.0, 3.0, 8.0}, 0), "▁▂▃█");
  EXPECT_EQ(spark_line(std::vector<double>{}, 0), "");
}

TEST(SparkLine, NoiseBelowTheRangeStaysLow) {
  EXPECT_EQ(spark_line(std::vector{5.0, 5.0}, 0), "▁▁");
  EXPECT_EQ(spark_line(std::vector{5.0, 5.1}, 0), "▁█");
  EXPECT_EQ(spark_line(std::vector{5.0, 5.1}, 1), "▁▁");
}

}  // namespace
}  // namespace gpugauge
