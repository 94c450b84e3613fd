#pragma once

#include <string>
#include <vector>

#include "harness/device/device.hpp"
#include "kernels/cuda/step/step_arrays.hpp"
#include "kernels/cuda/step/step_linears.hpp"
#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// Verifies a step op by op, each from the inputs that it was given. If every op is right, so is
/// their chain.
class StepCheck {
 public:
  /// Of the last step, which was of that parity.
  StepCheck(const DecodeStep& op, const StepArrays& arrays, const StepLinears& linears, int parity,
            Device& device)
      : op_(op), arrays_(arrays), linears_(linears), parity_(parity), device_(device) {}

  Comparison compare(const StepNode& node);

 private:
  void compare_token_op(Comparison& comparison, const StepNode& node, const TokenOp& op);
  Comparison compare_linear(const StepNode& node, std::string where);
  Comparison compare_attention(const StepNode& node, std::string where);
  std::vector<char> fetch(const void* array, std::int64_t bytes) const;

  DecodeStep op_;
  const StepArrays& arrays_;
  const StepLinears& linears_;
  int parity_;
  Device& device_;
};

/// Makes what the op appends to the cache NaN, so that a step that appends nothing is seen.
void poison_appended(const DecodeStep& op, const RopeAppendArrays& arrays, Device& device);

}  // namespace gpugauge
