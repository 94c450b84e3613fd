#include "harness/analyze/money/forward.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

std::vector<StepOp> steps_of(std::vector<ForwardOp> ops) {
  std::vector<StepOp> steps;
  steps.reserve(ops.size());
  for (ForwardOp& op : ops)
    steps.push_back({op.is_attention ? OpGroup::kAttention : OpGroup::kLinears, std::move(op.name),
                     op.op, op.count});
  return steps;
}

/// Input and output of the linear that has most of both.
double largest_activations(const std::vector<StepOp>& ops) {
  double largest = 0;
  for (const StepOp& op : ops) {
    const auto* gemm = std::get_if<Gemm>(&op.op);
    if (gemm == nullptr) continue;
    const double bytes = as_double(gemm->m) * (as_double(gemm->k * size_bytes(gemm->activations)) +
                                               as_double(gemm->n * size_bytes(gemm->output)));
    largest = std::max(largest, bytes);
  }
  return largest;
}

ForwardPass pass_of(std::string model, ForwardUnit unit, const ForwardPoint& point,
                    std::vector<ForwardOp> ops, double weight_bytes) {
  ForwardPass pass{.model = std::move(model),
                   .unit = unit,
                   .point = point,
                   .ops = steps_of(std::move(ops)),
                   .weight_bytes = weight_bytes};
  pass.activation_bytes = largest_activations(pass.ops);
  return pass;
}

std::string names_of_modelled(const EngineStep& step) {
  std::vector<std::string> names;
  for (const OpLine& line : step.ops) {
    const bool is_new = std::find(names.begin(), names.end(), line.step.name) == names.end();
    if (line.time.origin == Origin::kModelled && is_new) names.push_back(line.step.name);
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

std::string no_linear_reason(const ForwardPass& pass) {
  const std::string_view dtype = name_of(linear_dtype(pass.point.precision));
  return fmt::format(
      "{} at {}: this file has neither its linears nor a compute-bound {} GEMM; measure one with: "
      "gpugauge run --suite datasheet --filter 'gemm/{}/'",
      pass.model, name_of(pass.point.precision), dtype, dtype);
}

void warn(ForwardFinding& finding) {
  const auto& pass = finding.pass;
  if (const std::string names = names_of_modelled(*finding.best); !names.empty())
    finding.warnings.push_back("modelled, not measured: " + names);
  finding.warnings.emplace_back("full attention is counted as two causal attentions");
  finding.warnings.emplace_back(
      "only the GEMMs and the attention of its blocks: rates are upper bounds");
  if (finding.fits() == false)
    finding.warnings.push_back(
        fmt::format("batch {} does not fit: weights {} and activations {} of {} usable",
                    pass.point.batch, format_bytes(pass.weight_bytes),
                    format_bytes(pass.activation_bytes), format_bytes(*finding.usable_bytes)));
}

}  // namespace

ForwardPass forward_pass(const EncoderConfig& encoder, const ForwardPoint& point) {
  if (point.steps != 1 || point.guidance_passes != 1)
    throw UsageError(fmt::format("{}: an encoder takes one pass, found {} steps of {}",
                                 encoder.name, point.steps, point.guidance_passes));
  return pass_of(encoder.name, ForwardUnit::kEmbedding, point,
                 encoder_ops(encoder, point.precision, point.batch, point.extent),
                 as_double(encoder.weight_bytes(point.precision)));
}

ForwardPass forward_pass(const DiffusionConfig& model, const ForwardPoint& point) {
  if (point.steps < 1 || point.guidance_passes < 1)
    throw UsageError(fmt::format("{}: {} steps of {} passes: expected numbers of at least 1",
                                 model.name, point.steps, point.guidance_passes));
  DiffusionConfig guided = model;
  guided.passes_per_step = point.guidance_passes;
  return pass_of(
      model.name, ForwardUnit::kImage, point,
      diffusion_ops(guided, point.precision, {.images = point.batch, .side = point.extent}),
      as_double(model.parameters() * size_bytes(linear_dtype(point.precision))));
}

const EngineStep* ForwardFinding::step(Engine engine) const {
  const std::optional<EngineStep>& known = engine == Engine::kLibrary ? library : best;
  return known ? &*known : nullptr;
}

std::optional<Estimate> ForwardFinding::batch_ns(Engine engine) const {
  const EngineStep* known = step(engine);
  if (known == nullptr) return std::nullopt;
  return scaled(known->step_ns, as_double(pass.point.steps));
}

std::optional<Estimate> ForwardFinding::units_per_hour(Engine engine) const {
  constexpr double kNsPerHour = kSecondsPerHour * 1e9;
  const std::optional<Estimate> ns = batch_ns(engine);
  if (!ns) return std::nullopt;
  return reciprocal(as_double(pass.point.batch) * kNsPerHour, *ns);
}

std::optional<Estimate> ForwardFinding::dollars(Engine engine, double dollars_per_hour) const {
  const std::optional<Estimate> per_hour = units_per_hour(engine);
  if (!per_hour) return std::nullopt;
  return scaled(dollars_per_million(dollars_per_hour, 1, scaled(*per_hour, 1 / kSecondsPerHour)),
                row_of(pass.unit).priced_units / kMillion);
}

std::optional<bool> ForwardFinding::fits() const {
  if (!usable_bytes) return std::nullopt;
  return pass.weight_bytes + pass.activation_bytes <= *usable_bytes;
}

ForwardFinding forward_finding(const StepTimes& times, ForwardPass pass,
                               const std::optional<MemoryBudget>& budget) {
  ForwardFinding finding;
  finding.file = times.record().path.string();
  finding.device = times.record().device.name;
  finding.pass = std::move(pass);
  if (budget) finding.usable_bytes = budget->usable_bytes();
  if (!times.read()) {
    finding.reason =
        "no cold memory read in this file; measure it with: gpugauge run --suite datasheet";
    return finding;
  }
  const bool has_rate = times.tflops(linear_dtype(finding.pass.point.precision)).has_value();
  for (const Engine engine : {Engine::kLibrary, Engine::kBest}) {
    EngineStep step = times.sum(engine, finding.pass.ops, finding.pass.point.batch);
    if (has_rate || has_known_linear(step))
      (engine == Engine::kLibrary ? finding.library : finding.best) = std::move(step);
  }
  if (finding.best) {
    warn(finding);
  } else {
    finding.reason = no_linear_reason(finding.pass);
  }
  return finding;
}

}  // namespace gpugauge
