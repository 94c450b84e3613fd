#include "kernels/cuda/step/step_arrays.hpp"

#include <utility>

#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

Buffer zeros(Device& device, std::int64_t bytes) {
  const std::vector<char> host(static_cast<std::size_t>(bytes));
  Buffer buffer = device.allocate(bytes);
  device.copy_to_device(buffer.data(), host.data(), bytes);
  return buffer;
}

/// Any tokens to begin with, so that the sequences of a batch go different ways; of both parities.
std::vector<std::int32_t> random_ids(const DecodeStep& op) {
  std::vector<std::int32_t> ids;
  for (std::int64_t i = 0; i < 2 * op.batch; ++i) {
    const std::uint64_t bits = random_bits(1, static_cast<std::uint64_t>(i));
    ids.push_back(static_cast<std::int32_t>(bits % static_cast<std::uint64_t>(op.vocab)));
  }
  return ids;
}

/// Element `index` of an array of BF16.
const void* bf16_at(const void* array, std::int64_t index) {
  return static_cast<const std::uint16_t*>(array) + index;
}

}  // namespace

StepArrays::StepArrays(const DecodeStep& op, StepPlan plan, const StepWeights& weights,
                       Device& device)
    : op_(op),
      plan_(std::move(plan)),
      weights_(weights),
      attention_blocks_(attention_decode_blocks(attention_of(op), device.info().compute_units)),
      offsets_(tensor_offsets(plan_, op)),
      tensors_(device.allocate(offsets_.back())),
      start_ids_(random_ids(op)),
      ids_(device.allocate(2 * op.batch * size_bytes(DType::kInt32))),
      argmax_keys_(device.allocate(op.batch * argmax_blocks(op.vocab) * 8)),
      arrivals_(zeros(device, op.batch * size_bytes(DType::kInt32))),
      attention_workspace_(
          zeros(device, attention_decode_workspace_bytes(attention_of(op), attention_blocks_))) {
  poison(device);
}

Heads StepArrays::heads() const {
  return {.queries = static_cast<int>(op_.heads),
          .keys = static_cast<int>(op_.kv_heads),
          .head_dim = static_cast<int>(op_.head_dim)};
}

void* StepArrays::data(int id) const {
  if (id == kNoTensor) return nullptr;
  return static_cast<char*>(tensors_.data()) + offsets_[static_cast<std::size_t>(id)];
}

void StepArrays::poison(Device& device) const {
  device.poison(tensors_.data(), tensors_.bytes());
  device.copy_to_device(ids_.data(), start_ids_.data(), ids_.bytes());
}

RmsNormArrays StepArrays::rms_norm(const StepNode& node) const {
  return {.x = data(node.x),
          .residual_in = data(node.x2),
          .residual_out = data(node.out2),
          .weight = weights_.data(node.weight, node.layer),
          .y = data(node.out)};
}

HeadNormArrays StepArrays::head_norm(const StepNode& node) const {
  return {.in = {data(node.x), tensor(node.x).width},
          .out = {data(node.out), tensor(node.out).width},
          .q_weight = weights_.data(node.weight, node.layer),
          .k_weight = weights_.k_norm(node.layer)};
}

RopeAppendArrays StepArrays::rope_append(const StepNode& node) const {
  const bool normalises = node.weight == StepWeight::kHeadNorm;
  return {.qk = {data(node.x), tensor(node.x).width},
          .v = {bf16_at(data(node.x2), (op_.heads + op_.kv_heads) * op_.head_dim),
                tensor(node.x2).width},
          .q_weight = normalises ? weights_.data(node.weight, node.layer) : nullptr,
          .k_weight = normalises ? weights_.k_norm(node.layer) : nullptr,
          .rotary = weights_.rotary(),
          .positions = weights_.positions(),
          .page_table = weights_.page_table(),
          .pages = weights_.pages(),
          .page_shift = weights_.page_shift(),
          .q = data(node.out),
          .k_cache = weights_.keys(node.layer),
          .v_cache = weights_.values(node.layer),
          .k_scale = weights_.cache_scale(),
          .v_scale = weights_.cache_scale()};
}

GemmPointers StepArrays::linear(const StepNode& node) const {
  return {.x = data(node.x), .w = weights_.data(node.weight, node.layer), .y = data(node.out)};
}

AttentionDecodeArrays StepArrays::attention(const StepNode& node) const {
  return {.q = data(node.x),
          .q_stride = tensor(node.x).width,
          .k_cache = weights_.keys(node.layer),
          .v_cache = weights_.values(node.layer),
          .page_table = weights_.page_table(),
          .out = data(node.out),
          .workspace = attention_workspace_.data(),
          .k_scale = weights_.cache_scale(),
          .v_scale = weights_.cache_scale()};
}

ArgmaxArrays StepArrays::argmax(const StepNode& node, int parity) const {
  return {.logits = data(node.x),
          .keys = argmax_keys_.data(),
          .arrivals = static_cast<unsigned*>(arrivals_.data()),
          .ids = ids(1 - parity)};
}

}  // namespace gpugauge
