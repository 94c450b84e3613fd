#include "kernels/ops/all_reduce.hpp"

#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfAllReduce, CountsWhatCrossesTheLinkOfACard) {
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 2, .bytes = 1000}).bytes, 1000);
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 8, .bytes = 1000}).bytes, 1750);
  EXPECT_DOUBLE_EQ(work_of(AllReduce{.cards = 8, .bytes = 1000}).flops, 0);
}

TEST(AllReduceCase, IsNamed) {
  test::expect_named(AllReduce{.cards = 8, .bytes = 1 << 20}, "all_reduce/cards:8/1MiB");
}

}  // namespace
}  // namespace gpugauge
