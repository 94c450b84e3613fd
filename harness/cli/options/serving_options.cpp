#include "harness/cli/options/serving_options.hpp"

#include "harness/base/units.hpp"
#include "harness/cli/options/definitions.hpp"

namespace gpugauge {

void add_serving_options(Command& command, ServingOptions& options) {
  AnalysisOptions& inputs = options.inputs;
  command.option(option::kModel, inputs.models).required();
  command.option(option::kInputTokens, options.input)
      .required()
      .old_name("--input")
      .mistaken_for("--context");
  command.option(option::kOutputTokens, options.output).required().mistaken_for("--output");
  command.option(option::kBatch, inputs.batches)
      .detail("each card's largest batch is always shown");
  command.option(option::kPrecision, inputs.precisions).detail("default: those in the file");
  command.option(option::kKv, options.kv);
  command.option(option::kServing, inputs.serving);
  command.option(option::kChunkTokens, options.chunk_tokens);
  command.option(option::kLengthSpread, options.length_spread);
  command.option(option::kTpot, options.tpot_ms);
  command.option(option::kTtft, options.ttft_ms);
  command.option(option::kGpus, inputs.gpus);
  command.option(option::kLink, options.link).detail("default: the card's datasheet");
  command.option(option::kMemoryUtilisation, options.utilisation);
  command.option(option::kReserve, options.reserve_gib);
}

ServeQuestion serve_question(const ServingOptions& options, const Catalog& catalog) {
  ServeQuestion question{.precisions = parse_precisions(options.inputs.precisions),
                         .batches = options.inputs.batches,
                         .link = from_name<Link>(options.link),
                         .memory_utilisation = options.utilisation,
                         .memory_reserve_bytes = options.reserve_gib * kGib,
                         .billing = options.inputs.billing,
                         .calibrations = read_calibrations(options.inputs)};
  ServingRequest& request = question.request;
  request.kv = from_name<DType>(options.kv).value();
  request.input_tokens = options.input;
  request.output_tokens = options.output;
  if (options.tpot_ms) request.tpot_target_ns = *options.tpot_ms * kNsPerMs;
  if (options.ttft_ms) request.ttft_target_ns = *options.ttft_ms * kNsPerMs;
  request.group.cards = options.inputs.gpus;
  request.engine = catalog.serving_engine(options.inputs.serving);
  if (options.chunk_tokens)
    request.engine.chunk_tokens = request.engine.small_chunk_tokens = *options.chunk_tokens;
  request.length_spread = options.length_spread;
  return question;
}

}  // namespace gpugauge
