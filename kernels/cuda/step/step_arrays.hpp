#pragma once

#include <cstdint>
#include <vector>

#include "harness/device/device.hpp"
#include "kernels/cuda/attention/attention_decode.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/step/step_plan.hpp"
#include "kernels/cuda/step/step_weights.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"

namespace gpugauge {

/// The tensors of a step on the device, and what each op of its plan is given of them: the same
/// when it is enqueued and when it is verified.
class StepArrays {
 public:
  StepArrays(const DecodeStep& op, StepPlan plan, const StepWeights& weights, Device& device);

  const StepPlan& plan() const { return plan_; }
  const StepWeights& weights() const { return weights_; }
  Heads heads() const;

  const StepTensor& tensor(int id) const { return plan_.tensors[static_cast<std::size_t>(id)]; }
  /// Null for kNoTensor.
  void* data(int id) const;
  /// The tokens that a step of that parity, 0 or 1, begins with: the argmax of the step before it,
  /// fed back. What a step began with stays when it has ended.
  std::int32_t* ids(int parity) const {
    return static_cast<std::int32_t*>(ids_.data()) + parity * op_.batch;
  }
  /// Makes all tensors NaN, and the tokens those of the start.
  void poison(Device& device) const;

  RmsNormArrays rms_norm(const StepNode& node) const;
  HeadNormArrays head_norm(const StepNode& node) const;
  RopeAppendArrays rope_append(const StepNode& node) const;
  GemmPointers linear(const StepNode& node) const;
  AttentionDecodeArrays attention(const StepNode& node) const;
  int attention_blocks() const { return attention_blocks_; }
  ArgmaxArrays argmax(const StepNode& node, int parity) const;

 private:
  DecodeStep op_;
  StepPlan plan_;
  const StepWeights& weights_;
  int attention_blocks_;
  std::vector<std::int64_t> offsets_;
  Buffer tensors_;
  std::vector<std::int32_t> start_ids_;
  Buffer ids_, argmax_keys_, arrivals_, attention_workspace_;
};

}  // namespace gpugauge
