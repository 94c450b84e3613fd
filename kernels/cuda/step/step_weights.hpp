#pragma once

#include <cstdint>
#include <vector>

#include "harness/base/case_options.hpp"
#include "harness/device/device.hpp"
#include "kernels/cuda/step/step_plan.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"

namespace gpugauge {

/// What a model has on the device before a step: random weights, and a cache filled with random
/// keys and values, of `distinct` layers; layer i uses those of i % distinct.
class StepWeights {
 public:
  StepWeights(const DecodeStep& op, std::int64_t distinct, Device& device, Distribution data);

  std::int64_t distinct() const { return static_cast<std::int64_t>(layers_.size()); }

  /// Of a linear, a norm (BF16; kHeadNorm: of the queries) or the embedding.
  const void* data(StepWeight weight, int layer) const;
  const void* k_norm(int layer) const;
  /// What one unit of a linear's weights stands for.
  float scale(StepWeight linear) const;

  void* keys(int layer) const;
  void* values(int layer) const;
  float cache_scale() const;

  /// Page table, rotary table and positions: the same for all layers, the last token of the
  /// context for every sequence.
  const std::int32_t* page_table() const;
  int pages() const;
  int page_shift() const;
  const std::int32_t* positions() const;
  const float* rotary() const { return static_cast<const float*>(rotary_.data()); }

 private:
  struct Layer {
    std::vector<Buffer> linears;  ///< in the order of kStepLinears
    Buffer keys, values;
  };
  const Layer& layer(int index) const {
    return layers_[static_cast<std::size_t>(index) % layers_.size()];
  }
  Buffer random(DType dtype, std::int64_t elements);
  Buffer norms();

  DecodeStep op_;
  Device& device_;
  Distribution data_;
  std::uint64_t seed_ = 0;
  std::vector<Layer> layers_;
  Buffer embedding_, head_, norms_, rotary_, indices_;
};

}  // namespace gpugauge
