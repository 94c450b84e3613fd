#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(MemoryFamily, IsEveryPatternOfEverySize) {
  EXPECT_THAT(ops_of("family: memory, patterns: [read, triad], sizes: [256MiB, 4GiB]"),
              ElementsAre("memory/read/256MiB", "memory/triad/256MiB", "memory/read/4GiB",
                          "memory/triad/4GiB"));
}

TEST(MemoryFamily, RefusesWrongKeys) {
  const std::string start = "family: memory, ";
  EXPECT_THAT(error_of_entry(start + "pattern: [read], sizes: [1GiB]"),
              HasSubstr("unknown key 'pattern', expected patterns; did you mean 'patterns'?"));
  EXPECT_THAT(error_of_entry(start + "patterns: [read], sizes: [1GB]"),
              HasSubstr("'entries[0].sizes[0]' is '1GB', expected a size like 256MiB, from 16KiB "
                        "to 1TiB"));
  EXPECT_THAT(error_of_entry(start + "patterns: [read], sizes: [1GiB, 1024MiB]"),
              HasSubstr("'entries[0].sizes[1]' is '1024MiB' again, expected distinct values"));
  EXPECT_THAT(error_of_entry(start + "patterns: [read], sizes: [1GiB], dtypes: [fp32]"),
              HasSubstr("unknown key 'dtypes', expected one of family, backend, implementations, "
                        "cache, data, sampling, pace, patterns, sizes"));
}

}  // namespace
}  // namespace gpugauge::test
