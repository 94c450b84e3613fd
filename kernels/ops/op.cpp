#include "kernels/ops/op.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// STREAM's kernels with what they move and compute for each element. Triad is a[i] = b[i] +
/// s·c[i].
struct PatternRow {
  MemoryPattern kind;
  std::string_view name;
  ArrayCount arrays;
  double flops_per_element;
};
constexpr std::array kPatterns{
    PatternRow{MemoryPattern::kRead, "read", {1, 0}, 0},
    PatternRow{MemoryPattern::kWrite, "write", {0, 1}, 0},
    PatternRow{MemoryPattern::kCopy, "copy", {1, 1}, 0},
    PatternRow{MemoryPattern::kScale, "scale", {1, 1}, 1},
    PatternRow{MemoryPattern::kAdd, "add", {2, 1}, 1},
    PatternRow{MemoryPattern::kTriad, "triad", {2, 1}, 2},
};
constexpr double kMemoryElementBytes = 4;  // the memory kernels work on 32-bit elements

/// The small ops of a step: bytes read in BF16 and written in the output's type, and operations,
/// for each element of `width`. `also_bytes` are written in BF16 whatever the output.
struct TokenOpRow {
  TokenOpKind kind;
  std::string_view name;
  double read_bytes;
  double written_elements;
  double also_bytes;
  double flops;
  DType output;
};
constexpr std::array kTokenOps{
    TokenOpRow{TokenOpKind::kRmsNorm, "rms_norm", 4, 1, 2, 5, DType::kBf16},  // x, residual
    TokenOpRow{TokenOpKind::kHeadNorm, "head_norm", 2, 1, 0, 4, DType::kBf16},
    TokenOpRow{TokenOpKind::kRopeAppend, "rope_append", 2, 1, 0, 3, DType::kBf16},
    TokenOpRow{TokenOpKind::kGatedActivation, "gated_activation", 4, 1, 0, 5, DType::kBf16},
    TokenOpRow{TokenOpKind::kQuantize, "quantize", 2, 1, 0, 2, DType::kFp8E4m3},
    TokenOpRow{TokenOpKind::kEmbedding, "embedding", 2, 1, 0, 0, DType::kBf16},
    TokenOpRow{TokenOpKind::kArgmax, "argmax", 2, 0, 0, 1, DType::kInt32},
};

struct LatencyRow {
  LatencyKind kind;
  std::string_view name;
};
constexpr std::array kLatencies{LatencyRow{LatencyKind::kPointerChase, "pointer_chase"},
                                LatencyRow{LatencyKind::kPointerChaseNear, "pointer_chase_near"},
                                LatencyRow{LatencyKind::kPointerChaseFar, "pointer_chase_far"},
                                LatencyRow{LatencyKind::kKernelLaunch, "kernel_launch"},
                                LatencyRow{LatencyKind::kGraphNode, "graph_node"}};

struct TransferRow {
  TransferKind kind;
  std::string_view name;
};
constexpr std::array kTransfers{
    TransferRow{TransferKind::kHostToDevice, "host_to_device"},
    TransferRow{TransferKind::kDeviceToHost, "device_to_host"},
    TransferRow{TransferKind::kHostToDevicePageable, "host_to_device_pageable"},
    TransferRow{TransferKind::kDeviceToHostPageable, "device_to_host_pageable"},
    TransferRow{TransferKind::kPeerToPeer, "peer_to_peer"}};

template <typename Row, std::size_t N>
auto kind_from_name(const std::array<Row, N>& rows, std::string_view name)
    -> std::optional<decltype(Row::kind)> {
  const auto row =
      std::find_if(rows.begin(), rows.end(), [&](const Row& r) { return r.name == name; });
  return row != rows.end() ? std::optional(row->kind) : std::nullopt;
}

const PatternRow& row_of(MemoryPattern p) { return kPatterns.at(static_cast<std::size_t>(p)); }
const TokenOpRow& row_of(TokenOpKind k) { return kTokenOps.at(static_cast<std::size_t>(k)); }

struct WorkOf {
  Work operator()(const MemoryStream& op) const {
    const PatternRow& row = row_of(op.pattern);
    const double array = as_double(array_bytes(op));
    return {.flops = row.flops_per_element * array / kMemoryElementBytes,
            .bytes = array * (row.arrays.read + row.arrays.written)};
  }

  Work operator()(const Gemm& op) const {
    const double m = as_double(op.m), n = as_double(op.n), k = as_double(op.k);
    return {.flops = 2 * m * n * k,
            .bytes = m * k * as_double(size_bytes(op.activations)) +
                     n * k * as_double(size_bytes(op.weights)) +
                     m * n * as_double(size_bytes(op.output))};
  }

