#include "tests/simt/simt.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/memory/memory_bulk_sm90a.cu"
#include "tests/unit/simt/memory/memory_arrays.hpp"

namespace gpugauge {
namespace {

void check(MemoryPattern pattern, std::int64_t pages, int blocks) {
  SCOPED_TRACE(testing::Message() << name_of(pattern) << " of " << pages << " pages by " << blocks
                                  << " blocks");
  const HostArrays arrays(pages);
  arrays.expect_correct(pattern, arrays.run(pattern, blocks, [&](const StreamArrays& device) {
    launch_bulk(Stream{}, pattern, device, pages * bulk_ring::kPageBytes, blocks);
  }));
}

TEST(SimtMemoryBulk, StreamsEveryPageOnce) {
  for (MemoryPattern pattern : kEveryPattern) {
    check(pattern, 1, 1);
    check(pattern, 7, 3);   // a page a piece, and not the same number of them for every block
    check(pattern, 19, 1);  // large pieces, the last of which is a part of one
  }
}

TEST(SimtMemoryBulk, GoesAroundTheRingMoreThanTwice) {
  for (MemoryPattern pattern : kEveryPattern) {
    const int pages_of_stage = bulk_ring::kStageBytes / bulk_ring::kPageBytes;
    check(pattern, (2 * bulk_ring::kStages + 3) * pages_of_stage + 1, 1);
  }
}

TEST(SimtMemoryBulk, IsTheSameInEverySchedule) {
  for (MemoryPattern pattern : kEveryPattern) {
    const std::int64_t pages = 2 * bulk_ring::kStages * 2 + 5;
    const HostArrays arrays(pages);
    arrays.expect_correct(pattern, simt::in_all_schedules([&] {
                            return arrays.run(pattern, 2, [&](const StreamArrays& device) {
                              launch_bulk(Stream{}, pattern, device, pages * bulk_ring::kPageBytes,
                                          2);
                            });
                          }));
  }
}

}  // namespace
}  // namespace gpugauge
