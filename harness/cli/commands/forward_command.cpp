#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/render/answers/forward_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kForwardExamples = R"(
One forward pass of an encoder makes a batch of embeddings. One forward pass of an image model is one step of a batch of
images, guidance passes included.

Examples:
  gpugauge forward h100.json --model bge-large --batch 1,32 --tokens 512
  gpugauge forward h100.json l40s.json --model sdxl,flux.1-dev --resolution 1024 --hourly h100=2.49
  gpugauge forward h100.json --model sdxl --steps 30 --guidance 1 --ops)";

struct ForwardOptions : AnalysisOptions {
  ForwardOptions() {
    precisions = {"bf16"};
    batches = {1, 8, 32};
  }
  std::vector<std::int64_t> tokens;
  std::vector<std::int64_t> sides;
  std::optional<std::int64_t> steps, guidance_passes;
  bool ops = false;
};

ExitStatus forward(const ForwardOptions& options) {
  const Catalog catalog = Catalog::locate();
  ForwardQuestion question{.models = {},
                           .precisions = {},
                           .batches = options.batches,
                           .tokens = options.tokens,
                           .sides = options.sides,
                           .steps = options.steps,
                           .guidance_passes = options.guidance_passes};
  for (const std::string& name : options.models)
    question.models.push_back(catalog.forward_model(name));
  for (const std::string& name : options.precisions)
    question.precisions.push_back(from_name<Precision>(name).value());
  const std::vector<ForwardPass> passes = passes_of(question);
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<Record> records = read_inputs(options);
  const MethodError error = catalog.method_error();
  std::vector<ForwardCard> cards;
  for (const std::vector<Rate>& rates : rates_for(records, catalog, options)) {
    const Record& record = records[cards.size()];
    ForwardCard& card = cards.emplace_back();
    card.record = &record;
    card.rate = rates.front();
    card.method_error = error;
    if (const auto bytes =
            device_memory_bytes(record.device, match_datasheet(sheets, record.device)))
      card.budget = MemoryBudget{.device_bytes = *bytes};
  }
  const std::vector<PricedForward> points = forward_answer(cards, passes);
  print_tables(std::cout, options.ops ? forward_ops_tables(points) : forward_tables(points),
               options.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_forward_command(Command& program) {
  auto [command, options] = program.add_command<ForwardOptions>(
      "forward", "embeddings and images per hour", forward, kForwardExamples);
  add_file_arguments(command, options);
  command.option(option::kModel, options.models)
      .names_of("FORWARD_MODEL")
      .named_by(forward_model_name_of)
      .required()
      .detail("encoders and image models, as bge-large and sdxl");
  command.option(option::kBatch, options.batches);
  command.option(option::kTokens, options.tokens).detail("default: the encoder's maximum");
  command.option(option::kResolution, options.sides).detail("default: 1024");
  command.option(option::kSteps, options.steps).detail("default: the model's");
  command.option(option::kGuidance, options.guidance_passes).detail("default: the model's");
  command.option(option::kPrecision, options.precisions);
  add_price_options(command, options);
  command.flag(option::kOps, options.ops);
}

}  // namespace gpugauge
