#include "harness/answer/forward_answer.hpp"

#include <algorithm>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

/// The passes that are asked for of one model; they say their own errors.
struct PassesOf {
  const ForwardQuestion& question;

  std::vector<ForwardPass> operator()(const EncoderConfig& encoder) const {
    return all(encoder, question.tokens, encoder.max_position_embeddings, 1, 1);
  }
  std::vector<ForwardPass> operator()(const DiffusionConfig& model) const {
    return all(model, question.sides, ImageBatch{}.side,
               question.steps.value_or(model.num_inference_steps),
               question.guidance_passes.value_or(model.passes_per_step));
  }

 private:
  template <typename Model>
  std::vector<ForwardPass> all(const Model& model, const std::vector<std::int64_t>& asked,
                               std::int64_t usual, std::int64_t steps,
                               std::int64_t guidance_passes) const {
    const std::vector<std::int64_t> extents = asked.empty() ? std::vector{usual} : asked;
    std::vector<ForwardPass> passes;
    for (const Precision precision : question.precisions) {
      for (const std::int64_t extent : extents) {
        for (const std::int64_t batch : question.batches)
          passes.push_back(forward_pass(model, {.precision = precision,
                                                .batch = batch,
                                                .extent = extent,
                                                .steps = steps,
                                                .guidance_passes = guidance_passes}));
      }
    }
    return passes;
  }
};

}  // namespace

std::vector<ForwardPass> passes_of(const ForwardQuestion& question) {
  std::vector<ForwardPass> passes;
  for (const auto& model : question.models) {
    for (ForwardPass& pass : std::visit(PassesOf{question}, model))
      passes.push_back(std::move(pass));
  }
  const auto any = [&](ForwardUnit unit) {
    return std::any_of(passes.begin(), passes.end(),
                       [=](const ForwardPass& pass) { return pass.unit == unit; });
  };
  if (!question.tokens.empty() && !any(ForwardUnit::kEmbedding))
    throw UsageError("--tokens needs an encoder in --model");
  if ((question.steps || question.guidance_passes || !question.sides.empty()) &&
      !any(ForwardUnit::kImage))
    throw UsageError("--steps, --resolution and --guidance need an image model in --model");
  return passes;
}

std::vector<PricedForward> forward_answer(std::span<const ForwardCard> cards,
                                          std::span<const ForwardPass> passes) {
  std::vector<PricedForward> points;
  for (const ForwardCard& card : cards) {
    const StepTimes times(*card.record, card.method_error);
    for (const ForwardPass& pass : passes)
      points.push_back({forward_finding(times, pass, card.budget), card.rate});
  }
  return points;
}

}  // namespace gpugauge
