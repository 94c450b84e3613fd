// What result files say, and the bounds that datasheets set to it.

#include <fmt/format.h>

#include <array>
#include <initializer_list>

#include "harness/analyze/audit/audit_metrics.hpp"
#include "harness/analyze/money/contender.hpp"
#include "harness/analyze/serving/serving_finding.hpp"
#include "harness/analyze/step/origins.hpp"
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

/// Steps that make up one number, each so often.
struct StepPart {
  const EngineStep* step;
  double count;
};

/// The file with its origins, and what makes most of the interval: an op, or the error of engines.
void cite(MetricCall& call, const Record& record, const OriginShares& origins,
          std::string_view model, std::initializer_list<StepPart> parts,
          const EngineError& error = {}) {
  const std::string file = record.path.filename().string();
  call.cite(fmt::format("{}: {}", file, origins_text(origins)));
  double time = 0, width = 0, most = 0;
  const OpLine* widest = nullptr;
  for (const StepPart& part : parts) {
    for (const OpLine& line : part.step->ops) {
      const Estimate ns = scaled(line.time.time_ns, part.count * as_double(line.step.count));
      time += ns.value;
      width += ns.high - ns.low;
      if (ns.high - ns.low <= most) continue;
      most = ns.high - ns.low;
      widest = &line;
    }
  }
  const double of_ops = time > 0 ? width / time : 0;
  const double of_engine = error.total.high - error.total.low;
  if (of_engine > of_ops) {
    call.cite_remedy({.relative_width = of_engine,
                      .text = fmt::format("most of the interval of {} is the error of the method: "
                                          "a benchmark of an engine on {} would decide",
                                          file, call.device(0).name)});
  } else if (widest != nullptr) {
    call.cite_remedy(
        {.relative_width = of_ops,
         .text = fmt::format("{:.0f}% of the interval of {} is {}, {}: gpugauge run "
                             "--suite full --model {} on {}",
                             100 * most / width, file, widest->step.name,
                             row_of(widest->time.origin).words, model, call.device(0).name)});
  }
}

/// What `ask` makes of a result file of the card that knows it, of several files the first. `ask`
/// takes a file and its bootstrap, and gives a quantity.
template <typename Ask>
Quantity of_files(MetricCall& call, const Datasheet& sheet, std::string_view model, Ask ask) {
  Quantity answer = no_file(sheet, model, call.precision(2));
  const std::vector<StepTimes>& files = call.facts().times;
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (!is_of(files[i], call, sheet)) continue;
    answer = ask(files[i], call.bootstrap(i));
    if (answer.kind == Quantity::Kind::kNumber) break;
  }
  return answer;
}

/// `amount` a second over resampled nanoseconds.
Quantity rate_of(double amount, const Estimate& rate, Replicates ns) {
  for (double& replicate : ns) replicate = amount * kNsPerSecond / replicate;
  return number_of(resampled(rate.value, std::move(ns)));
}

/// Nothing but decode steps. Arguments: device, model, precision, batch, context, [cards].
Quantity decode(MetricCall& call) {
  constexpr std::size_t kCards = 5;
  const Datasheet& sheet = call.device(0);
  const ModelConfig& model = call.model(1);
  const DecodePoint point{
      .precision = call.precision(2), .batch = call.count(3), .context = call.count(4)};
  const int cards = static_cast<int>(call.count_or(kCards, 1));
  return of_files(call, sheet, model.name, [&](const StepTimes& times, Bootstrap& bootstrap) {
    const CardGroup group{.cards = cards,
                          .link = link_of(times.record(), &sheet, std::nullopt),
                          .all_reduce_gap_ns = call.facts().engine.all_reduce_gap_ns};
    const DecodeFinding finding = decode_finding(times, model, point, group);
    const EngineStep* step = finding.preferred();
    if (step == nullptr) return unknown(fmt::format("{}: {}", sheet.name, finding.reason));
    cite(call, times.record(), step->origins(), model.name, {{step, 1}}, step->error);
    return rate_of(as_double(point.batch), step->tokens_per_second,
                   bootstrap.with_error(bootstrap.step_ns(*step), step->error));
  });
}

/// Output tokens per second of requests that are served continuously, prefill included.
/// Arguments: device, model, precision, batch, input, output, [cards].
Quantity serve(MetricCall& call) {
  constexpr std::size_t kBatch = 3, kInput = 4, kOutput = 5, kCards = 6;
  const Datasheet& sheet = call.device(0);
  const ModelConfig& model = call.model(1);
  ServingRequest request;
  request.precision = call.precision(2);
  request.input_tokens = call.count(kInput);
  request.output_tokens = call.count(kOutput);
  request.group.cards = static_cast<int>(call.count_or(kCards, 1));
  request.engine = call.facts().engine;
  const std::int64_t batch = call.count(kBatch);
  return of_files(call, sheet, model.name, [&](const StepTimes& times, Bootstrap& bootstrap) {
    request.group.link = link_of(times.record(), &sheet, std::nullopt);
    request.budget = memory_budget(times.record().device, &sheet);
    if (request.budget) request.budget->reserve_bytes = call.facts().memory.reserve_bytes;
    const ServingFinding finding = Server(times, model, request).at(batch);
    const ServingRate* rate = finding.rate();
    if (rate == nullptr) return unknown(fmt::format("{}: {}", sheet.name, finding.reason));
    const Engine engine = *finding.engine();
    cite(call, times.record(), rate->origins, model.name,
         {{finding.decode.step(engine), as_double(request.output_tokens)},
          {finding.prefill->step(engine), as_double(batch) / as_double(finding.point.prompts)}},
         rate->throughput_error);
    return number_of(resampled_rate(finding, bootstrap));
  });
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
  return of_files(call, sheet, model, [&](const StepTimes& times, Bootstrap& bootstrap) {
    const Quantity unknown_linears =
        unknown(fmt::format("{}: no linear of {} is known there", sheet.name, model));
    if (!times.read()) return unknown_linears;
    const EngineStep step = times.sum(Engine::kLibrary, steps, 1);
    if (!has_known_linear(step)) return unknown_linears;
    cite(call, times.record(), step.origins(), model, {{&step, 1}});
    const double passes = items * kSecondsPerHour / passes_an_item;
    return rate_of(passes, reciprocal(passes * kNsPerSecond, step.step_ns),
                   bootstrap.step_ns(step));
  });
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
    Metric{{"serve", "device, model, precision, batch, input, output, [cards]"}, serve},
    Metric{{"decode_bound", "device, model, precision, batch, context"}, decode_bound},
    Metric{{"images_per_hour", "device, model, precision, side"}, images_per_hour},
    Metric{{"sequences_per_hour", "device, encoder, precision, tokens, sequences"},
           sequences_per_hour},
};

}  // namespace

std::span<const Metric> result_metrics() { return kResultMetrics; }

}  // namespace gpugauge
