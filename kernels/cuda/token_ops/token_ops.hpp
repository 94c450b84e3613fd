#pragma once

#include <cstdint>

#include "harness/base/dtype.hpp"
#include "harness/device/stream.hpp"

/// The small per-token ops of a transformer layer. Arrays lie in device memory, row-major and
/// without gaps, BF16 where nothing else is said, rows in multiples of 16 bytes; a `scale` is what
/// one unit of what is stored in FP8 stands for, and is not looked at where BF16 is written. All
/// are asynchronous.
namespace gpugauge {

/// Threads of a block of the ops without a reduction over a row: of so few elements each that a
/// block finds room beside others.
inline constexpr int kTokenOpThreads = 128;

inline constexpr std::int64_t kMaxNormWidth = 16384;
inline constexpr int kNormMaxThreads = 512;
/// Vectors of eight elements that a thread of a norm holds: two, or four of the widest rows.
constexpr int norm_vectors(std::int64_t width) { return width <= kNormMaxThreads * 2 * 8 ? 2 : 4; }
/// Threads of a block of a norm, whole warps.
constexpr int norm_threads(std::int64_t width) {
  const std::int64_t of_warp = std::int64_t{32} * 8 * norm_vectors(width);
  return static_cast<int>((width + of_warp - 1) / of_warp * 32);
}
static_assert(norm_threads(kMaxNormWidth) == kNormMaxThreads);

struct RmsNormArrays {
  const void* x = nullptr;  ///< [tokens, width]; null: nothing is added, no residual is written
  const void* residual_in = nullptr;
  void* residual_out = nullptr;  ///< may be residual_in
  const void* weight = nullptr;  ///< [width]
  void* y = nullptr;             ///< BF16 or FP8
};

/// residual_out = residual_in + x; y = residual_out / rms(residual_out) · weight
void launch_rms_norm(Stream stream, const RmsNormArrays& arrays, std::int64_t tokens,
                     std::int64_t width, DType output, float scale);

/// y = silu(gate) · up, of gate_up[tokens, gate then up]; `width` is that of y.
void launch_gated_activation(Stream stream, const void* gate_up, void* y, std::int64_t tokens,
                             std::int64_t width, DType output, float scale);

/// y = x / scale in FP8, what is too large clipped.
void launch_quantize(Stream stream, const void* x, void* y, std::int64_t tokens, std::int64_t width,
                     float scale);

/// y[token] = table[ids[token]]
void launch_embedding(Stream stream, const void* table, const std::int32_t* ids, void* y,
                      std::int64_t tokens, std::int64_t width);

/// How the heads of a token lie: those of the queries, then those of the keys.
struct Heads {
  int queries, keys;
  int head_dim;  ///< 64, 128 or 256
};

/// Heads side by side, with so many elements between tokens.
template <typename Pointer>
struct HeadRows {
  Pointer data = nullptr;
  std::int64_t stride = 0;
};

struct HeadNormArrays {
  HeadRows<const void*> in;
  HeadRows<void*> out;  ///< may be `in`
  const void* q_weight = nullptr;
  const void* k_weight = nullptr;  ///< [head_dim]
};

/// RMSNorm of every query and key head by itself.
void launch_head_norm(Stream stream, const HeadNormArrays& arrays, std::int64_t tokens,
                      const Heads& heads);

struct RopeAppendArrays {
  HeadRows<const void*> qk;
  HeadRows<const void*> v;
  const void* q_weight = nullptr;  ///< with these, query and key heads are normalised first
  const void* k_weight = nullptr;
  const float* rotary = nullptr;            ///< [position][head_dim]: half cosines, then half sines
  const std::int32_t* positions = nullptr;  ///< [tokens]: each is of a sequence of its own
  const std::int32_t* page_table = nullptr;  ///< [tokens][pages], as paged_cache.hpp says
  int pages = 0;
  int page_shift = 0;
  void* q = nullptr;  ///< [tokens, queries · head_dim], rotated
  void* k_cache = nullptr;
  void* v_cache = nullptr;
  float k_scale = 1.0F, v_scale = 1.0F;
};

/// Rotates queries and keys to their token's position and appends keys and values to a paged cache
/// of BF16 or FP8.
void launch_rope_append(Stream stream, const RopeAppendArrays& arrays, std::int64_t tokens,
                        const Heads& heads, DType cache);

inline constexpr int kArgmaxBlockElements = 8192;

/// How many blocks share a row.
constexpr std::int64_t argmax_blocks(std::int64_t width) {
  return (width + kArgmaxBlockElements - 1) / kArgmaxBlockElements;
}

struct ArgmaxArrays {
  const void* logits = nullptr;  ///< [tokens, width]
  void* keys = nullptr;          ///< 8 bytes a block of every row
  /// [tokens], zeros before the first launch; each launch leaves zeros.
  unsigned* arrivals = nullptr;
  std::int32_t* ids = nullptr;  ///< [tokens]
};

/// The index of the largest logit of each row, the lowest of equals. NaN is never chosen.
void launch_argmax(Stream stream, const ArgmaxArrays& arrays, std::int64_t tokens,
                   std::int64_t width);

}  // namespace gpugauge
