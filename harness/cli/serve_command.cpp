#include <iostream>
#include <memory>
#include <set>

#include "harness/analyze/serving_finding.hpp"
#include "harness/cli/analysis_options.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/output.hpp"
#include "harness/render/serving_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kExamples = R"(
With D the decode step at (batch, input + output/2) and P the prefill of one request:
  TPOT = D + P (batch - 1) / output        TTFT = P, and the step that has just begun
  output tokens per second = batch output / (output D + batch P)
Memory: weights, and the KV cache at input + output, in what is usable of the card.

Examples:
  gpugauge serve h100.json --model llama-3.1-8b --precision fp8 --input 1024 --output 256 --batch 8,32
  gpugauge serve h100.json l40s.json --model llama-3.1-8b --input 2048 --output 512 --tpot 40 --ttft 800
  gpugauge serve h100.json --model qwen3-14b --input 1024 --output 256 --gpus 2 --link nvlink)";

struct ServeOptions {
  AnalysisOptions inputs;
  std::int64_t input = 0, output = 0;
  std::string kv = "bf16";
  std::optional<double> tpot_ms, ttft_ms;
  double utilisation = MemoryBudget{}.utilisation;
  double reserve_gib = 1;
  std::string link;
};

/// Those that were asked for, else those at which the model's linears were measured.
std::set<Precision> precisions_for(const Record& record, const ModelConfig& model,
                                   const AnalysisOptions& options) {
  std::set<Precision> precisions;
  for (const std::string& name : options.precisions)
    precisions.insert(precision_from_name(name).value());
  if (!precisions.empty()) return precisions;
  for (const DecodePoint& point : decode_points(record, model, {}))
    precisions.insert(point.precision);
  return precisions;
}

ServingRequest request_for(const Record& record, const Datasheet* sheet,
                           const ServeOptions& options) {
  constexpr double kNsPerMs = 1e6, kGib = 1024.0 * 1024 * 1024;
  ServingRequest request;
  request.kv = dtype_from_name(options.kv).value();
  request.input_tokens = options.input;
  request.output_tokens = options.output;
  if (options.tpot_ms) request.tpot_target_ns = *options.tpot_ms * kNsPerMs;
  if (options.ttft_ms) request.ttft_target_ns = *options.ttft_ms * kNsPerMs;
  request.group = {.cards = options.inputs.gpus,
                   .link = link_of(sheet, link_from_name(options.link))};
  if (const auto bytes = device_memory_bytes(record.device, sheet))
    request.budget = MemoryBudget{.device_bytes = *bytes,
                                  .utilisation = options.utilisation,
                                  .reserve_bytes = options.reserve_gib * kGib};
  return request;
}

ExitStatus serve(const ServeOptions& options) {
  const Catalog catalog = Catalog::locate();
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<Record> records = read_inputs(options.inputs);
  std::vector<ServingFinding> findings;
  for (const std::string& name : options.inputs.models) {
    const ModelConfig model = catalog.model(name);
    for (const Record& record : records) {
      const StepTimes times(record);
      ServingRequest request = request_for(record, match_datasheet(sheets, record.device), options);
      for (const Precision precision : precisions_for(record, model, options.inputs)) {
        request.precision = precision;
        const Server server(times, model, request);
        for (const std::int64_t batch : options.inputs.batches)
          findings.push_back(server.at(batch));
        findings.push_back(server.at_largest_batch());
      }
    }
  }
  print_tables(std::cout, serving_tables(findings), options.inputs.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_serve_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("serve", "TTFT, TPOT and tokens per second of requests");
  auto options = std::make_shared<ServeOptions>();
  AnalysisOptions& inputs = options->inputs;
  add_file_arguments(*command, inputs);
  command->add_option("--model", inputs.models, "models: names or files")
      ->delimiter(',')
      ->required();
  command->add_option("--input", options->input, "tokens of a prompt")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24));
  command->add_option("--output", options->output, "tokens that a request generates")
      ->required()
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24));
  command
      ->add_option("--batch", inputs.batches,
                   "requests at a time (each card's largest batch is always shown)")
      ->delimiter(',')
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 16));
  command->add_option("--precision", inputs.precisions, "default: those in the file")
      ->delimiter(',')
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8", "int8"}));
  command->add_option("--kv", options->kv, "type of the KV cache (default: bf16)")
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8_e4m3"}));
  command->add_option("--tpot", options->tpot_ms, "the most milliseconds between two tokens")
      ->check(CLI::PositiveNumber);
  command->add_option("--ttft", options->ttft_ms, "the most milliseconds to the first token")
      ->check(CLI::PositiveNumber);
  command->add_option("--gpus", inputs.gpus, "cards that share the model: 1, 2, 4 or 8")
      ->check(CLI::IsMember({1, 2, 4, 8}));
  command->add_option("--link", options->link, "what joins them (default: the card's datasheet)")
      ->check(CLI::IsMember({"nvlink", "pcie"}));
  command
      ->add_option("--memory-utilisation", options->utilisation,
                   "share of the card's memory that the engine uses (default: 0.9)")
      ->check(CLI::Range(0.01, 1.0));
  command
      ->add_option("--reserve", options->reserve_gib,
                   "GiB of that for activations, graphs and workspaces (default: 1)")
      ->check(CLI::NonNegativeNumber);
  command->footer(kExamples);
  command->callback([=, &action] { action = [=] { return serve(*options); }; });
}

}  // namespace gpugauge
