#pragma once

#include <cstdint>

#include "harness/base/case_options.hpp"
#include "harness/device/device.hpp"
#include "harness/device/workload.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/ops/op.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {

/// The operands and results of a GEMM on a device: as many sets as the cache state asks for, with
/// different random values in each.
class GemmBuffers {
 public:
  /// `rows`, where it is more than M, is what an implementation may pad M up to: x and y have room
  /// for them, and only M of them are compared.
  GemmBuffers(const Gemm& op, Device& device, const CaseOptions& options, std::int64_t rows = 0);

  int slots() const { return slots_; }
  GemmPointers pointers(int slot) const;
  /// What the product of one stored x and one stored w stands for.
  double scale() const;
  /// Where BF16 activations meet FP8 weights: what they are multiplied by before they are rounded.
  float x_inverse_scale() const;

  void poison_outputs();
  /// Compares results with the reference, of the slots that Launches::compared_slots names.
  Verification compare(const Launches& launches, const GemmAccuracy& accuracy) const;

 private:
  Comparison compare(int slot, const GemmAccuracy& accuracy) const;

  Gemm op_;
  Device& device_;
  CaseOptions options_;
  std::int64_t x_bytes_, w_bytes_, y_bytes_;  ///< of one slot, with what aligns the next
  int slots_;
  Buffer outputs_;
  Buffer activations_;  ///< x of every slot, if its type is not that of w
  const char* w_;       ///< of every slot
  const char* x_;
};

}  // namespace gpugauge
