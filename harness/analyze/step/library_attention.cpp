#include "harness/analyze/step/library_attention.hpp"

#include <fmt/format.h>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

constexpr int kHopper = 90;
/// FlashAttention-3 in BF16 on an H100 SXM, causal, prompts of 4,096 tokens (aiconfigurator's
/// context attention of vLLM 0.24).
constexpr double kFlashAttention3Tflops[] = {444, 520};

}  // namespace

std::optional<std::string> pessimistic_attention(const DeviceInfo& device,
                                                 const EngineStep& library) {
  if (device.compute_capability != kHopper) return std::nullopt;
  for (const OpLine& line : library.ops) {
    const auto* op = std::get_if<AttentionPrefill>(&line.step.op);
    const bool ours =
        line.time.origin == Origin::kMeasured || line.time.origin == Origin::kInterpolated;
    if (op == nullptr || !ours) continue;
    const double tflops = op->work().flops / line.time.time_ns.value / kFlopsPerNsPerTflops;
    if (tflops >= kFlashAttention3Tflops[0]) continue;
    return fmt::format(
        "library is pessimistic: its prefill attention is our kernel, {:.0f} TFLOPS at {} tokens; "
        "FlashAttention-3, which engines run on Hopper, has {} to {} at 4096 on an H100 SXM",
        tflops, op->tokens, kFlashAttention3Tflops[0], kFlashAttention3Tflops[1]);
  }
  return std::nullopt;
}

}  // namespace gpugauge
