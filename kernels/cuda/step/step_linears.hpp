#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/device/device.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/step/step_plan.hpp"
#include "kernels/cuda/step/step_weights.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {

/// One way to run a linear of a step: y = scale · x·wᵀ.
class StepLinear {
 public:
  explicit StepLinear(const Gemm& op) : op_(op) {}
  StepLinear(const StepLinear&) = delete;
  StepLinear& operator=(const StepLinear&) = delete;
  virtual ~StepLinear() = default;

  /// With the activations that it takes: it quantises BF16 ones itself where the weights are FP8.
  const Gemm& op() const { return op_; }
  bool quantises() const { return op_.activations != op_.weights; }

  virtual void run(Stream stream, const GemmPointers& operands) = 0;
  virtual GemmAccuracy accuracy() const = 0;
  virtual std::string details() const = 0;

 private:
  Gemm op_;
};

/// What one unit of what is stored in x and w stands for.
struct LinearScales {
  float x, w;
};

/// What frameworks call (gemm_cublaslt.cpp) and, with `search`, the library's next suggestions; all
/// share a workspace of `cublaslt_workspace_bytes`, and may read and write `tensor_rows` rows. None
/// where it is absent or cannot run the linear.
std::vector<std::unique_ptr<StepLinear>> cublaslt_linears(const Gemm& op,
                                                          const LinearScales& scales, bool search,
                                                          Device& device, void* workspace);
std::int64_t cublaslt_workspace_bytes(const DeviceInfo& info);

/// How a step runs each of its linears, chosen when it is made.
class StepLinears {
 public:
  /// The fastest of what frameworks call for each and, with `search`, of cuBLASLt's suggestions and
  /// of linear_stream, timed on the weights of the step, with launches that overlap where the
  /// step's do. Throws EnvironmentError where nothing runs one.
  StepLinears(const DecodeStep& op, bool search, bool overlap, const StepWeights& weights,
              Device& device);

  StepLinear& of(StepWeight linear) const;
  /// `qkv linear_stream; o linear_stream, quantises; … lm_head cublaslt algo 66 …`
  std::string details() const;

 private:
  using Candidates = std::vector<std::unique_ptr<StepLinear>>;
  Candidates candidates(const Gemm& op, const LinearScales& scales, bool search);
  Candidates stream_linears(const Gemm& op, const LinearScales& scales);

  Device& device_;
  Buffer cublaslt_workspace_, stream_workspace_;
  std::vector<std::unique_ptr<StepLinear>> chosen_;  ///< in the order of kStepLinears
  std::string search_limits_;                        ///< what kept searches from trying everything
};

}  // namespace gpugauge
