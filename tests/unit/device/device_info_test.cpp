#include "harness/device/device_info.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(SlugOf, IsLowerCaseWithSingleDashes) {
  EXPECT_EQ(slug_of("NVIDIA H100 80GB HBM3"), "nvidia-h100-80gb-hbm3");
  EXPECT_EQ(slug_of("Intel(R) Xeon(R) Processor"), "intel-r-xeon-r-processor");
  EXPECT_EQ(slug_of("  --x-- "), "x");
}

TEST(SlugOf, IsNeverEmpty) {
  EXPECT_EQ(slug_of(""), "unknown");
  EXPECT_EQ(slug_of("///"), "unknown");
}

TEST(DeviceInfo, KnowsItsFeatures) {
  DeviceInfo info;
  info.features = {"avx2", "avx512f"};
  EXPECT_TRUE(info.has_feature("avx512f"));
  EXPECT_FALSE(info.has_feature("avx512"));
}

}  // namespace
}  // namespace gpugauge
