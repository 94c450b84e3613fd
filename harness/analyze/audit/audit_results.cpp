// What result files say, and the bounds that datasheets set to it.

#include <fmt/format.h>

#include <array>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/step/tensor_parallel.hpp"
#include "harness/analyze/step/tokens.hpp"
#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// Whether the record is of this very card.
bool is_of(const StepTimes& times, const MetricCall& call, const Datasheet& sheet) {
  const Datasheet* match = match_datasheet(call.facts().sheets, times.record().device);
  return match != nullptr && match->name == sheet.name;
}

/// `nothing was measured on …`, and the command that would.
Quantity no_file(const Datasheet& sheet, std::string_view model, Precision precision) {
  const std::string_view dtype = name_of(linear_dtype(precision));
  return unknown(
      fmt::format("no result file of {}: gpugauge run --suite full --model {} --filter "
                  "'gemm/{}/{}/'",
                  sheet.name, model, dtype, model));
}

void cite_origins(MetricCall& call, const Record& record, const EngineStep& step) {
  std::string origins;
  for (const Origin origin : {Origin::kMeasured, Origin::kImported, Origin::kInterpolated,
                              Origin::kModelled, Origin::kQuoted}) {
    const double share = step.share_of(origin);
    if (share < 0.005) continue;
    origins +=
        fmt::format("{}{:.0f}% {}", origins.empty() ? "" : ", ", 100 * share, name_of(origin));
  }
  call.cite(fmt::format("{}: {}", record.path.filename().string(), origins));
}

/// Arguments: device, model, precision, batch, context, [cards].
Quantity decode(MetricCall& call) {
  constexpr std::size_t kCards = 5;
  const Datasheet& sheet = call.device(0);
  const ModelConfig& model = call.model(1);
  const DecodePoint point{
      .precision = call.precision(2), .batch = call.count(3), .context = call.count(4)};
  const CardGroup group{.cards = static_cast<int>(call.count_or(kCards, 1)),
                        .link = link_of(&sheet, std::nullopt)};
  Quantity answer = no_file(sheet, model.name, point.precision);
  for (const StepTimes& times : call.facts().times) {
    if (!is_of(times, call, sheet)) continue;
    const DecodeFinding finding = decode_finding(times, model, point, group);
    if (const EngineStep* step = finding.preferred()) {
      cite_origins(call, times.record(), *step);
      return number_of(step->tokens_per_second);
    }
    answer = unknown(fmt::format("{}: {}", sheet.name, finding.reason));
  }
  return answer;
}

/// Bytes over the datasheet's bandwidth: no engine can be faster.
Quantity decode_bound(MetricCall& call) {
  const Datasheet& sheet = call.device(0);
  const DecodePoint point{
      .precision = call.precision(2), .batch = call.count(3), .context = call.count(4)};
  const double bytes = decode_bytes(call.model(1), point);
  return number_of(scaled(datasheet_memory_gbps(call, sheet),
                          static_cast<double>(point.batch) * kNsPerSecond / bytes));
}

/// Passes an hour, `items` each, from the sum of the ops of one pass.
Quantity passes_per_hour(MetricCall& call, std::string_view model,
                         const std::vector<ForwardOp>& ops, double items, double passes_an_item) {
  const Datasheet& sheet = call.device(0);
  std::vector<StepOp> steps;
  for (const ForwardOp& op : ops)
    steps.push_back({.group = OpGroup::kLinears, .name = op.name, .op = op.op, .count = op.count});
  Quantity answer = no_file(sheet, model, call.precision(2));
  for (const StepTimes& times : call.facts().times) {
    if (!is_of(times, call, sheet)) continue;
    answer = unknown(fmt::format("{}: no linear of {} is known there", sheet.name, model));
    if (!times.read()) continue;
    const EngineStep step = times.sum(Engine::kLibrary, steps, 1);
    if (!has_known_linear(step)) continue;
    cite_origins(call, times.record(), step);
    return number_of(
        reciprocal(items * kSecondsPerHour * kNsPerSecond / passes_an_item, step.step_ns));
  }
  return answer;
}

/// Arguments: device, image model, precision, side in pixels.
Quantity images_per_hour(MetricCall& call) {
  const DiffusionConfig& model = item_named("image model", call.facts().diffusions, call.word(1));
  const ImageBatch batch{.images = 1, .side = call.count(3)};
  return passes_per_hour(call, model.name, diffusion_ops(model, call.precision(2), batch), 1,
                         static_cast<double>(model.num_inference_steps));
}

/// Arguments: device, encoder, precision, tokens of a sequence, sequences at a time.
Quantity sequences_per_hour(MetricCall& call) {
  const EncoderConfig& encoder = item_named("encoder", call.facts().encoders, call.word(1));
  const std::int64_t tokens = call.count(3), sequences = call.count(4);
  return passes_per_hour(call, encoder.name,
                         encoder_ops(encoder, call.precision(2), sequences, tokens),
                         static_cast<double>(sequences), 1);
}

constexpr std::array kResultMetrics{
    Metric{{"decode", "device, model, precision, batch, context, [cards]"}, decode},
    Metric{{"decode_bound", "device, model, precision, batch, context"}, decode_bound},
    Metric{{"images_per_hour", "device, model, precision, side"}, images_per_hour},
    Metric{{"sequences_per_hour", "device, encoder, precision, tokens, sequences"},
           sequences_per_hour},
};

}  // namespace

std::span<const Metric> result_metrics() { return kResultMetrics; }

}  // namespace gpugauge
