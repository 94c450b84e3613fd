#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kernels/ops/op.hpp"
#include "kernels/reference/comparison.hpp"

namespace gpugauge {

/// One query and the tokens that it attends to.
struct AttentionRow {
  std::span<const float> q;             ///< [head_dim]
  std::span<const float> keys, values;  ///< [token][head_dim], as stored …
  double key_scale = 1.0;               ///< … and what one unit of them stands for
  double value_scale = 1.0;
  /// Significant bits of a probability where it is multiplied by the values: 8 is bf16.
  int probability_bits = 8;
};

struct AttentionElement {
  double value;
  double bound;  ///< how far an element that is rounded to bf16 may be from it
};

/// softmax(q · Kᵀ / √head_dim) · V in double precision.
///
/// With w for the probabilities, r for an output's and p for a probability's unit roundoff and
/// u = 2⁻²⁴, an element passes within
///   r·|ref| + p·min(Σ w|v|, 4·√Σ(w·v)²) + 8·u·Σ w|v| + Σ w·e·(|v| + |ref|):
/// the rounding of the result; that of the probabilities, which are rounded independently, hence
/// the root; the fp32 sum; and e, the relative error that a score's error becomes,
///   e = 8·u·Σ|q·k|/√head_dim + 4·u·(|score| + |greatest score|) + 8·u,
/// the sum of q·k, the shift by the greatest score, and the exponential function.
std::vector<AttentionElement> attend(const AttentionRow& row);

/// Buffers of attention_decode as the host reads them.
struct AttentionDecodeHostView {
  /// Writes a kv head's keys and values of a sequence, [context][head_dim] in the op's `kv`.
  using ReadTokens =
      std::function<void(std::int64_t sequence, std::int64_t kv_head, void* keys, void* values)>;
  ReadTokens tokens;
  const void* q = nullptr;    ///< bf16 [batch][heads][head_dim]
  const void* out = nullptr;  ///< the same, poisoned before the launch
  double key_scale = 1.0, value_scale = 1.0;
};

/// Compares the outputs of up to 4 kv heads, of their group the first, the last and 2 others, and
/// looks at every element for one that was not written or is not finite. FP8 keys and values are
/// taken to be multiplied in fp16.
Comparison compare_attention_decode(const AttentionDecode& op, const AttentionDecodeHostView& view,
                                    std::string where = {}, std::uint64_t seed = 1);

/// One prompt of attention_prefill in host memory, bf16: q and out [tokens][heads][head_dim], k and
/// v [tokens][kv_heads][head_dim].
struct AttentionPrefillHostView {
  const void *q = nullptr, *k = nullptr, *v = nullptr;
  const void* out = nullptr;  ///< poisoned before the launch
};

/// Compares up to 4 heads at up to 10 tokens of a prompt, and looks at every element.
Comparison compare_attention_prefill(const AttentionPrefill& op,
                                     const AttentionPrefillHostView& view, std::string where = {},
                                     std::uint64_t seed = 1);

}  // namespace gpugauge
