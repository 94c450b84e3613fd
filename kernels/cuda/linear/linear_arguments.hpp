#pragma once

// What the kernels of linear_stream are given, and the sizes that they are compiled for.

#include <cuda_bf16.h>
#include <vector_types.h>

#include <cstddef>

#include "kernels/cuda/linear/linear_plan.hpp"
#include "kernels/cuda/machine/shared_layout.hpp"

namespace gpugauge::linear {

enum class Types { kBf16, kFp8, kQuantised };

/// As kernels take it.
struct Arguments {
  const std::byte* x;
  const std::byte* w;
  __nv_bfloat16* y;
  unsigned* counters;  ///< one a block, zero between launches
  float4* partials;
  int m, n, k;
  int rows;            ///< of a tile
  int prefetch_steps;  ///< as `linear_prefetch_steps`
  float scale, x_inverse_scale;
  WorkSplit split;
};

/// How the warps of a block share a tile.
enum class Cut {
  kRows,   ///< each has rows of its own; the tile may be cut along K
  kSteps,  ///< each has half steps of its own, and all rows; the tile is whole
};

/// The sizes of a kernel whose stages hold `stage_steps` steps of a tile.
template <Types types, int tokens, int stage_steps, Cut cut = Cut::kRows>
struct Sizes {
  static constexpr Types kTypes = types;
  static constexpr Cut kCut = cut;
  static constexpr int kTokens = tokens;
  static constexpr int kStageSteps = stage_steps;

  static constexpr bool kFp8Weights = types != Types::kBf16;
  static constexpr int kOperandBytes = kFp8Weights ? 1 : 2;     ///< as they are multiplied
  static constexpr int kXBytes = types == Types::kFp8 ? 1 : 2;  ///< in device memory
  static constexpr int kStepElements = LinearPlan::kStepBytes / kOperandBytes;

  // Eight warps. With many tokens, two share the same rows, so that each reads half of the tokens
  // from shared memory for twice the rows.
  static constexpr int kThreads = 256;
  static constexpr int kWarps = kThreads / 32;
  static constexpr int kTokenWarps = tokens == 64 ? 2 : 1;
  static constexpr int kRowGroups =
      cut == Cut::kSteps ? most_whole_rows(tokens) / 16 : kTokenWarps;  ///< of 16 rows, of a warp
  static constexpr int kTokenGroups = tokens / 8 / kTokenWarps;         ///< of 8 tokens, of a warp
  static constexpr int kProducts = kFp8Weights ? 4 : 2;                 ///< of 64 bytes of K
};

/// One step of K of the weights of a tile or of the tokens, swizzled as shared_layout.hpp has it.
template <int rows>
struct Step {
  alignas(1024) std::byte bytes[rows * kSwizzleRowBytes];
};
static_assert(LinearPlan::kStepBytes == kSwizzleRowBytes);
/// The most of them in one step.
using WeightStep = Step<LinearPlan::kRows>;

template <typename S>
using XStage = Step<S::kTokens>[S::kStageSteps];

/// Calls `body.template operator()<types, tokens>()` for the shape.
template <typename Body>
void with_types(const LinearShape& shape, int tokens, Body body) {
  const auto with_tokens = [&]<Types types>() {
    switch (tokens) {
      case 8:
        return body.template operator()<types, 8>();
      case 16:
        return body.template operator()<types, 16>();
      case 32:
        return body.template operator()<types, 32>();
      default:
        return body.template operator()<types, 64>();
    }
  };
  if (shape.weights == DType::kBf16) return with_tokens.template operator()<Types::kBf16>();
  if (shape.activations == DType::kBf16)
    return with_tokens.template operator()<Types::kQuantised>();
  with_tokens.template operator()<Types::kFp8>();
}

inline Arguments arguments_of(const LinearShape& shape, const LinearOperands& operands,
                              const LinearPlan& plan, int prefetch_steps = 0) {
  auto* workspace = static_cast<std::byte*>(operands.workspace);
  return {.x = static_cast<const std::byte*>(operands.x),
          .w = static_cast<const std::byte*>(operands.w),
          .y = static_cast<__nv_bfloat16*>(operands.y),
          .counters = reinterpret_cast<unsigned*>(workspace),
          .partials = reinterpret_cast<float4*>(workspace + LinearPlan::kCounterBytes),
          .m = static_cast<int>(shape.m),
          .n = static_cast<int>(shape.n),
          .k = static_cast<int>(shape.k),
          .rows = plan.rows,
          .prefetch_steps = prefetch_steps,
          .scale = operands.scale,
          .x_inverse_scale = operands.x_inverse_scale,
          .split = plan.split};
}

}  // namespace gpugauge::linear
