// decode_step.cpp: a whole decode step of a model: every op of every layer, the head, greedy
// sampling, and the token fed back to the embedding of the next step on the device. A replay
// captures it as one graph.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter
//   decode_step
//
// Bound: all weights and the cache once, over the measured read bandwidth: on an H100 SXM
// 417 tokens/s for Llama-3.1-8B in FP8 at batch 1.
//
// - graph_library: the ops as a framework runs them: each linear the fastest of the ways in which
//   frameworks call cuBLASLt (gemm_cublaslt.cpp), timed when the step is made; norms and
//   activations quantise as they write, o's input is quantised by a launch of its own (vLLM's
//   default, -O2). The attention is ours; frameworks bring their own, too.
// - graph_best: the norm of the heads is part of the rotation, and linear_stream and cuBLASLt's
//   other suggestions compete for each linear.
// - …_pdl: our kernels may begin while the one before them ends (programmatic dependent launch);
//   cuBLASLt's launches stay as they are.
//
// Every layer has weights and a cache of its own where they fit, else as many as do, in turns. Each
// step is at the last position of the context, so that all cost the same.
//
// Predicted for graph_best_pdl at batch 1 on an H100 SXM: 350 tokens/s, of 380 by the model of
// tests/unit/kernels/cuda/step/step_idle_test.cpp, which counts reads and turns alone; 302 to 330
// before linears asked L2 for weights and added up in shared memory. Not yet measured on a card.

#include <fmt/format.h>

#include <array>
#include <memory>
#include <set>
#include <utility>

#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "kernels/cuda/attention/attention_decode.hpp"
#include "kernels/cuda/gemm/cublaslt.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/cuda/linear/linear_stream.hpp"
#include "kernels/cuda/step/step_arrays.hpp"
#include "kernels/cuda/step/step_check.hpp"
#include "kernels/cuda/step/step_linears.hpp"
#include "kernels/cuda/step/step_memory.hpp"
#include "kernels/cuda/step/step_weights.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

struct StepEngine {
  bool best;     ///< fused ops and searched linears
  bool overlap;  ///< programmatic dependent launch
};

std::int64_t layers_that_fit(const DecodeStep& op, std::int64_t memory_bytes) {
  return distinct_layers(op, bytes_of(op, plan_step(op, {})), memory_bytes);
}

class DecodeStepWorkload final : public Workload {
 public:
  DecodeStepWorkload(const DecodeStep& op, Device& device, const CaseOptions& options,
                     const StepEngine& engine)
      : op_(op),
        overlap_(engine.overlap),
        device_(device),
        weights_(op, layers_that_fit(op, device.info().memory_bytes), device, options.data),
        linears_(op, engine.best, engine.overlap, weights_, device),
        arrays_(op,
                plan_step(op, {.rotation_normalises = engine.best,
                               .o_quantises = linears_.of(StepWeight::kO).quantises()}),
                weights_, device) {}

  /// Two steps, of which each reads the tokens that the other wrote: what the last one began with
  /// can be read when it has ended.
  int slots() const override { return 2; }

  void enqueue(Stream stream, int slot) override {
    for (const StepNode& node : arrays_.plan().nodes) {
      launch(stream, node, slot);
      stream.overlap = overlap_;  // but the first waits for whatever was before the step
    }
  }

  void poison() override {
    arrays_.poison(device_);
    const std::set<int> layers = compared_layers();
    for (const StepNode& node : arrays_.plan().nodes) {
      if (node.name == "rope_append" && layers.contains(node.layer)) {
        poison_appended(op_, arrays_.rope_append(node), device_);
      }
    }
  }

  /// Of the last step, which began with tokens that one before it fed back.
  Verification verify(const Launches& launches) override {
    const std::set<int> layers = compared_layers();
    StepCheck check(op_, arrays_, linears_, launches.last_slot(slots()), device_);
    Comparison all;
    for (const StepNode& node : arrays_.plan().nodes) {
      if (layers.contains(node.layer)) all.merge(check.compare(node));
    }
    return all.result();
  }

  std::string details() const override {
    const std::string layers =
        weights_.distinct() == op_.layers
            ? fmt::format("{} layers", op_.layers)
            : fmt::format("{} layers, {} distinct in turns", op_.layers, weights_.distinct());
    return fmt::format("{}, {} launches; {}", layers, arrays_.plan().nodes.size(),
                       linears_.details());
  }

 private:
  /// All ops outside of the layers (-1) and those of three layers: the first of those whose cache
  /// no later layer has used since, the last, and one between them.
  std::set<int> compared_layers() const {
    const auto first = static_cast<int>(op_.layers - weights_.distinct());
    const auto last = static_cast<int>(op_.layers - 1);
    return {-1, first, (first + last) / 2, last};
  }

  void launch(Stream stream, const StepNode& node, int slot) {
    if (std::holds_alternative<Gemm>(node.op)) {
      linears_.of(node.weight).run(stream, arrays_.linear(node));
    } else if (const auto* attention = std::get_if<AttentionDecode>(&node.op)) {
      launch_attention_decode(stream, *attention, arrays_.attention(node),
                              arrays_.attention_blocks());
    } else {
      launch_token_op(stream, node, std::get<TokenOp>(node.op), slot);
    }
  }

