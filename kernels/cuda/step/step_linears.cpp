#include "kernels/cuda/step/step_linears.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "harness/base/error.hpp"
#include "kernels/cuda/linear/linear_stream.hpp"
#include "kernels/cuda/machine/candidate_search.hpp"
#include "kernels/cuda/machine/fill.hpp"
#include "kernels/cuda/token_ops/token_ops.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

LinearShape shape_of(const Gemm& op) { return {op.m, op.n, op.k, op.activations, op.weights}; }

class StreamLinear final : public StepLinear {
 public:
  StreamLinear(const Gemm& op, const LinearScales& scales, const LinearDevice& device,
               void* workspace)
      : StepLinear(op), scales_(scales), device_(device), workspace_(workspace) {}

  void run(Stream stream, const GemmPointers& operands) override {
    const bool stored = op().weights == DType::kFp8E4m3;
    launch_linear_stream(stream, shape_of(op()),
                         {.x = operands.x,
                          .w = operands.w,
                          .y = operands.y,
                          .workspace = workspace_,
                          .scale = stored ? scales_.x * scales_.w : 1.0F,
                          .x_inverse_scale = 1.0F / scales_.x},
                         device_);
  }
  GemmAccuracy accuracy() const override { return customary_accuracy(op()); }
  std::string details() const override {
    return quantises() ? "linear_stream, quantises" : "linear_stream";
  }

 private:
  LinearScales scales_;
  LinearDevice device_;
  void* workspace_;
};

/// A linear alone, on the weights of one layer after the other. Where some candidates quantise
/// their input and others do not, those are timed with the launch that does it for them.
class LinearTrial final : public Workload {
 public:
  LinearTrial(StepWeight linear, const Gemm& op, float x_scale, bool quantise, bool overlap,
              const StepWeights& weights, Device& device)
      : linear_(linear),
        op_(op),
        x_scale_(x_scale),
        quantise_(quantise),
        overlap_(overlap),
        weights_(weights),
        bf16_x_(device.allocate(op.m * op.k * size_bytes(DType::kBf16))),
        x_(device.allocate(tensor_rows(op) * op.k * size_bytes(op.weights))),
        y_(device.allocate(tensor_rows(op) * op.n * size_bytes(op.output))) {
    constexpr std::uint64_t kSeed = 1;
    const std::int64_t elements = op.m * op.k;
    fill_random(device.stream(), bf16_x_.data(), DType::kBf16, elements, Distribution::kNormal,
                kSeed);
    fill_random(device.stream(), x_.data(), op.weights, elements, Distribution::kNormal, kSeed);
  }

  void choose(StepLinear& candidate) { candidate_ = &candidate; }

  int slots() const override {
    return linear_ == StepWeight::kHead ? 1 : static_cast<int>(weights_.distinct());
  }
  void enqueue(Stream stream, int slot) override {
    stream.overlap = overlap_;
    const bool quantises = candidate_->quantises();
    if (quantise_ && !quantises) {
      launch_quantize(stream, bf16_x_.data(), x_.data(), op_.m, op_.k, x_scale_);
    }
    candidate_->run(stream, {.x = quantises ? bf16_x_.data() : x_.data(),
                             .w = weights_.data(linear_, slot),
                             .y = y_.data()});
  }
  // The whole step is verified.
  void poison() override {}
  Verification verify(const Launches&) override { return {}; }

 private:
  StepWeight linear_;
  Gemm op_;
  float x_scale_;
  bool quantise_, overlap_;
  const StepWeights& weights_;
  Buffer bf16_x_, x_, y_;
  StepLinear* candidate_ = nullptr;
};

/// The FP8 scale of what the linear is given, which is that of every layer.
float input_scale(const StepPlan& plan, StepWeight linear) {
  const auto node = std::find_if(plan.nodes.begin(), plan.nodes.end(),
                                 [&](const StepNode& each) { return each.weight == linear; });
  return plan.tensors.at(static_cast<std::size_t>(node->x)).fp8_scale;
}

