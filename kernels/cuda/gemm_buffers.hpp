#pragma once

#include <cstdint>

#include "harness/device/device.hpp"
#include "kernels/case_options.hpp"
#include "kernels/cuda/cublaslt_matmul.hpp"
#include "kernels/op.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {

/// The operands and results of a GEMM on a device: as many sets as the cache state asks for, with
/// different random values in each.
class GemmBuffers {
 public:
  GemmBuffers(const Gemm& op, Device& device, const CaseOptions& options);

  int slots() const { return slots_; }
  GemmPointers pointers(int slot) const;
  /// What the product of one stored x and one stored w stands for.
  double scale() const;

  void poison_outputs();
  /// Compares every slot's result with the reference.
  Verification compare(const GemmAccuracy& accuracy) const;

 private:
  Comparison compare(int slot, const GemmAccuracy& accuracy) const;

  Gemm op_;
  Device& device_;
  CaseOptions options_;
  std::int64_t x_bytes_, w_bytes_, y_bytes_;  ///< of one slot, with what aligns the next
  int slots_;
  Buffer outputs_;
  const char* inputs_;  ///< w of every slot, then x of every slot
};

}  // namespace gpugauge
