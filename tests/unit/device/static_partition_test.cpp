#include "harness/device/static_partition.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(StaticPart, CoversEverythingOnceAndEvenly) {
  for (std::int64_t count : {0, 1, 2, 7, 64, 1001}) {
    for (int parts : {1, 2, 3, 64}) {
      std::int64_t next = 0;
      for (int part = 0; part < parts; ++part) {
        const Part p = static_part(count, part, parts);
        EXPECT_EQ(p.begin, next);
        EXPECT_GE(p.size(), count / parts);
        EXPECT_LE(p.size(), count / parts + 1);
        next = p.end;
      }
      EXPECT_EQ(next, count);
    }
  }
}

}  // namespace
}  // namespace gpugauge
