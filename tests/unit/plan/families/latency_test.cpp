#include <fmt/format.h>

#include "tests/unit/plan/families/entry.hpp"

namespace gpugauge::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(LatencyFamily, HasASizeWhereItChasesPointers) {
  EXPECT_THAT(ops_of("family: latency, operations: [pointer_chase, pointer_chase_far, graph_node], "
                     "count: 100, sizes: [16KiB, 1MiB]"),
              ElementsAre("latency/pointer_chase/16KiB/x:100", "latency/pointer_chase/1MiB/x:100",
                          "latency/pointer_chase_far/16KiB/x:100",
                          "latency/pointer_chase_far/1MiB/x:100", "latency/graph_node/x:100"));
  EXPECT_THAT(ops_of("family: latency, operations: [kernel_launch], count: 10"),
              ElementsAre("latency/kernel_launch/x:10"));
}

TEST(LatencyFamily, RefusesWrongKeys) {
  for (const char* const chase : {"pointer_chase", "pointer_chase_far"}) {
    EXPECT_THAT(error_of_entry(fmt::format("family: latency, operations: [{}], count: 10", chase)),
                HasSubstr("'entries[0].sizes' is missing"));
  }
  EXPECT_THAT(
      error_of_entry("family: latency, operations: [kernel_launch], count: 10, sizes: [1MiB]"),
      HasSubstr("unknown key 'sizes', expected one of family, backend, implementations, cache, "
                "data, sampling, pace, operations, count"));
}

}  // namespace
}  // namespace gpugauge::test
