#include "harness/analyze/tokens.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <set>

#include "harness/analyze/estimate.hpp"

namespace gpugauge {
namespace {

constexpr std::array kPrecisions{Precision::kFp32, Precision::kBf16, Precision::kFp16,
                                 Precision::kFp8, Precision::kInt8};
constexpr double kNsPerSecond = 1e9;

double total_ns(const OpLine& line) {
  return line.time.time_ns.value * static_cast<double>(line.step.count);
}

template <typename Predicate>
double share_where(const EngineStep& step, Predicate predicate) {
  return std::accumulate(
      step.ops.begin(), step.ops.end(), 0.0, [&](double share, const OpLine& line) {
        return predicate(line) ? share + total_ns(line) / step.step_ns.value : share;
      });
}

bool is_known_linear(const OpLine& line) {
  return line.step.group == OpGroup::kLinears && line.time.origin != Origin::kModelled;
}

/// Nothing if not a single linear of the layers is known.
std::optional<EngineStep> sum_of_ops(const OpTimes& times, const std::vector<StepOp>& ops,
                                     std::int64_t batch) {
  EngineStep step;
  for (const StepOp& op : ops) {
    step.ops.push_back({op, times.at(op.op)});
    step.step_ns =
        sum(step.step_ns, scaled(step.ops.back().time.time_ns, static_cast<double>(op.count)));
  }
  if (std::none_of(step.ops.begin(), step.ops.end(), is_known_linear)) return std::nullopt;
  step.tokens_per_second = reciprocal(static_cast<double>(batch) * kNsPerSecond, step.step_ns);
  return step;
}

/// Batches at which a linear of the model's layers was measured at this precision.
std::set<std::int64_t> measured_batches(const Record& record, const ModelConfig& model,
                                        Precision precision) {
  std::set<std::int64_t> batches;
  const std::vector<Linear> linears = model.linears();
  for (const Measurement* m : representative(record)) {
    const auto* gemm = std::get_if<Gemm>(&m->c.op);
    if (gemm == nullptr || gemm->weights != linear_dtype(precision) ||
        gemm->activations != gemm->weights)
      continue;
    const bool of_model = std::any_of(linears.begin(), linears.end(), [&](const Linear& linear) {
      return linear.role != LinearRole::kLmHead && linear.n == gemm->n && linear.k == gemm->k;
    });
    if (of_model) batches.insert(gemm->m);
  }
  return batches;
}

std::string no_linear_reason(const Record& record, const ModelConfig& model,
                             const DecodePoint& point) {
  const std::set<std::int64_t> batches = measured_batches(record, model, point.precision);
  const std::string what = fmt::format("{} at {}", model.name, name_of(point.precision));
  const std::string remedy =
      fmt::format("measure it with: gpugauge run --suite full --filter 'gemm/{}/{}/'",
                  name_of(linear_dtype(point.precision)), model.name);
  if (batches.empty()) return fmt::format("no linear of {} in this file; {}", what, remedy);
  return fmt::format("batch {} lies outside what was measured of {} (m {} to {}); {}", point.batch,
                     what, *batches.begin(), *batches.rbegin(), remedy);
}

void warn_of_modelled_linears(const EngineStep& step, std::vector<std::string>& warnings) {
  std::vector<std::string> names;
  for (const OpLine& line : step.ops) {
    if (std::holds_alternative<Gemm>(line.step.op) && line.time.origin == Origin::kModelled)
      names.push_back(line.step.name);
  }
  if (!names.empty())
    warnings.push_back(
        fmt::format("not measured, and therefore modelled: {}", fmt::join(names, ", ")));
}

void warn_if_it_does_not_fit(const Record& record, const ModelConfig& model,
                             const DecodePoint& point, std::vector<std::string>& warnings) {
  constexpr double kGib = 1024.0 * 1024 * 1024;
  const double needed = static_cast<double>(model.weight_bytes(point.precision)) +
                        static_cast<double>(point.batch) * static_cast<double>(point.context) *
                            static_cast<double>(model.kv_bytes_per_token(point.kv));
  const auto available = static_cast<double>(record.device.memory_bytes);
  if (available > 0 && needed > available)
    warnings.push_back(
        fmt::format("does not fit: weights and KV cache need {:.1f} GiB, the device has {:.1f} GiB",
                    needed / kGib, available / kGib));
}

}  // namespace

double EngineStep::share_of(OpGroup group) const {
  return share_where(*this, [&](const OpLine& line) { return line.step.group == group; });
}

double EngineStep::share_of(Origin origin) const {
  return share_where(*this, [&](const OpLine& line) { return line.time.origin == origin; });
}

const EngineStep* DecodeFinding::preferred() const {
  if (library) return &*library;
  return best ? &*best : nullptr;
}

std::vector<DecodeFinding> decode_findings(const Record& record, const ModelConfig& model,
                                           std::span<const DecodePoint> points) {
  const std::optional<Peak> read = best_bandwidth(record, MemoryPattern::kRead);
  std::optional<OpTimes> library, best;
  if (read) {
    library.emplace(record, read->rate.value, Engine::kLibrary);
    best.emplace(record, read->rate.value, Engine::kBest);
  }
  std::vector<DecodeFinding> findings;
  for (const DecodePoint& point : points) {
    const std::vector<StepOp> ops = decode_ops(model, point);
    DecodeFinding& finding = findings.emplace_back();
    finding.file = record.path.string();
    finding.device = record.device.name;
    finding.model = model.name;
    finding.point = point;
    warn_if_it_does_not_fit(record, model, point, finding.warnings);
    if (!read) {
      finding.reason =
          "no cold memory read in this file; measure it with: gpugauge run --suite datasheet";
      continue;
    }
    finding.floor_tokens_per_second = scaled(
        read->rate, static_cast<double>(point.batch) * kNsPerSecond / decode_bytes(model, point));
    finding.library = sum_of_ops(*library, ops, point.batch);
    finding.best = sum_of_ops(*best, ops, point.batch);
    if (finding.best) {
      warn_of_modelled_linears(*finding.best, finding.warnings);
    } else {
      finding.reason = no_linear_reason(record, model, point);
    }
  }
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
  std::vector<Precision> precisions = selection.precisions;
  if (precisions.empty()) {
    std::copy_if(kPrecisions.begin(), kPrecisions.end(), std::back_inserter(precisions),
                 [&](Precision p) { return !measured_batches(record, model, p).empty(); });
  }
  if (precisions.empty()) precisions = {Precision::kBf16};
  std::vector<std::int64_t> contexts =
      selection.contexts.empty() ? record.provenance.contexts : selection.contexts;
  if (contexts.empty()) contexts = {DecodePoint{}.context};

  std::vector<DecodePoint> points;
  for (const Precision precision : precisions) {
    std::vector<std::int64_t> batches = selection.batches;
    if (batches.empty()) {
      const std::set<std::int64_t> measured = measured_batches(record, model, precision);
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
