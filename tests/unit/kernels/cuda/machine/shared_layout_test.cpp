#include "kernels/cuda/machine/shared_layout.hpp"

#include <gtest/gtest.h>

#include <set>

namespace gpugauge {
namespace {

constexpr int kRows = 256;

/// What the instruction reads as byte `byte` of row `row`, by PTX ISA's description of a matrix
/// whose K is contiguous, swizzled by 128 bytes: eight rows 128 bytes apart, the next eight at the
/// stride that the descriptor names, and bits 4 to 6 of the address that comes out are crossed with
/// its bits 7 to 9.
std::uint32_t address_read(std::uint64_t descriptor, int row, int byte) {
  const auto start = static_cast<std::uint32_t>(descriptor & 0x3FFF) * 16;
  const auto stride = static_cast<std::uint32_t>(descriptor >> 32 & 0x3FFF) * 16;
  const std::uint32_t linear = start + static_cast<std::uint32_t>(row / 8) * stride +
                               static_cast<std::uint32_t>(row % 8 * 128 + byte);
  return linear ^ ((linear >> 7 & 7) << 4);
}

TEST(SharedLayout, IsTheCopyEnginesSwizzleAtEveryByte) {
  std::set<int> seen;
  for (int row = 0; row < kRows; ++row) {
    for (int byte = 0; byte < kSwizzleRowBytes; ++byte) {
      const int linear = row * kSwizzleRowBytes + byte;
      const int offset = swizzled_offset(row, byte);
      ASSERT_EQ(offset, linear ^ ((linear >> 7 & 7) << 4));
      seen.insert(offset);
    }
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kRows * kSwizzleRowBytes));
  EXPECT_EQ(*seen.rbegin(), kRows * kSwizzleRowBytes - 1);
}

TEST(SharedLayout, DescriptorsReadEveryByteOfEveryStepWhereItWasWritten) {
  for (std::uint32_t tile : {0U, 1024U, 49152U, 226U * 1024 - kRows * kSwizzleRowBytes}) {
    for (int step = 0; step < kWgmmaStepsPerRow; ++step) {
      const std::uint64_t descriptor = advance(wgmma_descriptor(tile), step * kWgmmaStepBytes);
      for (int row = 0; row < kRows; ++row) {
        for (int byte = 0; byte < kWgmmaStepBytes; ++byte) {
          ASSERT_EQ(address_read(descriptor, row, byte),
                    tile + static_cast<std::uint32_t>(
                               swizzled_offset(row, step * kWgmmaStepBytes + byte)));
        }
      }
    }
  }
}

TEST(SharedLayout, DescriptorsAdvanceByWholeAtomsToOtherRows) {
  constexpr int kFirstRow = 128;
  const std::uint64_t descriptor =
      advance(wgmma_descriptor(2048), kFirstRow * kSwizzleRowBytes + kWgmmaStepBytes);
  for (int row = 0; row < 128; ++row) {
    ASSERT_EQ(address_read(descriptor, row, 5), 2048U + static_cast<std::uint32_t>(swizzled_offset(
                                                            kFirstRow + row, kWgmmaStepBytes + 5)));
  }
}

TEST(SharedLayout, DescriptorsSayThatRowsAreSwizzledByThe128BytesOfOne) {
  const std::uint64_t descriptor = wgmma_descriptor(226 * 1024);
  EXPECT_EQ(descriptor >> 62, 1U);            // 128-byte swizzle
  EXPECT_EQ(descriptor >> 49 & 7, 0U);        // atoms begin at multiples of 1024
  EXPECT_EQ(descriptor >> 32 & 0x3FFF, 64U);  // 1024 bytes to the next eight rows
  EXPECT_EQ(descriptor & 0x3FFF, 226U * 64);  // and the address
}

TEST(SharedLayout, AccumulatorsAreWrittenWithoutBankConflicts) {
  constexpr int kBanks = 32;
  for (int warp = 0; warp < 4; ++warp) {
    for (int half = 0; half < 2; ++half) {
      for (int i = 0; i < 8; ++i) {
        std::set<int> banks;
        for (int lane = 0; lane < 32; ++lane) {
          banks.insert(swizzled_offset(warp * 16 + lane / 4 + half * 8, i * 16 + lane % 4 * 4) / 4 %
                       kBanks);
        }
        EXPECT_EQ(banks.size(), static_cast<std::size_t>(kBanks));
      }
    }
  }
}

}  // namespace
}  // namespace gpugauge
