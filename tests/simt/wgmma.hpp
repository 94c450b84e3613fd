#pragma once

// What kernels/cuda/machine/wgmma.hpp offers, by definition of the PTX ISA 9.0.
//
// Products read shared memory, and their sums appear, when the warp waits for them; until then the
// accumulator holds garbage. The four warps of a warpgroup do not wait for each other: wgmma
// promises no more than that the lanes of a warp meet. Sums are rounded as those of mma are.

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <functional>
#include <type_traits>
#include <vector>

#include "tests/simt/intrinsics.hpp"
#include "tests/simt/matrices.hpp"
#include "tests/simt/warp.hpp"

namespace gpugauge {

enum class WgmmaType { kBf16, kFp16, kTf32, kFp8E4m3, kInt8 };

template <WgmmaType type>
using WgmmaAccumulator = std::conditional_t<type == WgmmaType::kInt8, std::int32_t, float>;

namespace simt {

template <WgmmaType type>
struct WgmmaElementOf {
  using Type = Bf16Element;
};
template <>
struct WgmmaElementOf<WgmmaType::kFp16> {
  using Type = Fp16Element;
};
template <>
struct WgmmaElementOf<WgmmaType::kTf32> {
  using Type = Tf32Element;
};
template <>
struct WgmmaElementOf<WgmmaType::kFp8E4m3> {
  using Type = Fp8Element;
};
template <>
struct WgmmaElementOf<WgmmaType::kInt8> {
  using Type = Int8Element;
};

/// An operand with K contiguous, as a descriptor has it ("Matrix descriptor format" and "Strides").
struct DescribedOperand {
  std::uint32_t start;            ///< shared address
  std::uint32_t leading, stride;  ///< bytes between core matrices along K, and every eight rows
  std::uint32_t base_offset;      ///< row of the swizzle's pattern at a multiple of its size
  int swizzle_bytes;              ///< 128, 64, 32, or 0

  explicit DescribedOperand(std::uint64_t descriptor);
  /// The shared address of a byte of a row.
  std::uint32_t address(unsigned row, unsigned byte) const;
  /// `rows` rows of `bytes` bytes each, the first of them `first`, as wgmma sees them.
  std::vector<unsigned char> read(const Block& block, unsigned first, unsigned rows,
                                  unsigned bytes) const;
};

/// Elements of rows of bytes.
template <typename Element>
std::vector<typename Element::Sum> elements(const std::vector<unsigned char>& bytes) {
  std::vector<typename Element::Sum> values(bytes.size() / sizeof(typename Element::Bits));
  for (std::size_t i = 0; i < values.size(); ++i) {
    typename Element::Bits bits;
    std::memcpy(&bits, &bytes[i * sizeof bits], sizeof bits);
    values[i] = Element::value(bits);
  }
  return values;
}

/// d[16,n] (+)= a[16,depth] · b[n,depth]ᵀ of a warp, d in the registers of its lanes. Adds as
/// `width` says.
template <typename Accumulator, typename Sum>
void multiply_warp_rows(std::vector<std::uint32_t>& d, const std::vector<Sum>& a,
                        const std::vector<Sum>& b, unsigned n, bool accumulate, SumWidth width) {
  const std::size_t depth = a.size() / 16, registers = n / 2;
  for (std::size_t lane = 0; lane < 32; ++lane) {
    for (std::size_t i = 0; i < registers; ++i) {
      const std::size_t row = lane / 4 + i / 2 % 2 * 8;
      const std::size_t column = i / 4 * 8 + lane % 4 * 2 + i % 2;
      std::uint32_t& bits = d[lane * registers + i];
      const Accumulator before = accumulate ? std::bit_cast<Accumulator>(bits) : Accumulator{0};
      bits = std::bit_cast<std::uint32_t>(
          tensor_core_sum(before, &a[row * depth], &b[column * depth], depth, width));
    }
  }
}

/// What each lane brings to a product: its registers of the accumulator, and a hash of the rest,
/// which must be the same in all of the warpgroup.
struct ProductLane {
  void* d;
  std::uint64_t operands;
};

/// Queues a product of this warp into accumulators of `registers` each. Work of a collective.
void begin_product(const Lanes<ProductLane>& lanes, std::size_t registers,
                   std::function<void(std::vector<std::uint32_t>&)> run);

struct WgmmaLane : ProductLane {
  std::uint64_t a, b;
  bool accumulate;
};

template <WgmmaType type, int N>
void multiply_lanes(const Lanes<WgmmaLane>& lanes) {
  const Thread& thread = self();
  const unsigned first_row = thread.warp % 4 * 16;
  Lanes<ProductLane> products;
  std::ranges::copy(lanes, products.begin());
  begin_product(products, N / 2,
                [block = thread.block, first_row, lane = *lanes[0]](std::vector<std::uint32_t>& d) {
                  using Element = typename WgmmaElementOf<type>::Type;
                  const auto a = DescribedOperand(lane.a).read(*block, first_row, 16, 32);
                  const auto b = DescribedOperand(lane.b).read(*block, 0, N, 32);
                  multiply_warp_rows<WgmmaAccumulator<type>>(d, elements<Element>(a),
                                                             elements<Element>(b), N,
                                                             lane.accumulate, Element::kWgmma);
                });
}

void wait_for_products(std::size_t pending);

}  // namespace simt

void wgmma_fence();
void wgmma_commit();
template <int Pending>
void wgmma_wait() {
  simt::wait_for_products(Pending);
}
template <typename Register, int Count>
void wgmma_pin(Register (&)[Count]) {}

template <WgmmaType type, int N>
void wgmma(WgmmaAccumulator<type> (&d)[N / 2], std::uint64_t a_descriptor,
           std::uint64_t b_descriptor, bool accumulate) {
  static_assert(N == 64 || N == 128 || N == 192 || N == 256);
  const std::uint64_t operands = (a_descriptor * 31 + b_descriptor) * 31 + accumulate;
  simt::WgmmaLane lane{{d, operands}, a_descriptor, b_descriptor, accumulate};
  simt::warp_collective<simt::multiply_lanes<type, N>>("wgmma", simt::kFullWarp, lane);
}

}  // namespace gpugauge
