#pragma once

#include <string>

#include "harness/base/case_options.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// What is measured: an op, one way to run it, where its operands are and what they hold.
struct Case {
  Op op;
  std::string implementation;
  CaseOptions options;
  std::string model;  ///< the model whose layer this is, e.g. `llama-3.1-8b`; may be empty
  std::string role;   ///< which of its linears, e.g. `gate_up`; empty for other ops
};

/// The identity of a case in every comparison, e.g.
/// `gemm/fp8_e4m3/llama-3.1-8b/gate_up/m:8/n:28672/k:4096/cublaslt/cold`. Data other than normal is
/// appended, and a pace.
std::string case_name(const Case& c);

}  // namespace gpugauge
