#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/dtype.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// y[m,n] = x[m,k] · w[n,k]ᵀ. The weights `w` are what a decode step streams; each row is one
/// output.
struct Gemm {
  static constexpr std::string_view kFamily = "gemm";

  std::int64_t m, n, k;
  DType activations, weights, output;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static Gemm parse(NameParts& parts);
  std::int64_t* swept() { return &m; }
  DType arithmetic() const { return weights; }
  std::array<OpAxis, 3> axes() { return {{{"k", &k}, {"n", &n}, {"m", &m}}}; }
  auto operator<=>(const Gemm&) const = default;
};

void fields(Of<Gemm> auto& op, auto&& visit) {
  visit.about("y[m,n] = x[m,k] times the transpose of w[n,k].");
  visit("m", op.m, {"Rows of x: tokens."});
  visit("n", op.n, {"Rows of w: outputs."});
  visit("k", op.k, {"The summed dimension."});
  visit("activations", op.activations, {"Type of x."});
  visit("weights", op.weights, {"Type of w."});
  visit("output", op.output, {"Type of y."});
}

/// A GEMM whose operands share one type and whose output is the customary one for it.
Gemm gemm_of(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k);

}  // namespace gpugauge
