#include "kernels/cuda/step/step_weights.hpp"

#include <cmath>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "kernels/cuda/step/step_memory.hpp"
#include "kernels/reference/token_ops_reference.hpp"

namespace gpugauge {
namespace {

/// Places of a layer's norms in their buffer: the two of the layer, then those of queries and keys.
std::int64_t norms_of_layer(const DecodeStep& op) { return 2 * (op.hidden + op.head_dim); }

template <typename Element>
Buffer upload(Device& device, const std::vector<Element>& values) {
  const auto bytes = static_cast<std::int64_t>(values.size() * sizeof(Element));
  Buffer buffer = device.allocate(bytes);
  device.copy_to_device(buffer.data(), values.data(), bytes);
  return buffer;
}

PagedCache paged(const DecodeStep& op) {
  return {.kv_heads = static_cast<int>(op.kv_heads),
          .page_shift = log2_exact(attention_of(op).page_tokens)};
}

}  // namespace

StepWeights::StepWeights(const DecodeStep& op, std::int64_t distinct, Device& device,
                         Distribution data)
    : op_(op),
      device_(device),
      data_(data),
      embedding_(random(DType::kBf16, op.vocab * op.hidden)),
      head_(random(op.head, op.vocab * op.hidden)),
      norms_(norms()),
      rotary_(upload(device, rotary_table(op.context, op.head_dim))) {
  for (std::int64_t i = 0; i < distinct; ++i) {
    Layer layer;
    for (StepWeight linear : kStepLinears) {
      if (linear == StepWeight::kHead) continue;
      const Gemm gemm = linear_of(op, linear);
      layer.linears.push_back(random(gemm.weights, gemm.n * gemm.k));
    }
    layer.keys = random(op.kv, cache_elements(op));
    layer.values = random(op.kv, cache_elements(op));
    layers_.push_back(std::move(layer));
  }
  std::vector<std::int32_t> indices = scattered_pages(op.batch * pages());
  indices.insert(indices.end(), static_cast<std::size_t>(op.batch),
                 static_cast<std::int32_t>(op.context - 1));
  indices_ = upload(device, indices);
}

Buffer StepWeights::random(DType dtype, std::int64_t elements) {
  Buffer buffer = device_.allocate(elements * size_bytes(dtype));
  fill_random(device_.stream(), buffer.data(), dtype, elements, data_, ++seed_);
  return buffer;
}

/// The norms before linears have weights of 1/√hidden, those of heads of 1.
Buffer StepWeights::norms() {
  const float small = 1.0F / std::sqrt(static_cast<float>(op_.hidden));
  const std::int64_t of_layer = norms_of_layer(op_);
  const std::int64_t count = op_.layers * of_layer + op_.hidden;
  std::vector<std::uint16_t> all(static_cast<std::size_t>(count));
  ++seed_;
  for (std::int64_t i = 0; i < count; ++i) {
    const bool of_heads = i < op_.layers * of_layer && i % of_layer >= 2 * op_.hidden;
    const float value = random_value(data_, seed_, static_cast<std::uint64_t>(i));
    store_element(DType::kBf16, all.data(), i, of_heads ? value : small * value);
  }
  return upload(device_, all);
}

const void* StepWeights::data(StepWeight weight, int layer_index) const {
  const auto norm = [&](std::int64_t place) -> const void* {
    return static_cast<const std::uint16_t*>(norms_.data()) + layer_index * norms_of_layer(op_) +
           place;
  };
  switch (weight) {
    case StepWeight::kEmbedding:
      return embedding_.data();
    case StepWeight::kHead:
      return head_.data();
    case StepWeight::kFinalNorm:
      return static_cast<const std::uint16_t*>(norms_.data()) + op_.layers * norms_of_layer(op_);
    case StepWeight::kInputNorm:
      return norm(0);
    case StepWeight::kPostNorm:
      return norm(op_.hidden);
    case StepWeight::kHeadNorm:
      return norm(2 * op_.hidden);
    case StepWeight::kQkv:
      return layer(layer_index).linears[0].data();
    case StepWeight::kO:
      return layer(layer_index).linears[1].data();
    case StepWeight::kGateUp:
      return layer(layer_index).linears[2].data();
    case StepWeight::kDown:
      return layer(layer_index).linears[3].data();
    case StepWeight::kNone:
      break;
  }
  throw EnvironmentError("an op of the step has no weights");
}

const void* StepWeights::k_norm(int layer_index) const {
  return static_cast<const std::uint16_t*>(data(StepWeight::kHeadNorm, layer_index)) + op_.head_dim;
}

float StepWeights::scale(StepWeight linear) const {
  return quantization_scale(linear_of(op_, linear).weights, data_);
}

void* StepWeights::keys(int layer_index) const { return layer(layer_index).keys.data(); }
void* StepWeights::values(int layer_index) const { return layer(layer_index).values.data(); }
float StepWeights::cache_scale() const { return quantization_scale(op_.kv, data_); }

const std::int32_t* StepWeights::page_table() const {
  return static_cast<const std::int32_t*>(indices_.data());
}
int StepWeights::pages() const { return paged(op_).pages_of(static_cast<int>(op_.context)); }
int StepWeights::page_shift() const { return paged(op_).page_shift; }
const std::int32_t* StepWeights::positions() const { return page_table() + op_.batch * pages(); }

}  // namespace gpugauge