  void launch_token_op(Stream stream, const StepNode& node, const TokenOp& op, int slot) {
    const std::int64_t tokens = op.tokens, width = op.width;
    const float scale = node.out != kNoTensor ? arrays_.tensor(node.out).fp8_scale : 1.0F;
    switch (op.kind) {
      case TokenOpKind::kRmsNorm:
        return launch_rms_norm(stream, arrays_.rms_norm(node), tokens, width, op.output, scale);
      case TokenOpKind::kHeadNorm:
        return launch_head_norm(stream, arrays_.head_norm(node), tokens, arrays_.heads());
      case TokenOpKind::kRopeAppend:
        return launch_rope_append(stream, arrays_.rope_append(node), tokens, arrays_.heads(),
                                  op.output);
      case TokenOpKind::kGatedActivation:
        return launch_gated_activation(stream, arrays_.data(node.x), arrays_.data(node.out), tokens,
                                       width, op.output, scale);
      case TokenOpKind::kQuantize:
        return launch_quantize(stream, arrays_.data(node.x), arrays_.data(node.out), tokens, width,
                               scale);
      case TokenOpKind::kEmbedding:
        return launch_embedding(stream, weights_.data(node.weight, node.layer), arrays_.ids(slot),
                                arrays_.data(node.out), tokens, width);
      case TokenOpKind::kArgmax:
        return launch_argmax(stream, arrays_.argmax(node, slot), tokens, width);
    }
  }

  DecodeStep op_;
  bool overlap_;
  Device& device_;
  StepWeights weights_;
  StepLinears linears_;
  StepArrays arrays_;
};

Unsupported unsupported_shape(const DecodeStep& op) {
  for (std::int64_t extent : {op.batch, op.context, op.layers, op.hidden, op.intermediate, op.heads,
                              op.kv_heads, op.head_dim, op.vocab}) {
    if (extent < 1) return "every extent of the model, batch and context must be at least 1";
  }
  if (op.batch > 65535) return fmt::format("a batch of {}: up to 65535 can be run", op.batch);
  for (std::int64_t width : {op.hidden, op.intermediate, op.vocab}) {
    if (width % 16 != 0) return fmt::format("a width of {} is not a multiple of 16", width);
  }
  if (op.hidden > kMaxNormWidth) {
    return fmt::format("norms of {} are wider than the {} of a block", op.hidden, kMaxNormWidth);
  }
  for (DType dtype : {op.linears, op.head, op.kv}) {
    if (dtype != DType::kBf16 && dtype != DType::kFp8E4m3) {
      return fmt::format("a step has bf16 and fp8_e4m3, not {}", name_of(dtype));
    }
  }
  if (op.head_dim != 64 && op.head_dim != 128 && op.head_dim != 256) {
    return fmt::format("heads of {}: they may have 64, 128 or 256 elements", op.head_dim);
  }
  const char* reason = attention_decode_unsupported(attention_of(op));
  return reason != nullptr ? Unsupported(reason) : std::nullopt;
}

Unsupported unsupported_linears(const DecodeStep& op, const DeviceInfo& info, bool best) {
  const CublasLtLibrary& library = cublaslt_library();
  const int capability = info.compute_capability.value_or(0);
  for (StepWeight linear : kStepLinears) {
    const Gemm gemm = linear_of(op, linear);
    Unsupported by_library = cublaslt::unsupported(gemm, capability);
    if (!by_library && !library.api) by_library = library.absence;
    if (!by_library) continue;
    const LinearShape shape{gemm.m, gemm.n, gemm.k, gemm.activations, gemm.weights};
    if (!best || linear_unsupported(shape, linear_device(info))) {
      return fmt::format("{}: {}", name_of(linear), *by_library);
    }
  }
  return std::nullopt;
}

template <StepEngine engine>
Unsupported supports(const Op& of_any, const DeviceInfo& info) {
  const auto& op = std::get<DecodeStep>(of_any);
  if (auto reason = unsupported_shape(op)) return reason;
  if (auto reason = unsupported_linears(op, info, engine.best)) return reason;
  if (engine.overlap && info.compute_capability.value_or(0) < 90) {
    return "programmatic dependent launch needs compute capability 9.0 or later";
  }
  if (layers_that_fit(op, info.memory_bytes) < fewest_layers(op)) {
    const StepBytes bytes = bytes_of(op, plan_step(op, {}));
    return fmt::format("{} layers with their cache, embedding and head take {} of {}",
                       fewest_layers(op),
                       format_bytes(as_double(bytes.once + fewest_layers(op) * bytes.layer)),
                       format_bytes(as_double(info.memory_bytes)));
  }
  return std::nullopt;
}

template <StepEngine engine>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<DecodeStepWorkload>(std::get<DecodeStep>(op), device, options, engine);
}

template <StepEngine engine>
constexpr Implementation implementation(std::string_view name) {
  return {.name = name,
          .family = "decode_step",
          .backend = Backend::kCuda,
          .semantics_version = engine.best ? 1 : 2,  // 2: fused, accumulates fast
          .is_library = !engine.best && !engine.overlap,
          .supports = supports<engine>,
          .make = make<engine>};
}

constexpr std::array kImplementations{
    implementation<StepEngine{.best = false, .overlap = false}>("graph_library"),
    implementation<StepEngine{.best = false, .overlap = true}>("graph_library_pdl"),
    implementation<StepEngine{.best = true, .overlap = false}>("graph_best"),
    implementation<StepEngine{.best = true, .overlap = true}>("graph_best_pdl"),
};

}  // namespace

std::span<const Implementation> cuda_decode_step() { return kImplementations; }

}  // namespace gpugauge
