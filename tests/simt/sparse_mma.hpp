#pragma once

// What kernels/cuda/machine/sparse_mma.hpp offers, by definition of the PTX ISA 9.0. Sums as in the
// dense instructions.

#include <cstdint>
#include <string>

#include "tests/simt/intrinsics.hpp"
#include "tests/simt/matrices.hpp"
#include "tests/simt/warp.hpp"
#include "tests/simt/work.hpp"

namespace gpugauge::simt {

/// The 32 bytes that A stores of a row, spread over 64 bytes of K by the metadata.
template <typename Element>
struct SparseRow {
  static constexpr std::size_t kBytes = sizeof(typename Element::Bits);
  static constexpr std::size_t kDepth = 64 / kBytes;
  typename Element::Sum k[kDepth] = {};

  /// `stored` are the row's registers in order, `pattern` its sixteen chunks of four bits (eight of
  /// them with 16 bits and more an element).
  void expand(const std::uint32_t (&stored)[8], std::uint64_t pattern) {
    using Bits = typename Element::Bits;
    constexpr std::size_t kStoredInChunk = kBytes == 4 ? 1 : 2;
    for (std::size_t i = 0; i < kDepth / 2; ++i) {
      const std::size_t chunk = i / kStoredInChunk;
      const auto nibble = static_cast<unsigned>(pattern >> (4 * chunk)) & 0xFU;
      const unsigned first = nibble & 3U, second = nibble >> 2;
      const bool legal = kBytes == 4 ? nibble == 0b0100 || nibble == 0b1110 : first < second;
      if (!legal) machine().fail("metadata " + std::to_string(nibble) + " names no two elements");
      const std::size_t within = kBytes == 4 ? first / 2 : i % 2 == 0 ? first : second;
      const auto word = stored[i * kBytes / 4];
      k[2 * kStoredInChunk * chunk + within] =
          Element::value(static_cast<Bits>(word >> (8 * (i * kBytes % 4))));
    }
  }
};

/// The sixteen rows of A that a warp has: four registers and the metadata of each lane.
template <typename Element>
void expand_rows(const std::uint32_t (&a)[32][4], const std::uint32_t (&metadata)[32],
                 SparseRow<Element> (&rows)[16]) {
  for (std::size_t row = 0; row < 16; ++row) {
    const std::size_t group = row % 8, high = row / 8;
    std::uint32_t stored[8];
    std::uint64_t pattern;
    for (std::size_t t = 0; t < 4; ++t) {
      stored[t] = a[4 * group + t][high];
      stored[4 + t] = a[4 * group + t][2 + high];
    }
    const std::uint32_t* const lanes = metadata + 4 * group;
    if constexpr (SparseRow<Element>::kBytes == 1) {
      pattern = lanes[high] | std::uint64_t{lanes[2 + high]} << 32;
    } else {  // selector 0 takes the first two lanes' only
      pattern = (lanes[0] >> (16 * high) & 0xFFFFU) | (lanes[1] >> (16 * high) & 0xFFFFU) << 16;
    }
    rows[row].expand(stored, pattern);
  }
}

template <typename Accumulator>
struct SparseProduct {
  Accumulator* d;
  const std::uint32_t* a;
  const std::uint32_t* b;
  std::uint32_t metadata;
};

template <typename Element, typename Accumulator>
void multiply_sparse_lanes(const Lanes<SparseProduct<Accumulator>>& lanes) {
  using Bits = typename Element::Bits;
  constexpr std::size_t kPerWord = 4 / sizeof(Bits), kDepth = SparseRow<Element>::kDepth;
  std::uint32_t a[32][4], metadata[32];
  typename Element::Sum b[8][kDepth];
  for (std::size_t lane = 0; lane < 32; ++lane) {
    std::copy_n(lanes[lane]->a, 4, a[lane]);
    metadata[lane] = lanes[lane]->metadata;
    for (std::size_t i = 0; i < kDepth / 4; ++i) {  // four words, each a quarter of K
      const std::size_t word = i / kPerWord, within = i % kPerWord;
      b[lane / 4][word * 4 * kPerWord + lane % 4 * kPerWord + within] =
          Element::value(static_cast<Bits>(lanes[lane]->b[word] >> (8 * sizeof(Bits) * within)));
    }
  }
  SparseRow<Element> rows[16];
  expand_rows(a, metadata, rows);
  for (std::size_t lane = 0; lane < 32; ++lane) {
    for (std::size_t i = 0; i < 4; ++i) {
      const std::size_t row = lane / 4 + i / 2 * 8, column = lane % 4 * 2 + i % 2;
      Accumulator& d = lanes[lane]->d[i];
      d = tensor_core_sum(d, rows[row].k, b[column], kDepth, of_sparse(Element::kMma));
    }
  }
}

template <typename Element, typename Accumulator>
void multiply_sparse(const char* name, Accumulator (&d)[4], const std::uint32_t (&a)[4],
                     const std::uint32_t (&b)[4], std::uint32_t metadata) {
  if (self().lane == 0) count_product(8);
  SparseProduct<Accumulator> arguments{d, a, b, metadata};
  warp_collective<multiply_sparse_lanes<Element, Accumulator>>(name, kFullWarp, arguments);
}

}  // namespace gpugauge::simt

namespace gpugauge {

inline void sparse_mma_bf16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[4],
                            std::uint32_t metadata) {
  simt::multiply_sparse<simt::Bf16Element>("sparse_mma_bf16", d, a, b, metadata);
}
inline void sparse_mma_fp16(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[4],
                            std::uint32_t metadata) {
  simt::multiply_sparse<simt::Fp16Element>("sparse_mma_fp16", d, a, b, metadata);
}
inline void sparse_mma_tf32(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[4],
                            std::uint32_t metadata) {
  simt::multiply_sparse<simt::Tf32Element>("sparse_mma_tf32", d, a, b, metadata);
}
inline void sparse_mma_fp8(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[4],
                           std::uint32_t metadata) {
  simt::multiply_sparse<simt::Fp8Element>("sparse_mma_fp8", d, a, b, metadata);
}
inline void sparse_mma_int8(std::int32_t (&d)[4], const std::uint32_t (&a)[4],
                            const std::uint32_t (&b)[4], std::uint32_t metadata) {
  simt::multiply_sparse<simt::Int8Element>("sparse_mma_int8", d, a, b, metadata);
}

}  // namespace gpugauge