  /// q·Kᵀ and p·V: 2 · 2 · batch · heads · context · head_dim. K and V are read once a kv head; q
  /// and the output are BF16.
  Work operator()(const AttentionDecode& op) const {
    const double tokens = as_double(op.batch) * as_double(op.context);
    const double query = as_double(op.batch) * as_double(op.heads) * as_double(op.head_dim);
    return {.flops = 4 * tokens * as_double(op.heads) * as_double(op.head_dim),
            .bytes = 2 * tokens * as_double(op.kv_heads) * as_double(op.head_dim) *
                         as_double(size_bytes(op.kv)) +
                     2 * query * as_double(size_bytes(DType::kBf16))};
  }

  Work operator()(const TokenOp& op) const {
    const TokenOpRow& row = row_of(op.kind);
    const double elements = as_double(op.tokens) * as_double(op.width);
    const double written = row.written_elements * as_double(size_bytes(op.output)) + row.also_bytes;
    return {.flops = row.flops * elements, .bytes = (row.read_bytes + written) * elements};
  }

  Work operator()(const TensorPeak& op) const { return {.flops = as_double(op.flops), .bytes = 0}; }

  /// Half of the square and the diagonal; q, k, v are read once and the output is written.
  Work operator()(const AttentionPrefill& op) const {
    const double tokens = as_double(op.tokens), batch = as_double(op.batch);
    const double heads = as_double(op.heads), head_dim = as_double(op.head_dim);
    return {.flops = 4 * batch * heads * head_dim * tokens * (tokens + 1) / 2,
            .bytes = 2 * batch * tokens * (heads + as_double(op.kv_heads)) * head_dim *
                     as_double(size_bytes(op.dtype))};
  }

  /// The linears and the attention; the rest neither streams nor computes enough to count.
  Work operator()(const DecodeStep& op) const {
    const double layers = as_double(op.layers), batch = as_double(op.batch);
    const double hidden = as_double(op.hidden), head_dim = as_double(op.head_dim);
    const double heads = as_double(op.heads), kv_heads = as_double(op.kv_heads);
    const double weights =
        hidden * head_dim * (2 * heads + 2 * kv_heads) + 3 * hidden * as_double(op.intermediate);
    const double head = hidden * as_double(op.vocab);
    const double cached = 2 * batch * as_double(op.context) * kv_heads * head_dim;
    return {.flops = 2 * batch * (layers * weights + head) +
                     layers * 4 * batch * as_double(op.context) * heads * head_dim,
            .bytes = layers * (weights * as_double(size_bytes(op.linears)) +
                               cached * as_double(size_bytes(op.kv))) +
                     head * as_double(size_bytes(op.head))};
  }

  Work operator()(const Latency&) const { return {.flops = 0, .bytes = 0}; }
  Work operator()(const Transfer& op) const { return {.flops = 0, .bytes = as_double(op.bytes)}; }

  /// In a ring every card sends all parts of the array but one twice: once to be summed, once as a
  /// sum. No algorithm that runs on the cards alone sends fewer.
  Work operator()(const AllReduce& op) const {
    const double cards = as_double(op.cards);
    return {.flops = 0, .bytes = 2 * (cards - 1) / cards * as_double(op.bytes)};
  }
};

struct KindPath {
  std::string operator()(const MemoryStream& op) const {
    return fmt::format("memory/{}", name_of(op.pattern));
  }
  std::string operator()(const Gemm& op) const {
    if (op.activations == op.weights) return fmt::format("gemm/{}", name_of(op.weights));
    return fmt::format("gemm/{}_x_{}", name_of(op.activations), name_of(op.weights));
  }
  std::string operator()(const AttentionDecode& op) const {
    return fmt::format("attention_decode/{}", name_of(op.kv));
  }
  std::string operator()(const TokenOp& op) const {
    return fmt::format("token_op/{}/{}", name_of(op.kind), name_of(op.output));
  }
  std::string operator()(const TensorPeak& op) const {
    return fmt::format("tensor_peak/{}/{}", name_of(op.dtype), op.sparse ? "sparse" : "dense");
  }
  std::string operator()(const AttentionPrefill& op) const {
    return fmt::format("attention_prefill/{}", name_of(op.dtype));
  }
  std::string operator()(const DecodeStep& op) const {
    return fmt::format("decode_step/{}", name_of(op.linears));
  }
  std::string operator()(const Latency& op) const {
    return fmt::format("latency/{}", name_of(op.kind));
  }
  std::string operator()(const Transfer& op) const {
    return fmt::format("transfer/{}", name_of(op.kind));
  }
  std::string operator()(const AllReduce&) const { return "all_reduce"; }
};

