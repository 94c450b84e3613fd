#include "harness/analyze/step/tokens.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/config/model_names.hpp"

namespace gpugauge {
namespace {

/// Whether a GEMM's M can be the batch of a step of the model.
bool is_of_batch(const Gemm& gemm, const ModelConfig& model, const std::vector<Linear>& linears) {
  return std::any_of(linears.begin(), linears.end(), [&](const Linear& linear) {
    // In a mixture an expert's M is not the batch.
    const bool is_layers = linear.role == LinearRole::kQkv || linear.role == LinearRole::kO ||
                           (!model.is_mixture() && linear.role != LinearRole::kLmHead);
    return is_layers && linear.n == gemm.n && linear.k == gemm.k;
  });
}

/// Batches at which a linear of the model's layers was measured at this precision.
std::set<std::int64_t> measured_batches(std::span<const Measurement* const> measurements,
                                        const ModelConfig& model, Precision precision) {
  std::set<std::int64_t> batches;
  std::map<std::pair<std::int64_t, std::int64_t>, std::set<std::int64_t>> imported;  // m by n and k
  const std::vector<Linear> linears = model.linears();
  for (const Measurement* m : measurements) {
    const auto* gemm = std::get_if<Gemm>(&m->c.op);
    if (gemm == nullptr || gemm->weights != linear_dtype(precision) ||
        gemm->activations != gemm->weights || !is_of_batch(*gemm, model, linears))
      continue;
    if (m->c.model == model.name || !m->c.role.empty()) {
      batches.insert(gemm->m);
    } else if (m->origin == Origin::kImported) {
      imported[{gemm->n, gemm->k}].insert(gemm->m);
    }
  }
  for (auto& [shape, swept] : imported) {
    if (swept.size() > 1) batches.merge(swept);
  }
  return batches;
}

std::string no_linear_reason(const StepTimes& times, const ModelConfig& model,
                             const DecodePoint& point) {
  const std::set<std::int64_t> batches = measured_batches(times.parts(), model, point.precision);
  const std::string what = fmt::format("{} at {}", model.name, name_of(point.precision));
  const std::string remedy =
      fmt::format("measure it with: gpugauge run --suite full --model {} --filter 'gemm/{}/{}/'",
                  model_option(model), name_of(linear_dtype(point.precision)), model.name);
  if (batches.empty()) return fmt::format("no linear of {} in this file; {}", what, remedy);
  return fmt::format("batch {} is outside the measured range of {} (m {} to {}); {}", point.batch,
                     what, *batches.begin(), *batches.rbegin(), remedy);
}

}  // namespace

const EngineStep* DecodeFinding::step(Engine engine) const {
  const std::optional<EngineStep>& graph = engine == Engine::kLibrary ? library_graph : best_graph;
  if (graph) return &*graph;
  const std::optional<EngineStep>& ops = engine == Engine::kLibrary ? library : best;
  return ops ? &*ops : nullptr;
}

const EngineStep* DecodeFinding::preferred() const {
  const EngineStep* library_step = step(Engine::kLibrary);
  return library_step != nullptr ? library_step : step(Engine::kBest);
}

const EngineStep* DecodeFinding::explained() const {
  const std::optional<EngineStep>& ops = step(Engine::kLibrary) != nullptr ? library : best;
  return ops ? &*ops : nullptr;
}

DecodeFinding decode_finding(const StepTimes& times, const ModelConfig& model,
                             const DecodePoint& point) {
  const Record& record = times.record();
  const std::vector<StepOp> ops = decode_ops(model, point);
  DecodeFinding finding;
  finding.file = record.path.string();
  finding.device = record.device.name;
  finding.model = model.name;
  finding.point = point;
  if (!times.read()) {
    finding.reason =
        "no cold memory read in this file; measure it with: gpugauge run --suite datasheet";
    return finding;
  }
  if (times.read()->origin == Origin::kQuoted)
    finding.warnings.push_back(fmt::format(
        "memory read was not measured: memory bound and modelled ops use the quoted {:.4g} GB/s",
        times.read()->rate.value));
  finding.memory_bound_tokens_per_second =
      scaled(times.read()->rate,
             static_cast<double>(point.batch) * kNsPerSecond / decode_bytes(model, point));
  const auto sum_of_known = [&](Engine engine) {
    std::optional<EngineStep> step = times.sum(engine, ops, point.batch);
    return has_known_linear(*step) ? step : std::nullopt;
  };
  finding.library = sum_of_known(Engine::kLibrary);
  finding.best = sum_of_known(Engine::kBest);
  finding.library_graph = times.graph(Engine::kLibrary, model, point);
  finding.best_graph = times.graph(Engine::kBest, model, point);
  add_engine_error(finding, times.method_error(), 1);
  if (!finding.best) {
    finding.reason = no_linear_reason(times, model, point);
  } else if (const auto modelled = modelled_linears(*finding.best); !modelled.empty()) {
    finding.warnings.push_back(
        fmt::format("modelled, not measured: {}", fmt::join(modelled, ", ")));
  }
  return finding;
}

void add_engine_error(DecodeFinding& finding, const MethodError& error, int cards) {
  const EngineError of_step = engine_error(error, cards, EngineFigure::kDecode);
  for (auto* step :
       {&finding.library, &finding.best, &finding.library_graph, &finding.best_graph}) {
    if (*step) *step = with_error(std::move(**step), of_step);
  }
}

std::vector<DecodeFinding> decode_findings(const StepTimes& times, const ModelConfig& model,
                                           std::span<const DecodePoint> points) {
  std::vector<DecodeFinding> findings;
  findings.reserve(points.size());
  for (const DecodePoint& point : points) findings.push_back(decode_finding(times, model, point));
  return findings;
}

std::vector<std::string> models_in(const Record& record) {
  std::set<std::string> models;
  for (const Measurement& m : record.measurements) {
    if (!m.c.model.empty()) models.insert(m.c.model);
  }
  return {models.begin(), models.end()};
}

std::vector<DecodePoint> decode_points(const Record& record, const ModelConfig& model,
                                       const DecodeSelection& selection) {
  const std::vector<const Measurement*> measurements = parts_of_a_step(record);
  std::vector<Precision> precisions = selection.precisions;
  if (precisions.empty() && model.stored && model.stored->precision)
    precisions = {*model.stored->precision};
  if (precisions.empty()) {
    std::copy_if(all_of<Precision>.begin(), all_of<Precision>.end(), std::back_inserter(precisions),
                 [&](Precision p) { return !measured_batches(measurements, model, p).empty(); });
  }
  if (precisions.empty()) precisions = {Precision::kBf16};
  std::vector<std::int64_t> contexts =
      selection.contexts.empty() ? record.provenance.contexts : selection.contexts;
  if (contexts.empty()) contexts = {DecodePoint{}.context};

  std::vector<DecodePoint> points;
  for (const Precision precision : precisions) {
    std::vector<std::int64_t> batches = selection.batches;
    if (batches.empty()) {
      const std::set<std::int64_t> measured = measured_batches(measurements, model, precision);
      batches.assign(measured.begin(), measured.end());
    }
    if (batches.empty()) batches = {DecodePoint{}.batch};
    for (const std::int64_t context : contexts) {
      for (const std::int64_t batch : batches)
        points.push_back({.precision = precision, .batch = batch, .context = context});
    }
  }
  return points;
}

}  // namespace gpugauge
