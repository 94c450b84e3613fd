#include "harness/analyze/step/engine_step.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

template <typename Predicate>
double share_where(const EngineStep& step, Predicate predicate) {
  return std::accumulate(
      step.ops.begin(), step.ops.end(), 0.0, [&](double share, const OpLine& line) {
        const double ns = line.time.time_ns.value * static_cast<double>(line.step.count);
        return predicate(line) ? share + ns / step.step_ns.value : share;
      });
}

template <typename Predicate>
bool any_layer_linear(const EngineStep& step, Predicate predicate) {
  return std::any_of(step.ops.begin(), step.ops.end(), [&](const OpLine& line) {
    return line.step.group == OpGroup::kLinears && predicate(line.time);
  });
}

bool is_quantisation(const StepOp& step) {
  const auto* op = std::get_if<TokenOp>(&step.op);
  return op != nullptr && op->kind == TokenOpKind::kQuantize;
}

/// Of a GEMM that was measured, or lies between such ones.
bool quantizes_input(const OpTime& time) {
  const auto* between = std::get_if<Neighbours>(&time.source);
  const Measurement* gemm =
      time.measurement == nullptr && between != nullptr ? between->lowest : time.measurement;
  return gemm != nullptr && gemm->quantizes_input.value_or(false);
}

double total_ns(const OpLine& line) {
  return line.time.time_ns.value * static_cast<double>(line.step.count);
}

/// The linear as a kernel that quantises the BF16 input itself; nothing where none was measured.
std::optional<OpLine> quantising(StepOp step, const OpTimes& times) {
  auto* gemm = std::get_if<Gemm>(&step.op);
  if (gemm == nullptr) return std::nullopt;
  gemm->activations = DType::kBf16;
  std::optional<OpTime> time = times.known(step.op);
  if (!time || time->origin == Origin::kModelled) return std::nullopt;
  return OpLine{std::move(step), std::move(*time)};
}

}  // namespace

ErrorGroup error_group_of(const OpLine& line) {
  const Origin origin = line.time.origin;
  if (origin == Origin::kImported) return {origin, {}, line.time.measurement};
  if (origin == Origin::kMeasured || origin == Origin::kQuoted) return {origin, {}, nullptr};
  return {is_interpolated(origin) ? Origin::kInterpolated : origin, family_of(line.step.op),
          nullptr};
}

double EngineStep::share_of(OpGroup group) const {
  return share_where(*this, [&](const OpLine& line) { return line.step.group == group; });
}

double EngineStep::share_of(Origin origin) const {
  return share_where(*this, [&](const OpLine& line) { return line.time.origin == origin; });
}

OriginShares EngineStep::origins() const {
  OriginShares shares{};
  for (std::size_t i = 0; i < shares.size(); ++i) shares[i] = share_of(static_cast<Origin>(i));
  return shares;
}

EngineStep step_of(std::vector<OpLine> ops, std::int64_t tokens) {
  EngineStep step;
  step.ops = std::move(ops);
  std::map<ErrorGroup, Estimate> groups;
  for (const OpLine& line : step.ops) {
    Estimate& of_group = groups[error_group_of(line)];
    of_group = sum(of_group, scaled(line.time.time_ns, static_cast<double>(line.step.count)));
  }
  double below = 0, above = 0;
  for (const auto& [group, time] : groups) {
    step.step_ns.value += time.value;
    below = std::hypot(below, time.value - time.low);
    above = std::hypot(above, time.high - time.value);
  }
  step.step_ns.low = step.step_ns.value - below;
  step.step_ns.high = step.step_ns.value + above;
  step.tokens_per_second = reciprocal(static_cast<double>(tokens) * kNsPerSecond, step.step_ns);
  return step;
}

EngineStep with_error(EngineStep step, const EngineError& error) {
  step.error = error;
  step.tokens_per_second =
      reciprocal(step.tokens_per_second.value * step.step_ns.value, step.engine_ns());
  return step;
}

