#include "harness/analyze/step/prefill.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "harness/analyze/step/library_attention.hpp"
#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

std::optional<Estimate> compute_bound(const StepTimes& times, const std::vector<StepOp>& ops) {
  Estimate bound;
  for (const StepOp& op : ops) {
    const std::optional<DType> dtype = arithmetic_type(op.op);
    if (!dtype || op.group == OpGroup::kHead) continue;
    const std::optional<Estimate> tflops = times.tflops(*dtype);
    if (tflops) {
      const double flops = work_of(op.op).flops * static_cast<double>(op.count);
      bound = sum(bound, reciprocal(flops / kFlopsPerNsPerTflops, *tflops));
    } else if (op.group == OpGroup::kLinears) {
      return std::nullopt;
    }
  }
  return bound;
}

}  // namespace

std::vector<StepOp> prefill_ops(const ModelConfig& model, const PrefillPoint& point) {
  if (point.tokens < 1)
    throw UsageError(fmt::format("tokens {}: expected a number of at least 1", point.tokens));
  if (point.prompts < 1)
    throw UsageError(fmt::format("prompts {}: expected a number of at least 1", point.prompts));
  const DecodePoint all{
      .precision = point.precision, .batch = point.all_tokens(), .context = 1, .kv = point.kv};
  DecodePoint last = all;
  last.batch = point.prompts;
  std::vector<StepOp> ops = decode_ops(model, all);
  const std::vector<StepOp> of_last = decode_ops(model, last);
  std::erase_if(ops, [](const StepOp& op) { return op.group == OpGroup::kHead; });
  // One, as a context of 1 is in every window.
  const auto attention = std::find_if(
      ops.begin(), ops.end(), [](const StepOp& op) { return op.group == OpGroup::kAttention; });
  const auto at = ops.erase(attention);
  std::vector<StepOp> of_prompt;
  for (const AttendedTokens& attended : attended_tokens(model, point.tokens))
    of_prompt.push_back({OpGroup::kAttention, of_prompt.empty() ? "attention" : "attention_window",
                         windowed_prefill_of(model, point.prompts, point.tokens, attended.tokens,
                                             head_dtype(point.precision)),
                         attended.layers});
  ops.insert(at, of_prompt.begin(), of_prompt.end());
  std::copy_if(of_last.begin(), of_last.end(), std::back_inserter(ops),
               [](const StepOp& op) { return op.group == OpGroup::kHead; });
  return ops;
}

const EngineStep* PrefillFinding::step(Engine engine) const {
  const std::optional<EngineStep>& ops = engine == Engine::kLibrary ? library : best;
  return ops ? &*ops : nullptr;
}

PrefillFinding prefill_finding(const StepTimes& times, const ModelConfig& model,
                               const PrefillPoint& point) {
  const std::vector<StepOp> ops = prefill_ops(model, point);
  PrefillFinding finding;
  finding.file = times.record().path.string();
  finding.device = times.record().device.name;
  finding.model = model.name;
  finding.point = point;
  if (!times.read()) {
    finding.reason =
        "no cold memory read in this file; measure it with: gpugauge run --suite datasheet";
    return finding;
  }
  const double bytes = decode_bytes(
      model,
      {.precision = point.precision, .batch = point.all_tokens(), .context = 1, .kv = point.kv});
  finding.memory_bound_ns = reciprocal(bytes, times.read()->rate);
  finding.compute_bound_ns = compute_bound(times, ops);
  for (const Engine engine : {Engine::kLibrary, Engine::kBest}) {
    EngineStep step = times.sum(engine, ops, point.all_tokens());
    if (finding.compute_bound_ns || has_linear_of_a_case(step))
      (engine == Engine::kLibrary ? finding.library : finding.best) = std::move(step);
  }
  if (finding.library) {
    if (auto text = pessimistic_attention(times.record().device, *finding.library))
      finding.warnings.push_back(std::move(*text));
  }
  if (!finding.best) {
    const std::string_view dtype = name_of(linear_dtype(point.precision));
    finding.reason = fmt::format(
        "prefill of {} tokens of {} at {}: this file has neither a linear near that M nor a "
        "compute-bound GEMM; measure one with: gpugauge run --suite datasheet --filter 'gemm/{}/'",
        point.all_tokens(), model.name, name_of(point.precision), dtype);
  } else if (const auto modelled = modelled_linears(*finding.best); !modelled.empty()) {
    finding.warnings.push_back(
        fmt::format("prefill: modelled, not measured: {}", fmt::join(modelled, ", ")));
  }
  return finding;
}

}  // namespace gpugauge
