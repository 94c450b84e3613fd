#include "kernels/ops/memory_stream.hpp"

#include "tests/unit/kernels/gib.hpp"
#include "tests/unit/kernels/ops/op_name.hpp"

namespace gpugauge {
namespace {

TEST(WorkOfMemory, EveryPatternOfOneSizeMovesTheSameBytes) {
  for (MemoryPattern pattern :
       {MemoryPattern::kRead, MemoryPattern::kWrite, MemoryPattern::kCopy, MemoryPattern::kScale}) {
    EXPECT_DOUBLE_EQ(work_of(MemoryStream{pattern, kGiB}).bytes, 1073741824.0);
  }
  // A third of a GiB is 357913941 bytes, of which 87381 whole pages.
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, kGiB}).bytes, 3 * 87381 * 4096.0);
}

TEST(WorkOfMemory, TriadIsTwoOperationsAnElementAndCopyNone) {
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kTriad, 3 * 4096}).flops, 2 * 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kAdd, 3 * 4096}).flops, 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kScale, 2 * 4096}).flops, 1024.0);
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kCopy, 2 * 4096}).flops, 0.0);
}

TEST(WorkOfMemory, ReadCountsNoFloatingPointOperations) {
  EXPECT_DOUBLE_EQ(work_of(MemoryStream{MemoryPattern::kRead, kGiB}).flops, 0.0);
}

TEST(ArrayBytes, IsTheShareDownToAWholePage) {
  EXPECT_EQ(array_bytes({MemoryPattern::kRead, 4096 + 4095}), 4096);
  EXPECT_EQ(array_bytes({MemoryPattern::kCopy, 4 * 4096}), 2 * 4096);
  EXPECT_EQ(array_bytes({MemoryPattern::kTriad, 3 * 4096 - 1}), 0);
}

TEST(MemoryCase, IsNamed) {
  test::expect_named(MemoryStream{MemoryPattern::kTriad, kGiB}, "memory/triad/1GiB");
}

}  // namespace
}  // namespace gpugauge
