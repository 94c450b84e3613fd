#include "kernels/ops/tensor_peak.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"
#include "kernels/ops/name_parts.hpp"

namespace gpugauge {

Work TensorPeak::work() const { return {.flops = as_double(flops), .bytes = 0}; }

std::string TensorPeak::kind_path() const {
  return fmt::format("{}/{}", name_of(dtype),
                     name_of(sparse ? Sparsity::kSparse : Sparsity::kDense));
}

std::string TensorPeak::shape_path() const {
  return fmt::format("gflop:{}", flops / kFlopsPerGflop);
}

TensorPeak TensorPeak::parse(NameParts& parts) {
  TensorPeak op{};
  op.dtype = parts.take_type();
  op.sparse = parts.take_named<Sparsity>("dense or sparse", "dense") == Sparsity::kSparse;
  op.flops = parts.take_number("gflop") * kFlopsPerGflop;
  return op;
}

}  // namespace gpugauge
