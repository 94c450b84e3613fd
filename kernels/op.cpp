#include "kernels/op.hpp"

#include <fmt/format.h>

#include <array>

namespace gpugauge {
namespace {

/// STREAM's kernels with what they move and compute for each element. Triad is a[i] = b[i] +
/// s·c[i].
struct PatternRow {
  MemoryPattern pattern;
  std::string_view name;
  ArrayCount arrays;
  double flops_per_element;
};
constexpr std::array kPatterns{
    PatternRow{MemoryPattern::kRead, "read", {1, 0}, 0},
    PatternRow{MemoryPattern::kWrite, "write", {0, 1}, 0},
    PatternRow{MemoryPattern::kCopy, "copy", {1, 1}, 0},
    PatternRow{MemoryPattern::kTriad, "triad", {2, 1}, 2},
};
constexpr double kMemoryElementBytes = 4;  // the memory kernels work on 32-bit elements

/// The small ops of a step: bytes and operations for each element of `width`, activations in BF16.
struct TokenOpRow {
  TokenOpKind kind;
  std::string_view name;
  double bytes_per_element;
  double flops_per_element;
};
constexpr std::array kTokenOps{
    TokenOpRow{TokenOpKind::kRmsNorm, "rms_norm", 8, 5},  // x, residual in; residual, y out
    TokenOpRow{TokenOpKind::kHeadNorm, "head_norm", 4, 4},
    TokenOpRow{TokenOpKind::kRopeAppend, "rope_append", 4, 3},
    TokenOpRow{TokenOpKind::kGatedActivation, "gated_activation", 6, 5},  // gate, up in; y out
    TokenOpRow{TokenOpKind::kQuantize, "quantize", 3, 2},                 // bf16 in, fp8 out
    TokenOpRow{TokenOpKind::kEmbedding, "embedding", 4, 0},
    TokenOpRow{TokenOpKind::kArgmax, "argmax", 2, 1},
};

const PatternRow& row_of(MemoryPattern p) { return kPatterns.at(static_cast<std::size_t>(p)); }
const TokenOpRow& row_of(TokenOpKind k) { return kTokenOps.at(static_cast<std::size_t>(k)); }

double as_double(std::int64_t value) { return static_cast<double>(value); }

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
    return {.flops = row.flops_per_element * elements, .bytes = row.bytes_per_element * elements};
  }
};

struct KindPath {
  std::string operator()(const MemoryStream& op) const {
    return fmt::format("memory/{}", name_of(op.pattern));
  }
  std::string operator()(const Gemm& op) const {
    return fmt::format("gemm/{}", name_of(op.weights));
  }
  std::string operator()(const AttentionDecode& op) const {
    return fmt::format("attention_decode/{}", name_of(op.kv));
  }
  std::string operator()(const TokenOp& op) const {
    return fmt::format("token_op/{}", name_of(op.kind));
  }
};

struct ShapePath {
  std::string operator()(const MemoryStream& op) const { return format_bytes_exact(op.bytes); }
  std::string operator()(const Gemm& op) const {
    return fmt::format("m:{}/n:{}/k:{}", op.m, op.n, op.k);
  }
  std::string operator()(const AttentionDecode& op) const {
    return fmt::format("b:{}/c:{}/h:{}/kv:{}/d:{}", op.batch, op.context, op.heads, op.kv_heads,
                       op.head_dim);
  }
  std::string operator()(const TokenOp& op) const {
    return fmt::format("t:{}/w:{}", op.tokens, op.width);
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

Work work_of(const Op& op) { return std::visit(WorkOf{}, op); }
std::string kind_path(const Op& op) { return std::visit(KindPath{}, op); }
std::string shape_path(const Op& op) { return std::visit(ShapePath{}, op); }

std::string_view family_of(const Op& op) {
  constexpr std::array<std::string_view, 4> kFamilies{"memory", "gemm", "attention_decode",
                                                      "token_op"};
  static_assert(kFamilies.size() == std::variant_size_v<Op>);
  return kFamilies.at(op.index());
}

ArrayCount arrays_of(MemoryPattern pattern) { return row_of(pattern).arrays; }
std::string_view name_of(MemoryPattern pattern) { return row_of(pattern).name; }
std::string_view name_of(TokenOpKind kind) { return row_of(kind).name; }

std::optional<MemoryPattern> memory_pattern_from_name(std::string_view name) {
  for (const PatternRow& row : kPatterns) {
    if (row.name == name) return row.pattern;
  }
  return std::nullopt;
}

std::optional<TokenOpKind> token_op_kind_from_name(std::string_view name) {
  for (const TokenOpRow& row : kTokenOps) {
    if (row.name == name) return row.kind;
  }
  return std::nullopt;
}

std::int64_t array_bytes(const MemoryStream& op) {
  constexpr std::int64_t kPage = 4096;
  const ArrayCount arrays = arrays_of(op.pattern);
  return op.bytes / (arrays.read + arrays.written) / kPage * kPage;
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
