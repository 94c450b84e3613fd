#include "tests/simt/matrices.hpp"

#include <cstring>

#include "tests/simt/intrinsics.hpp"
#include "tests/simt/warp.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge {
namespace {

using simt::Lanes;

struct LoadMatrices {
  const void* row;
  std::uint32_t* registers;
};

template <bool transposed>
void load_lanes(const Lanes<LoadMatrices>& lanes) {
  for (std::size_t matrix = 0; matrix < 4; ++matrix) {
    std::uint16_t elements[8][8];
    for (std::size_t row = 0; row < 8; ++row) {
      std::memcpy(elements[row], lanes[matrix * 8 + row]->row, sizeof elements[row]);
    }
    for (std::size_t lane = 0; lane < 32; ++lane) {
      const std::size_t row = lane / 4, column = 2 * (lane % 4);
      const std::uint32_t low = transposed ? elements[column][row] : elements[row][column];
      const std::uint32_t high = transposed ? elements[column + 1][row] : elements[row][column + 1];
      lanes[lane]->registers[matrix] = low | high << 16;
    }
  }
}

template <bool transposed>
void load(std::uint32_t (&r)[4], const void* shared_row, const char* name) {
  simt::self().block->offset_of(shared_row, 16);
  simt::require_aligned(shared_row, 16, name);
  LoadMatrices arguments{shared_row, r};
  simt::warp_collective<load_lanes<transposed>>(name, simt::kFullWarp, arguments);
}

struct Transpose {
  std::uint32_t pair, transposed;
};

void transpose_lanes(const Lanes<Transpose>& lanes) {
  for (std::size_t lane = 0; lane < 32; ++lane) {
    const std::size_t row = lane / 4, column = 2 * (lane % 4);
    const auto element = [&](std::size_t from_row) {
      return lanes[from_row * 4 + row / 2]->pair >> (16 * (row % 2)) & 0xFFFF;
    };
    lanes[lane]->transposed = element(column) | element(column + 1) << 16;
  }
}

template <typename Accumulator>
struct Product {
  Accumulator* d;
  const std::uint32_t* a;
  const std::uint32_t* b;
};

/// Elements of a fragment in order of K: two registers, or every second of four, of four lanes.
template <typename Element>
auto unpack(std::uint32_t word, std::size_t i) {
  using Bits = typename Element::Bits;
  return Element::value(static_cast<Bits>(word >> (8 * sizeof(Bits) * i)));
}

template <typename Element, typename Accumulator>
void multiply_lanes(const Lanes<Product<Accumulator>>& lanes) {
  constexpr std::size_t kPerWord = 4 / sizeof(typename Element::Bits);
  constexpr std::size_t kDepth = 8 * kPerWord;
  typename Element::Sum a[16][kDepth], b[8][kDepth];
  for (std::size_t lane = 0; lane < 32; ++lane) {
    const std::size_t group = lane / 4, t = lane % 4;
    for (std::size_t half = 0; half < 2; ++half) {  // of K
      for (std::size_t i = 0; i < kPerWord; ++i) {
        const std::size_t k = half * kDepth / 2 + t * kPerWord + i;
        a[group][k] = unpack<Element>(lanes[lane]->a[2 * half], i);
        a[group + 8][k] = unpack<Element>(lanes[lane]->a[2 * half + 1], i);
        b[group][k] = unpack<Element>(lanes[lane]->b[half], i);
      }
    }
  }
  for (std::size_t lane = 0; lane < 32; ++lane) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
      Accumulator& d = lanes[lane]->d[i];
      d = simt::tensor_core_sum(d, a[row], b[column], kDepth, Element::kMma);
    }
  }
}

template <typename Element, typename Accumulator>
void multiply(const char* name, Accumulator (&d)[4], const std::uint32_t (&a)[4],
              const std::uint32_t (&b)[2]) {
  if (simt::self().lane == 0) simt::count_product(8);
  Product<Accumulator> arguments{d, a, b};
  simt::warp_collective<multiply_lanes<Element, Accumulator>>(name, simt::kFullWarp, arguments);
}

}  // namespace

void load_matrices(std::uint32_t (&r)[4], const void* shared_row) {
  load<false>(r, shared_row, "load_matrices");
}
void load_matrices_transposed(std::uint32_t (&r)[4], const void* shared_row) {
  load<true>(r, shared_row, "load_matrices_transposed");
}

std::uint32_t transpose_matrix(std::uint32_t pair) {
  Transpose arguments{pair, 0};
  simt::warp_collective<transpose_lanes>("transpose_matrix", simt::kFullWarp, arguments);
  return arguments.transposed;
}

void mma_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  multiply<simt::Bf16Element>("mma_bf16", d, a, b);
}
void mma_fp16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  multiply<simt::Fp16Element>("mma_fp16", d, a, b);
}
void mma_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  multiply<simt::Tf32Element>("mma_tf32", d, a, b);
}
void mma_fp8(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  multiply<simt::Fp8Element>("mma_fp8", d, a, b);
}
void mma_int8(std::int32_t (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2]) {
  multiply<simt::Int8Element>("mma_int8", d, a, b);
}

}  // namespace gpugauge
