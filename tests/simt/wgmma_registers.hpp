#pragma once

// What kernels/cuda/machine/wgmma_registers.hpp offers, by definition of the PTX ISA 9.0.

#include <algorithm>

#include "tests/simt/wgmma.hpp"

namespace gpugauge {
namespace simt {

struct RegisterWgmmaLane : ProductLane {
  const std::uint32_t* a;  ///< read when the product is done: nothing may have written it
  std::uint64_t b;
  bool accumulate;
};

/// Rows of b[n,16], which lies in shared memory with n contiguous: 128-byte rows of 64 columns,
/// eight rows of K in `stride` bytes, the next 64 columns `leading` bytes further.
inline std::vector<unsigned char> read_columns(const DescribedOperand& b, const Block& block,
                                               unsigned n) {
  if (b.swizzle_bytes != 128)
    machine().fail("wgmma with rows of K takes the 128-byte swizzle here");
  const std::uint32_t origin = shared_address(block.shared);
  std::vector<unsigned char> rows(std::size_t{n} * 32);
  for (unsigned k = 0; k < 16; ++k) {
    for (unsigned column = 0; column < n; column += 8) {
      const std::uint32_t plain =
          b.start + column / 64 * b.leading + k / 8 * b.stride + k % 8 * 128 + column % 64 * 2;
      const std::uint32_t from = plain ^ (((plain >> 7) - b.base_offset) & 7) << 4;
      if (from < origin || from + 16 > origin + block.shared_bytes) {
        machine().fail("wgmma reads outside of the block's shared memory");
      }
      unsigned char chunk[16];
      block.read_async(from - origin, sizeof chunk, chunk);
      for (unsigned i = 0; i < 8; ++i) {
        std::memcpy(&rows[(std::size_t{column} + i) * 32 + k * 2], &chunk[2 * i], 2);
      }
    }
  }
  return rows;
}

template <int N>
void multiply_registers(const Lanes<RegisterWgmmaLane>& lanes) {
  Lanes<ProductLane> products;
  std::ranges::copy(lanes, products.begin());
  std::array<RegisterWgmmaLane, 32> all;
  for (std::size_t lane = 0; lane < 32; ++lane) all[lane] = *lanes[lane];
  begin_product(products, N / 2, [block = self().block, all](std::vector<std::uint32_t>& d) {
    std::vector<unsigned char> a(16 * 32);
    for (std::size_t lane = 0; lane < 32; ++lane) {
      for (std::size_t i = 0; i < 4; ++i) {
        const std::size_t row = lane / 4 + i % 2 * 8, byte = i / 2 * 16 + lane % 4 * 4;
        std::memcpy(&a[row * 32 + byte], &all[lane].a[i], 4);
      }
    }
    const auto b = read_columns(DescribedOperand(all[0].b), *block, N);
    multiply_warp_rows<float>(d, elements<Bf16Element>(a), elements<Bf16Element>(b), N,
                              all[0].accumulate, Bf16Element::kWgmma);
  });
}

}  // namespace simt

template <int N>
void wgmma_registers(float (&d)[N / 2], const std::uint32_t (&a)[4], std::uint64_t b_descriptor,
                     bool accumulate) {
  const std::uint64_t operands = b_descriptor * 31 + accumulate;
  simt::RegisterWgmmaLane lane{{d, operands}, a, b_descriptor, accumulate};
  simt::warp_collective<simt::multiply_registers<N>>("wgmma_registers", simt::kFullWarp, lane);
}

}  // namespace gpugauge
