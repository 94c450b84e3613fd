#include "kernels/cuda/machine/xor_swizzle.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <vector>

#include "kernels/cuda/gemm/gemm_mma_tiles.hpp"

namespace gpugauge {
namespace {

constexpr int kLineBytes = 128;  // 32 banks of 4 bytes

/// Passes that shared memory takes for 16-byte accesses at these offsets: eight lanes at a time,
/// and as many for them as the busiest bank has different words.
int passes(const std::vector<int>& offsets) {
  constexpr std::size_t kTogether = kLineBytes / xor_swizzle::kChunkBytes;
  int all = 0;
  for (std::size_t first = 0; first < offsets.size(); first += kTogether) {
    std::map<int, std::set<int>> words_of_bank;
    for (std::size_t lane = first; lane < first + kTogether; ++lane) {
      for (int byte = 0; byte < xor_swizzle::kChunkBytes; byte += 4) {
        const int word = (offsets[lane] + byte) / 4;
        words_of_bank[word % 32].insert(word);
      }
    }
    std::size_t busiest = 0;
    for (const auto& [bank, words] : words_of_bank) busiest = std::max(busiest, words.size());
    all += static_cast<int>(busiest);
  }
  return all;
}

template <typename OffsetOfLane>
int passes_of_warp(OffsetOfLane offset_of_lane) {
  std::vector<int> offsets;
  for (int lane = 0; lane < 32; ++lane) offsets.push_back(offset_of_lane(lane));
  return passes(offsets);
}

constexpr int kFewest = 32 * xor_swizzle::kChunkBytes / kLineBytes;

TEST(XorSwizzle, TheCountSeesAConflict) {
  EXPECT_EQ(passes_of_warp([](int lane) { return lane * 16; }), kFewest);
  EXPECT_EQ(passes_of_warp([](int) { return 0; }), kFewest);  // one word is read once
  EXPECT_EQ(passes_of_warp([](int lane) { return lane * kLineBytes; }), 32);
  // Rows of 64 bytes as they come.
  EXPECT_EQ(passes_of_warp([](int lane) { return lane * xor_swizzle::kRowBytes; }), 4 * kFewest);
}

TEST(XorSwizzle, EveryChunkHasAPlaceOfItsOwnInItsRow) {
  std::set<int> taken;
  for (int row = 0; row < 256; ++row) {
    for (int chunk = 0; chunk < xor_swizzle::kRowChunks; ++chunk) {
      const int offset = xor_swizzle::offset_bytes(row, chunk);
      EXPECT_EQ(offset % xor_swizzle::kChunkBytes, 0);
      EXPECT_EQ(offset / xor_swizzle::kRowBytes, row);
      EXPECT_TRUE(taken.insert(offset).second);
    }
  }
}

TEST(XorSwizzle, CopiesDoNotConflict) {
  for (int warp = 0; warp < 8; ++warp) {
    EXPECT_EQ(passes_of_warp([&](int lane) {
                const int thread = 32 * warp + lane;
                return xor_swizzle::offset_bytes(thread / xor_swizzle::kRowChunks,
                                                 thread % xor_swizzle::kRowChunks);
              }),
              kFewest);
  }
}

TEST(XorSwizzle, LoadsOfMatricesDoNotConflict) {
  for (int warp_row : {0, 32, 64}) {
    for (int i = 0; i < 4; ++i) {
      for (int step = 0; step < 2; ++step) {
        EXPECT_EQ(passes_of_warp([&](int lane) {
                    const auto [row, chunk] = gemm_mma::x_chunk(lane);
                    return gemm_mma::x_offset(xor_swizzle::offset_bytes(warp_row + row, chunk), i,
                                              step);
                  }),
                  kFewest);
        EXPECT_EQ(passes_of_warp([&](int lane) {
                    const auto [row, chunk] = gemm_mma::w_chunk(lane);
                    return gemm_mma::w_offset(xor_swizzle::offset_bytes(warp_row + row, chunk), i,
                                              step);
                  }),
                  kFewest);
      }
    }
  }
}

}  // namespace
}  // namespace gpugauge