std::int64_t stream_workspace_bytes(const DecodeStep& op, const LinearDevice& device) {
  std::int64_t bytes = 0;
  for (StepWeight linear : kStepLinears) {
    const LinearShape shape = shape_of(linear_of(op, linear));
    if (!linear_unsupported(shape, device)) {
      bytes = std::max(bytes, linear_workspace_bytes(shape, device));
    }
  }
  return bytes;
}

}  // namespace

StepLinears::StepLinears(const DecodeStep& op, bool search, bool overlap,
                         const StepWeights& weights, Device& device)
    : device_(device),
      cublaslt_workspace_(device.allocate(cublaslt_workspace_bytes(device.info()))),
      stream_workspace_(device.allocate(stream_workspace_bytes(op, linear_device(device.info())))) {
  const std::vector<char> zeros(static_cast<std::size_t>(stream_workspace_.bytes()));
  device.copy_to_device(stream_workspace_.data(), zeros.data(), stream_workspace_.bytes());

  const StepPlan plan = plan_step(op, {});
  for (StepWeight linear : kStepLinears) {
    const Gemm gemm = linear_of(op, linear);
    const LinearScales scales{input_scale(plan, linear), weights.scale(linear)};
    Candidates all = candidates(gemm, scales, search);
    const bool may_quantise = search && linear == StepWeight::kO && gemm.weights != DType::kBf16;
    if (may_quantise) {
      Gemm quantising = gemm;
      quantising.activations = DType::kBf16;
      for (auto& candidate : stream_linears(quantising, scales)) {
        all.push_back(std::move(candidate));
      }
    }
    std::optional<std::size_t> best = 0;
    if (all.size() > 1) {
      LinearTrial trial(linear, gemm, scales.x, may_quantise, overlap, weights, device);
      const Searched found = search_candidates(
          all.size(), {.prepare =
                           [&](std::size_t i, std::int64_t launches) {
                             trial.choose(*all[i]);
                             return device.capture(trial, launches);
                           },
                       .name =
                           [&](std::size_t i) {
                             return fmt::format("{}: {}", name_of(linear), all[i]->details());
                           },
                       .require_alive = [&] { device.synchronize(); }});
      best = found.best;
      if (!found.limits.empty())
        search_limits_ += fmt::format("; {}: {}", name_of(linear), found.limits);
    }
    if (all.empty() || !best) {
      throw EnvironmentError(fmt::format("no implementation runs {} {} of the step on {}",
                                         kind_path(gemm), shape_path(gemm), device.info().name));
    }
    chosen_.push_back(std::move(all[*best]));
  }
}

StepLinears::Candidates StepLinears::candidates(const Gemm& op, const LinearScales& scales,
                                                bool search) {
  Candidates all = cublaslt_linears(op, scales, search, device_, cublaslt_workspace_.data());
  if (search) {
    for (auto& candidate : stream_linears(op, scales)) all.push_back(std::move(candidate));
  }
  return all;
}

StepLinears::Candidates StepLinears::stream_linears(const Gemm& op, const LinearScales& scales) {
  Candidates all;
  const LinearDevice on = linear_device(device_.info());
  if (!linear_unsupported(shape_of(op), on)) {
    all.push_back(std::make_unique<StreamLinear>(op, scales, on, stream_workspace_.data()));
  }
  return all;
}

StepLinear& StepLinears::of(StepWeight linear) const {
  const auto* place = std::find(std::begin(kStepLinears), std::end(kStepLinears), linear);
  return *chosen_.at(static_cast<std::size_t>(place - std::begin(kStepLinears)));
}

std::string StepLinears::details() const {
  std::string text;
  for (StepWeight linear : kStepLinears) {
    text +=
        fmt::format("{}{}: {}", text.empty() ? "" : "; ", name_of(linear), of(linear).details());
  }
  return text + search_limits_;
}

}  // namespace gpugauge
