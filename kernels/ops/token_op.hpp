#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/dtype.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

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

/// Bytes read in BF16, elements written in the output's type, bytes written in BF16 whatever the
/// output, and operations, for each element of `width`; the customary output; and whether in a step
/// the kernel before it has just written its input, which then is in the cache.
struct TokenOpRow {
  TokenOpKind value;
  std::string_view name;
  double read_bytes;
  double written_elements;
  double also_bytes;
  double flops;
  DType output;
  bool reads_fresh = true;
};
template <>
struct EnumTable<TokenOpKind> {
  static constexpr std::array rows{
      TokenOpRow{TokenOpKind::kRmsNorm, "rms_norm", 4, 1, 2, 5, DType::kBf16},  // x, residual
      TokenOpRow{TokenOpKind::kHeadNorm, "head_norm", 2, 1, 0, 4, DType::kBf16},
      TokenOpRow{TokenOpKind::kRopeAppend, "rope_append", 2, 1, 0, 3, DType::kBf16},
      TokenOpRow{TokenOpKind::kGatedActivation, "gated_activation", 4, 1, 0, 5, DType::kBf16},
      TokenOpRow{TokenOpKind::kQuantize, "quantize", 2, 1, 0, 2, DType::kFp8E4m3},
      TokenOpRow{TokenOpKind::kEmbedding, "embedding", 2, 1, 0, 0, DType::kBf16, false},
      TokenOpRow{TokenOpKind::kArgmax, "argmax", 2, 0, 0, 1, DType::kInt32},
  };
};

struct TokenOp {
  static constexpr std::string_view kFamily = "token_op";
  static constexpr bool kFewFlops = true;

  TokenOpKind kind;
  std::int64_t tokens, width;
  DType output;               ///< of y: with FP8 the norm or activation quantises as it writes; of
                              ///< the cache for kRopeAppend
  std::int64_t kv_heads = 0;  ///< where heads matter (kHeadNorm, kRopeAppend), else 0 …
  std::int64_t head_dim = 0;  ///< … like this

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static TokenOp parse(NameParts& parts);
  std::int64_t* swept() { return &tokens; }
  auto operator<=>(const TokenOp&) const = default;
};

void fields(Of<TokenOp> auto& op, auto&& visit) {
  visit.about("The small work on each token around the linears of a layer.");
  visit("operation", op.kind, {"Which."});
  visit("tokens", op.tokens, {"Tokens."});
  visit("width", op.width, {"Elements a token."});
  visit("output", op.output, {"Type of what is written; of the cache for rope_append."});
  visit("kv_heads", op.kv_heads,
        {.text = "Heads of the cache where heads matter, else 0.", .least = 0});
  visit("head_dim", op.head_dim,
        {.text = "Elements a head where heads matter, else 0.", .least = 0});
}

/// A token op with its customary output: FP8 where it quantises, a token index where it samples,
/// else BF16.
TokenOp token_op_of(TokenOpKind kind, std::int64_t tokens, std::int64_t width,
                    std::int64_t kv_heads = 0, std::int64_t head_dim = 0);

}  // namespace gpugauge
