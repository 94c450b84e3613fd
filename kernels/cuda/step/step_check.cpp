#include "kernels/cuda/step/step_check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "kernels/cuda/attention/paged_cache.hpp"
#include "kernels/cuda/token_ops/token_ops_check.hpp"
#include "kernels/reference/attention_reference.hpp"
#include "kernels/reference/gemm_reference.hpp"

namespace gpugauge {
namespace {

const char* byte_at(const void* array, std::int64_t bytes) {
  return static_cast<const char*>(array) + bytes;
}

std::vector<std::int32_t> fetch_page_table(const DecodeStep& op, const std::int32_t* table,
                                           int pages, Device& device) {
  std::vector<std::int32_t> host(static_cast<std::size_t>(op.batch * pages));
  device.copy_to_host(host.data(), table, static_cast<std::int64_t>(host.size() * sizeof(host[0])));
  return host;
}

}  // namespace

std::vector<char> StepCheck::fetch(const void* array, std::int64_t bytes) const {
  std::vector<char> host(static_cast<std::size_t>(bytes));
  device_.copy_to_host(host.data(), array, bytes);
  return host;
}

Comparison StepCheck::compare(const StepNode& node) {
  std::string where =
      node.layer < 0 ? node.name : fmt::format("layer {}, {}", node.layer, node.name);
  if (std::holds_alternative<Gemm>(node.op)) return compare_linear(node, std::move(where));
  if (std::holds_alternative<AttentionDecode>(node.op)) {
    return compare_attention(node, std::move(where));
  }
  const auto& op = std::get<TokenOp>(node.op);
  Comparison comparison(std::move(where), op.width);
  compare_token_op(comparison, node, op);
  return comparison;
}

void StepCheck::compare_token_op(Comparison& comparison, const StepNode& node, const TokenOp& op) {
  TokenOpCheck check(device_, comparison);
  const std::int64_t tokens = op.tokens, width = op.width;
  const float scale = node.out != kNoTensor ? arrays_.tensor(node.out).fp8_scale : 1.0F;
  switch (op.kind) {
    case TokenOpKind::kRmsNorm:
      return check.rms_norm(arrays_.rms_norm(node), tokens, width, op.output, scale);
    case TokenOpKind::kHeadNorm:
      return check.head_norm(arrays_.head_norm(node), tokens, arrays_.heads());
    case TokenOpKind::kRopeAppend:
      return check.rope_append(arrays_.rope_append(node), tokens, arrays_.heads(), op.output);
    case TokenOpKind::kGatedActivation:
      return check.gated_activation(arrays_.data(node.x), arrays_.data(node.out), tokens, width,
                                    op.output, scale);
    case TokenOpKind::kQuantize:
      return check.quantize(arrays_.data(node.x), arrays_.data(node.out), tokens, width, scale);
    case TokenOpKind::kEmbedding: {
      std::vector<std::int32_t> ids(static_cast<std::size_t>(tokens));
      device_.copy_to_host(ids.data(), arrays_.ids(parity_), tokens * size_bytes(DType::kInt32));
      return check.embedding(arrays_.weights().data(node.weight, node.layer), ids,
                             arrays_.data(node.out), width);
    }
    case TokenOpKind::kArgmax:
      return check.argmax(arrays_.data(node.x), arrays_.ids(1 - parity_), tokens, width);
  }
}

Comparison StepCheck::compare_linear(const StepNode& node, std::string where) {
  const StepLinear& linear = linears_.of(node.weight);
  const Gemm& op = linear.op();
  const GemmPointers operands = arrays_.linear(node);
  const std::vector<char> y = fetch(operands.y, op.m * op.n * size_bytes(op.output));
  const auto reader = [&](const void* matrix, DType dtype) -> GemmHostView::ReadRow {
    const std::int64_t bytes = op.k * size_bytes(dtype);
    return [this, matrix, bytes](std::int64_t row, void* out) {
      device_.copy_to_host(out, byte_at(matrix, row * bytes), bytes);
    };
  };
  const float x_scale = arrays_.tensor(node.x).fp8_scale;
  const bool stored = op.weights == DType::kFp8E4m3;
  return compare_gemm(
      op,
      {.x = reader(operands.x, op.activations),
       .w = reader(operands.w, op.weights),
       .y = y.data(),
       .scale = stored ? static_cast<double>(x_scale) *
                             static_cast<double>(arrays_.weights().scale(node.weight))
                       : 1.0,
       .x_inverse_scale = 1.0F / x_scale},
      linear.accuracy(), std::move(where));
}

Comparison StepCheck::compare_attention(const StepNode& node, std::string where) {
  const auto& op = std::get<AttentionDecode>(node.op);
  const AttentionDecodeArrays arrays = arrays_.attention(node);
  const std::int64_t bytes = op.batch * op.heads * op.head_dim * size_bytes(DType::kBf16);
  const std::vector<char> q = fetch(arrays.q, bytes), out = fetch(arrays.out, bytes);

  const int pages = arrays_.weights().pages();
  const auto table = fetch_page_table(op_, arrays.page_table, pages, device_);
  const PagedCache paged{.kv_heads = static_cast<int>(op.kv_heads),
                         .page_shift = arrays_.weights().page_shift()};
  const std::int64_t row_bytes = op.head_dim * size_bytes(op.kv);
  const auto read = [&](std::int64_t sequence, std::int64_t kv_head, void* keys, void* values) {
    for (int token = 0; token < op.context; token += paged.page_tokens()) {
      const int page = table[static_cast<std::size_t>(sequence * pages + paged.entry_of(token))];
      const std::int64_t from = paged.row_of(page, static_cast<int>(kv_head), token) * row_bytes;
      const std::int64_t length =
          std::min<std::int64_t>(paged.page_tokens(), op.context - token) * row_bytes;
      device_.copy_to_host(static_cast<char*>(keys) + token * row_bytes,
                           byte_at(arrays.k_cache, from), length);
      device_.copy_to_host(static_cast<char*>(values) + token * row_bytes,
                           byte_at(arrays.v_cache, from), length);
    }
  };
  return compare_attention_decode(op,
                                  {.tokens = read,
                                   .q = q.data(),
                                   .out = out.data(),
                                   .key_scale = static_cast<double>(arrays.k_scale),
                                   .value_scale = static_cast<double>(arrays.v_scale)},
                                  std::move(where));
}

void poison_appended(const DecodeStep& op, const RopeAppendArrays& arrays, Device& device) {
  const auto table = fetch_page_table(op, arrays.page_table, arrays.pages, device);
  const PagedCache paged{.kv_heads = static_cast<int>(op.kv_heads),
                         .page_shift = arrays.page_shift};
  const int position = static_cast<int>(op.context) - 1;
  const std::int64_t bytes = op.head_dim * size_bytes(op.kv);
  for (std::int64_t sequence = 0; sequence < op.batch; ++sequence) {
    const int page =
        table[static_cast<std::size_t>(sequence * arrays.pages + paged.entry_of(position))];
    for (int kv_head = 0; kv_head < paged.kv_heads; ++kv_head) {
      const std::int64_t row = paged.row_of(page, kv_head, position);
      for (void* cache : {arrays.k_cache, arrays.v_cache}) {
        device.poison(static_cast<char*>(cache) + row * bytes, bytes);
      }
    }
  }
}

}  // namespace gpugauge
