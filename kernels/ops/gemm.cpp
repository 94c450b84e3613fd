#include "kernels/ops/gemm.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work Gemm::work() const {
  const double rows = as_double(m), columns = as_double(n), depth = as_double(k);
  return {.flops = 2 * rows * columns * depth,
          .bytes = rows * depth * as_double(size_bytes(activations)) +
                   columns * depth * as_double(size_bytes(weights)) +
                   rows * columns * as_double(size_bytes(output))};
}

/// `bf16`, or activations and weights apart: `bf16_x_fp8_e4m3`.
std::string Gemm::kind_path() const {
  if (activations == weights) return std::string(name_of(weights));
  return fmt::format("{}_x_{}", name_of(activations), name_of(weights));
}

std::string Gemm::shape_path() const { return fmt::format("m:{}/n:{}/k:{}", m, n, k); }

Gemm Gemm::parse(NameParts& parts) {
  constexpr std::string_view kBetween = "_x_";
  const std::string types = parts.take("a type");
  const std::size_t between = types.find(kBetween);
  const auto activations = from_name<DType>(types.substr(0, between));
  const auto weights = between == std::string::npos
                           ? activations
                           : from_name<DType>(types.substr(between + kBetween.size()));
  if (!activations || !weights) parts.fail(types, "a type, e.g. bf16 or bf16_x_fp8_e4m3");
  parts.take_model();
  const std::int64_t m = parts.take_number("m"), n = parts.take_number("n");
  Gemm op = gemm_of(*weights, m, n, parts.take_number("k"));
  op.activations = *activations;
  return op;
}

Gemm gemm_of(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.m = m,
          .n = n,
          .k = k,
          .activations = dtype,
          .weights = dtype,
          .output = gemm_output_of(dtype)};
}

}  // namespace gpugauge