struct ShapePath {
  std::string operator()(const MemoryStream& op) const { return format_bytes_exact(op.bytes); }
  std::string operator()(const Gemm& op) const {
    return fmt::format("m:{}/n:{}/k:{}", op.m, op.n, op.k);
  }
  std::string operator()(const AttentionDecode& op) const {
    return fmt::format("b:{}/c:{}/h:{}/kv:{}/d:{}/p:{}", op.batch, op.context, op.heads,
                       op.kv_heads, op.head_dim, op.page_tokens);
  }
  std::string operator()(const TokenOp& op) const {
    const std::string heads =
        op.head_dim > 0 ? fmt::format("/kv:{}/d:{}", op.kv_heads, op.head_dim) : "";
    return fmt::format("t:{}/w:{}{}", op.tokens, op.width, heads);
  }
  std::string operator()(const TensorPeak& op) const {
    return fmt::format("gflop:{}", op.flops / 1'000'000'000);
  }
  std::string operator()(const AttentionPrefill& op) const {
    return fmt::format("b:{}/t:{}/h:{}/kv:{}/d:{}", op.batch, op.tokens, op.heads, op.kv_heads,
                       op.head_dim);
  }
  /// The model is named beside it; what else may differ is what the cache holds.
  std::string operator()(const DecodeStep& op) const {
    return fmt::format("b:{}/c:{}/kv:{}", op.batch, op.context, name_of(op.kv));
  }
  std::string operator()(const Latency& op) const {
    return op.bytes > 0 ? fmt::format("{}/x:{}", format_bytes_exact(op.bytes), op.count)
                        : fmt::format("x:{}", op.count);
  }
  std::string operator()(const Transfer& op) const { return format_bytes_exact(op.bytes); }
  std::string operator()(const AllReduce& op) const {
    return fmt::format("cards:{}/{}", op.cards, format_bytes_exact(op.bytes));
  }
};

}  // namespace

Gemm gemm_of(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.m = m,
          .n = n,
          .k = k,
          .activations = dtype,
          .weights = dtype,
          .output = gemm_output_of(dtype)};
}

TokenOp token_op_of(TokenOpKind kind, std::int64_t tokens, std::int64_t width,
                    std::int64_t kv_heads, std::int64_t head_dim) {
  return {.kind = kind,
          .tokens = tokens,
          .width = width,
          .output = row_of(kind).output,
          .kv_heads = kv_heads,
          .head_dim = head_dim};
}

Work work_of(const Op& op) { return std::visit(WorkOf{}, op); }
std::string kind_path(const Op& op) { return std::visit(KindPath{}, op); }
std::string shape_path(const Op& op) { return std::visit(ShapePath{}, op); }

std::string_view family_of(const Op& op) {
  constexpr std::array<std::string_view, 10> kFamilies{
      "memory",      "gemm",    "attention_decode", "token_op",  "tensor_peak", "attention_prefill",
      "decode_step", "latency", "transfer",         "all_reduce"};
  static_assert(kFamilies.size() == std::variant_size_v<Op>);
  return kFamilies.at(op.index());
}

ArrayCount arrays_of(MemoryPattern pattern) { return row_of(pattern).arrays; }
std::string_view name_of(MemoryPattern pattern) { return row_of(pattern).name; }
std::string_view name_of(TokenOpKind kind) { return row_of(kind).name; }

std::string_view name_of(LatencyKind kind) {
  return kLatencies.at(static_cast<std::size_t>(kind)).name;
}
std::string_view name_of(TransferKind kind) {
  return kTransfers.at(static_cast<std::size_t>(kind)).name;
}

std::optional<MemoryPattern> memory_pattern_from_name(std::string_view name) {
  return kind_from_name(kPatterns, name);
}
std::optional<TokenOpKind> token_op_kind_from_name(std::string_view name) {
  return kind_from_name(kTokenOps, name);
}
std::optional<LatencyKind> latency_kind_from_name(std::string_view name) {
  return kind_from_name(kLatencies, name);
}
std::optional<TransferKind> transfer_kind_from_name(std::string_view name) {
  return kind_from_name(kTransfers, name);
}

std::int64_t array_bytes(const MemoryStream& op) {
  const ArrayCount arrays = arrays_of(op.pattern);
  return op.bytes / (arrays.read + arrays.written) / kSmallPageBytes * kSmallPageBytes;
}

std::string format_bytes_exact(std::int64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "KiB", "MiB", "GiB", "TiB"};
  std::size_t unit = 0;
  while (unit + 1 < kUnits.size() && bytes != 0 && bytes % 1024 == 0) {
    bytes /= 1024;
    ++unit;
  }
  return fmt::format("{}{}", bytes, kUnits.at(unit));
}

}  // namespace gpugauge
