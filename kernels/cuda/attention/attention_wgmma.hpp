#pragma once

#include "harness/device/stream.hpp"
#include "kernels/cuda/attention/attention_prefill.hpp"
#include "kernels/cuda/machine/tensor_map.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// The operands of attention_prefill as the kernel for Hopper reads them.
struct AttentionPrefillMaps {
  TensorMap q, k, v;
};
AttentionPrefillMaps attention_prefill_maps(const AttentionPrefill& op,
                                            const AttentionPrefillArrays& arrays);

/// What launch_attention_prefill computes, by wgmma: compute capability 9.0, one block a
/// multiprocessor. Asynchronous.
void launch_attention_wgmma(Stream stream, const AttentionPrefill& op,
                            const AttentionPrefillMaps& maps, void* out, int multiprocessors);

}  // namespace gpugauge
