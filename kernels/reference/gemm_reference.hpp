#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "kernels/ops/op.hpp"
#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// Which rows and columns of y[m,n] are worked out again: every row up to 6, else the first, the
/// last and 4 others; every column up to 256, else the first 32, the last 32 and 192 others.
/// Ascending.
struct GemmSample {
  std::vector<std::int64_t> rows, columns;
};
GemmSample sample_gemm(std::int64_t m, std::int64_t n, std::uint64_t seed);

/// How exactly an implementation is meant to compute.
struct GemmAccuracy {
  int accumulator_bits = 24;  ///< significant bits of a partial sum: 24 is fp32; 0 is exact
  int operand_bits = 24;      ///< to which x and w are cut before they are multiplied
  /// Products after which the running sum is cut to accumulator_bits, always towards zero; 0: it is
  /// rounded, to either side.
  int cut_every = 0;
  /// Partial sums of K that are rounded to the output's type before they are added up; 1: none.
  int rounded_parts = 1;
};
/// fp32 accumulation, in tensor cores cut towards zero after every 8 products (4 of tf32); tf32
/// operands cut to 11 bits; exact in int8.
GemmAccuracy customary_accuracy(const Gemm& op);

/// A GEMM's buffers as the host reads them.
struct GemmHostView {
  /// Writes the `k` elements of one row of x or w to `out`.
  using ReadRow = std::function<void(std::int64_t row, void* out)>;
  ReadRow x, w;
  const void* y = nullptr;  ///< all of y[m,n], row-major, poisoned before the launch
  double scale = 1.0;       ///< y = scale · x·wᵀ
  /// BF16 activations with FP8 weights are quantised first: x is e4m3(x · x_inverse_scale).
  float x_inverse_scale = 1.0F;
};

/// Compares y with sums in double precision at the sampled elements, and looks at every element for
/// one that was not written or is not finite. In an int32 output, where poison is −1, up to 64
/// elements that hold −1 are worked out too: some of them lie in any tile that was not written.
///
/// An element passes within  u·|ref| + 8·a·Σ|x·w|,  u and a being the unit roundoffs of the output
/// and of the accumulator. For operands of zero mean, as all of ours are, the backward error does
/// not grow with k: Higham & Mary, Sharper Probabilistic Backward Error Analysis for Basic Linear
/// Algebra Kernels with Random Data, 2020. Cut operands add  2·c·|ref| + 8·c·√Σ(x·w)²,  c being
/// their relative error.
///
/// What always goes one way adds up: a running sum S that is cut after every `cut_every` products
/// adds  a·Σ|S|, on average half a unit of its last place each time. Of P rounded parts each adds a
/// zero-mean error of at most u times a sum of up to so many parts, whose variance is Σ(x·w)²·i/P
/// after the i-th: together  8·u·√(Σ(x·w)²·(P + 1)/6).
Comparison compare_gemm(const Gemm& op, const GemmHostView& view, const GemmAccuracy& accuracy,
                        std::string where = {}, std::uint64_t seed = 1);

}  // namespace gpugauge
