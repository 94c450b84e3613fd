#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "kernels/dtype.hpp"

namespace gpugauge {

/// What a memory kernel does with its arrays. Names after STREAM (McCalpin).
enum class MemoryPattern : std::uint8_t { kRead, kWrite, kCopy, kTriad };

/// Streams whole arrays. `bytes` is the traffic of one launch, reads and writes together, so that
/// every pattern of one size has the same floor; it is shared evenly among the pattern's arrays.
struct MemoryStream {
  MemoryPattern pattern;
  std::int64_t bytes;
};

/// y[m,n] = x[m,k] · w[n,k]ᵀ. The weights `w` are what a decode step streams; each row is one
/// output.
struct Gemm {
  std::int64_t m, n, k;
  DType activations, weights, output;
};

/// A GEMM whose operands share one type and whose output is the customary one for it.
Gemm gemm_of(DType dtype, std::int64_t m, std::int64_t n, std::int64_t k);

/// One query token a sequence against `context` cached tokens, grouped-query.
struct AttentionDecode {
  std::int64_t batch, context, heads, kv_heads, head_dim;
  DType kv;
};

/// The small per-token work around the linears of a transformer layer, in BF16 unless it quantises.
enum class TokenOpKind : std::uint8_t {
  kRmsNorm,     ///< y = norm(x + residual), and the new residual is written back
  kHeadNorm,    ///< normalises q or k in place, head by head
  kRopeAppend,  ///< rotates q and k, appends k and v to the cache; width = (heads + 2 kv_heads) ·
                ///< head_dim
  kGatedActivation,  ///< y = silu(gate) · up; width = the width of y
  kQuantize,         ///< y = fp8(x / scale)
  kEmbedding,        ///< gathers one row a token
  kArgmax,           ///< greedy sampling over `width` logits
};

struct TokenOp {
  TokenOpKind kind;
  std::int64_t tokens, width;
};

using Op = std::variant<MemoryStream, Gemm, AttentionDecode, TokenOp>;

/// Floating-point operations, and the fewest bytes that must cross device memory, of one launch.
struct Work {
  double flops;
  double bytes;
};

/// The only place where work is counted. A multiply-add is two operations; the formulas stand in
/// op.cpp.
Work work_of(const Op& op);

/// Bytes of each array that a memory kernel streams: its share of `bytes`, down to a whole 4 KiB
/// page.
std::int64_t array_bytes(const MemoryStream& op);
/// How many arrays a pattern reads and writes.
struct ArrayCount {
  int read, written;
};
ArrayCount arrays_of(MemoryPattern pattern);

/// `memory`, `gemm`, `attention_decode`, `token_op`.
std::string_view family_of(const Op& op);
/// Names: `read`, `triad`, …; `rms_norm`, ….
std::string_view name_of(MemoryPattern pattern);
std::string_view name_of(TokenOpKind kind);
std::optional<MemoryPattern> memory_pattern_from_name(std::string_view name);
std::optional<TokenOpKind> token_op_kind_from_name(std::string_view name);

/// What stands before the model in a case name, e.g. `gemm/fp8_e4m3` or `memory/read`.
std::string kind_path(const Op& op);
/// What stands after it, e.g. `m:8/n:28672/k:4096` or `1GiB`.
std::string shape_path(const Op& op);

/// `1GiB`, `96MiB`, `4096B`: the largest binary unit that divides evenly.
std::string format_bytes_exact(std::int64_t bytes);

}  // namespace gpugauge