EngineError engine_error(const MethodError& error, int cards, EngineFigure figure) {
  return {.total = error.of_engine(cards, figure),
          .between_cards = error.between_cards.at(static_cast<std::size_t>(figure))};
}

bool has_known_linear(const EngineStep& step) {
  return any_layer_linear(step,
                          [](const OpTime& time) { return time.origin != Origin::kModelled; });
}

bool has_linear_of_a_case(const EngineStep& step) {
  return has_known_linear(step) || any_layer_linear(step, [](const OpTime& time) {
           return std::holds_alternative<ScaledFrom>(time.source);
         });
}

std::vector<std::string> modelled_linears(const EngineStep& step) {
  std::vector<std::string> names;
  for (const OpLine& line : step.ops) {
    if (std::holds_alternative<Gemm>(line.step.op) && line.time.origin == Origin::kModelled)
      names.push_back(line.step.name);
  }
  return names;
}

StepTimes::StepTimes(const Record& record, MethodError error)
    : record_(&record),
      error_(std::make_shared<const MethodError>(std::move(error))),
      parts_(parts_of_a_step(record)),
      read_(read_rate(record)) {
  if (!read_) return;
  library_.emplace(record, read_->rate.value, Engine::kLibrary, *error_);
  best_.emplace(record, read_->rate.value, Engine::kBest, *error_);
  for (const DType dtype : gemm_dtypes(record)) {
    if (const auto peak = best_arithmetic(record, dtype)) tflops_.emplace(dtype, peak->rate);
  }
  for (const Measurement* m : parts_) {
    if (std::holds_alternative<DecodeStep>(m->c.op)) graphs_.push_back(m);
  }
}

std::optional<Estimate> StepTimes::tflops(DType dtype) const {
  const auto found = tflops_.find(dtype);
  return found != tflops_.end() ? std::optional(found->second) : std::nullopt;
}

const OpTimes& StepTimes::of(Engine engine) const {
  return engine == Engine::kLibrary ? library_.value() : best_.value();
}

std::optional<OpTime> StepTimes::known(Engine engine, const Op& op) const {
  return of(engine).known(op);
}

EngineStep StepTimes::sum(Engine engine, std::span<const StepOp> ops, std::int64_t tokens) const {
  const OpTimes& times = of(engine);
  std::vector<OpLine> lines;
  lines.reserve(ops.size());
  for (const StepOp& op : ops) {
    OpLine line{op, times.at(op.op)};
    if (!lines.empty() && is_quantisation(lines.back().step)) {
      std::optional<OpLine> fused = engine == Engine::kBest ? quantising(op, times) : std::nullopt;
      if (fused && total_ns(*fused) < total_ns(lines.back()) + total_ns(line)) {
        line = std::move(*fused);
        lines.pop_back();
      } else if (quantizes_input(line.time)) {
        lines.pop_back();
      }
    }
    lines.push_back(std::move(line));
  }
  return step_of(std::move(lines), tokens);
}

std::optional<EngineStep> StepTimes::graph(Engine engine, const ModelConfig& model,
                                           const DecodePoint& point) const {
  if (graphs_.empty() || !has_step_graph(model, point.context)) return std::nullopt;
  const DecodeStep wanted =
      decode_step_of(model, point.precision, point.batch, point.context, point.kv);
  const Measurement* fastest = nullptr;
  for (const Measurement* m : graphs_) {
    if (m->is_library != (engine == Engine::kLibrary) || std::get<DecodeStep>(m->c.op) != wanted)
      continue;
    if (fastest == nullptr || m->time_ns.value < fastest->time_ns.value) fastest = m;
  }
  if (fastest == nullptr) return std::nullopt;
  return step_of({{{OpGroup::kOther, "decode_step", fastest->c.op, 1},
                   {fastest->time_ns, fastest->origin, {}, fastest}}},
                 point.batch);
}

}  // namespace gpugauge
