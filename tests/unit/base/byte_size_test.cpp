#include "harness/base/byte_size.hpp"

#include <gtest/gtest.h>

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

TEST(ByteSize, ReadsBackWhatItWrites) {
  EXPECT_EQ(parse_bytes("1536MiB"), 3 * kGiB / 2);
  for (const char* const wrong : {"", "MiB", "1", "1GB", "-1KiB", "1.5GiB", "99999999TiB"})
    EXPECT_EQ(parse_bytes(wrong), std::nullopt) << wrong;
}

}  // namespace
}  // namespace gpugauge
