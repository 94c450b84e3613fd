#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "harness/base/dtype.hpp"

namespace gpugauge {

/// What a memory kernel does with its arrays. Names after STREAM (McCalpin).
enum class MemoryPattern : std::uint8_t { kRead, kWrite, kCopy, kScale, kAdd, kTriad };
inline constexpr std::array kMemoryPatterns{MemoryPattern::kRead, MemoryPattern::kWrite,
                                            MemoryPattern::kCopy, MemoryPattern::kScale,
                                            MemoryPattern::kAdd,  MemoryPattern::kTriad};

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

/// The matrix units alone, their operands in registers or shared memory. `flops` is the least that
/// one launch does. With 2:4 sparsity the zeros that are skipped count, as they do in datasheets.
struct TensorPeak {
  DType dtype;
  bool sparse;
  std::int64_t flops;
};

/// One query token a sequence against `context` cached tokens, grouped-query. Keys and values lie
/// in pages of `page_tokens`, scattered over the cache.
struct AttentionDecode {
  std::int64_t batch, context, heads, kv_heads, head_dim;
  DType kv;
  std::int64_t page_tokens = 16;
};

/// Causal attention of a whole prompt to itself, grouped-query; q, k, v and the output in `dtype`.
struct AttentionPrefill {
  std::int64_t batch, tokens, heads, kv_heads, head_dim;
  DType dtype;
};

/// The small per-token work around the linears of a transformer layer; inputs in BF16.
enum class TokenOpKind : std::uint8_t {
  kRmsNorm,   ///< residual += x; y = norm(residual) · weight
  kHeadNorm,  ///< normalises q and k in place, head by head; width = (heads + kv_heads) · head_dim
  kRopeAppend,  ///< rotates q and k, appends k and v to the cache; width = (heads + 2 kv_heads) ·
                ///< head_dim
  kGatedActivation,  ///< y = silu(gate) · up; width = the width of y
  kQuantize,         ///< y = x / scale, with a scale for the whole tensor
  kEmbedding,        ///< gathers one row a token
  kArgmax,           ///< greedy sampling over `width` logits
};

struct TokenOp {
  TokenOpKind kind;
  std::int64_t tokens, width;
  DType output;               ///< of y: with FP8 the norm or activation quantises as it writes; of
                              ///< the cache for kRopeAppend
  std::int64_t kv_heads = 0;  ///< where heads matter (kHeadNorm, kRopeAppend), else 0 …
  std::int64_t head_dim = 0;  ///< … like this
};

/// A token op with its customary output: FP8 where it quantises, a token index where it samples,
/// else BF16.
TokenOp token_op_of(TokenOpKind kind, std::int64_t tokens, std::int64_t width,
                    std::int64_t kv_heads = 0, std::int64_t head_dim = 0);

/// One whole decode step of a model: every op of every layer, the head, greedy sampling, and the
/// token fed back.
struct DecodeStep {
  std::int64_t batch, context;
  std::int64_t layers, hidden, intermediate, heads, kv_heads, head_dim, vocab;
  bool qk_norm;
  DType linears, head, kv;
};

/// What a dependent access or an empty launch costs.
enum class LatencyKind : std::uint8_t {
  kPointerChase,      ///< one dependent load after another through `bytes` of memory
  kPointerChaseNear,  ///< through those of its lines that the L2 partition next to the SM holds
  kPointerChaseFar,   ///< through those of the other partition
  kKernelLaunch,      ///< empty kernels one by one, by the host's clock
  kGraphNode,         ///< empty kernels as nodes of one graph
};

constexpr bool is_one_sided(LatencyKind kind) {
  return kind == LatencyKind::kPointerChaseNear || kind == LatencyKind::kPointerChaseFar;
}
constexpr bool is_pointer_chase(LatencyKind kind) {
  return kind == LatencyKind::kPointerChase || is_one_sided(kind);
}

struct Latency {
  LatencyKind kind;
  std::int64_t count;  ///< loads or launches in what is timed as one launch
  std::int64_t bytes;  ///< the footprint of a pointer chase, else 0
};

/// A copy between host and device, or between two devices.
enum class TransferKind : std::uint8_t {
  kHostToDevice,
  kDeviceToHost,
  kHostToDevicePageable,
  kDeviceToHostPageable,
  kPeerToPeer,
};

struct Transfer {
  TransferKind kind;
  std::int64_t bytes;
};

/// The sum of arrays of `bytes` that each of `cards` has, left in each of them.
struct AllReduce {
  std::int64_t cards, bytes;
};

using Op = std::variant<MemoryStream, Gemm, AttentionDecode, TokenOp, TensorPeak, AttentionPrefill,
                        DecodeStep, Latency, Transfer, AllReduce>;

/// Floating-point operations, and the fewest bytes that must cross device memory, of one launch; of
/// a transfer or an all-reduce the bytes that must cross the link of each card, in each direction.
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

/// `memory`, `gemm`, `attention_decode`, `token_op`, `tensor_peak`, …: the op's name in files.
std::string_view family_of(const Op& op);
/// Names: `read`, `triad`, …; `rms_norm`, …; `pointer_chase`, …; `host_to_device`, ….
std::string_view name_of(MemoryPattern pattern);
std::string_view name_of(TokenOpKind kind);
std::string_view name_of(LatencyKind kind);
std::string_view name_of(TransferKind kind);
std::optional<MemoryPattern> memory_pattern_from_name(std::string_view name);
std::optional<TokenOpKind> token_op_kind_from_name(std::string_view name);
std::optional<LatencyKind> latency_kind_from_name(std::string_view name);
std::optional<TransferKind> transfer_kind_from_name(std::string_view name);

/// What stands before the model in a case name, e.g. `gemm/fp8_e4m3` or `memory/read`.
std::string kind_path(const Op& op);
/// What stands after it, e.g. `m:8/n:28672/k:4096` or `1GiB`.
std::string shape_path(const Op& op);

/// `1GiB`, `96MiB`, `4096B`: the largest binary unit that divides evenly.
std::string format_bytes_exact(std::int64_t bytes);

}  // namespace gpugauge
