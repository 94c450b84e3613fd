#include "harness/cli/options/serving_options.hpp"

#include "harness/base/units.hpp"

namespace gpugauge {

void add_serving_options(CLI::App& command, ServingOptions& options) {
  AnalysisOptions& inputs = options.inputs;
  command.add_option("--model", inputs.models, "models: names or files")
      ->type_name("MODEL")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command.add_option("--input", options.input, "tokens of a prompt")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24));
  command.add_option("--output", options.output, "tokens that a request generates")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24));
  command
      .add_option("--batch", inputs.batches,
                  "requests at a time (each card's largest batch is always shown)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 16));
  command.add_option("--precision", inputs.precisions, "default: those in the file")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8", "int8"}));
  command.add_option("--kv", options.kv, "type of the KV cache (default: bf16)")
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8_e4m3"}));
  command.add_option("--tpot", options.tpot_ms, "the most milliseconds between two tokens")
      ->check(CLI::PositiveNumber);
  command.add_option("--ttft", options.ttft_ms, "the most milliseconds to the first token")
      ->check(CLI::PositiveNumber);
  command.add_option("--gpus", inputs.gpus, "cards that share the model: 1, 2, 4 or 8")
      ->check(CLI::IsMember({1, 2, 4, 8}));
  command.add_option("--link", options.link, "what joins them (default: the card's datasheet)")
      ->check(CLI::IsMember({"nvlink", "pcie"}));
  command
      .add_option("--memory-utilisation", options.utilisation,
                  "share of the card's memory that the engine uses (default: 0.9)")
      ->check(CLI::Range(0.01, 1.0));
  command
      .add_option("--reserve", options.reserve_gib,
                  "GiB of that for activations, graphs and workspaces (default: 1)")
      ->check(CLI::NonNegativeNumber);
}

ServeQuestion serve_question(const ServingOptions& options) {
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
  return question;
}

}  // namespace gpugauge
