#include "tests/simt/simt.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/memory/memory.cu"
#include "tests/unit/simt/memory/memory_arrays.hpp"

namespace gpugauge {
namespace {

void check(MemoryPattern pattern, std::int64_t pages, int blocks) {
  SCOPED_TRACE(testing::Message() << name_of(pattern) << " of " << pages << " pages by " << blocks
                                  << " blocks");
  const HostArrays arrays(pages);
  const auto found = arrays.run(pattern, blocks, [&](const StreamArrays& device) {
    launch_stream(Stream{}, pattern, device, pages, blocks);
  });
  arrays.expect_correct(pattern, found);
}

TEST(SimtMemory, StreamsEveryPageOnceWhateverTheGrid) {
  for (MemoryPattern pattern : kEveryPattern) {
    check(pattern, 1, 1);
    check(pattern, 15, 1);   // a tile of each width
    check(pattern, 16, 2);   // whole waves alone
    check(pattern, 37, 3);   // each width and a part of a wave
    check(pattern, 13, 13);  // a page a block
    check(pattern, 3, 5);    // blocks without a page
  }
}

TEST(SimtMemory, OneBlockATileTakesWhatIsLeftOver) {
  for (MemoryPattern pattern : kEveryPattern) {
    const int tile = stream_grid::tile_pages(pattern);
    check(pattern, 2 * tile + 3, stream_grid::tile_blocks(2 * tile + 3, tile));
  }
}

TEST(SimtMemory, IsTheSameInEverySchedule) {
  for (MemoryPattern pattern : kEveryPattern) {
    const HostArrays arrays(5);
    arrays.expect_correct(pattern, simt::in_all_schedules([&] {
                            return arrays.run(pattern, 2, [&](const StreamArrays& device) {
                              launch_stream(Stream{}, pattern, device, 5, 2);
                            });
                          }));
  }
}

TEST(SimtMemory, TheSumCountsEveryWord) {
  HostArrays arrays(3);
  for (std::size_t i = 0; i < arrays.b.size(); ++i) {
    arrays.b[i] = std::bit_cast<float>(static_cast<std::uint32_t>(i * 2654435761U));
  }
  arrays.expect_correct(MemoryPattern::kRead,
                        arrays.run(MemoryPattern::kRead, 2, [&](const StreamArrays& device) {
                          launch_stream(Stream{}, MemoryPattern::kRead, device, 3, 2);
                        }));
}

}  // namespace
}  // namespace gpugauge
