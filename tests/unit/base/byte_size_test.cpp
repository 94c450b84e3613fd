#include "harness/base/byte_size.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gpugauge {
namespace {

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

TEST(ByteSize, UsesTheLargestUnitThatDivides) {
  EXPECT_EQ(format_bytes_exact(0), "0B");
  EXPECT_EQ(format_bytes_exact(1023), "1023B");
  EXPECT_EQ(format_bytes_exact(4096), "4KiB");
  EXPECT_EQ(format_bytes_exact(96 << 20), "96MiB");
  EXPECT_EQ(format_bytes_exact(3 * kGiB / 2), "1536MiB");
  EXPECT_EQ(format_bytes_exact(kGiB * 1024), "1TiB");
}

TEST(ByteSize, IsSaidInTheUnitThatShowsIt) {
  EXPECT_EQ(format_bytes(0), "0 B");
  EXPECT_EQ(format_bytes(512), "512 B");
  EXPECT_EQ(format_bytes(1536.0 * 1024), "1.5 MiB");
  EXPECT_EQ(format_bytes(80.0 * kGiB), "80 GiB");
  EXPECT_EQ(format_bytes(9.75 * kGiB), "9.75 GiB");
  EXPECT_EQ(format_bytes(std::numeric_limits<double>::quiet_NaN()), "n/a");
}

TEST(ByteSize, ReadsBackWhatItWrites) {
  EXPECT_EQ(parse_bytes("1536MiB"), 3 * kGiB / 2);
  for (const char* const wrong : {"", "MiB", "1", "1GB", "-1KiB", "1.5GiB", "99999999TiB"})
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace gpugauge
