#include <iostream>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/render/answers/forward_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kForwardExamples = R"(
One forward pass of an embedding encoder is a batch of embeddings; of an image model it is one of the steps of a batch of
images, all guidance passes included.

Examples:
  gpugauge forward h100.json --model bge-large --batch 1,32 --tokens 512
  gpugauge forward h100.json l40s.json --model sdxl,flux.1-dev --resolution 1024 --hourly 2.49
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
  const PriceList list = read_prices(catalog, options);
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<Record> records = read_inputs(options);
  std::vector<ForwardCard> cards;
  for (const Record& record : records) {
    ForwardCard& card = cards.emplace_back();
    card.record = &record;
    card.rate = rates_for(record, catalog, list, options).front();
    if (const auto bytes =
            device_memory_bytes(record.device, match_datasheet(sheets, record.device)))
      card.budget = MemoryBudget{.device_bytes = *bytes};
  }
  const std::vector<PricedForward> points = forward_answer(cards, passes);
  print_tables(std::cout, options.ops ? forward_ops_tables(points) : forward_tables(points),
               options.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_forward_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("forward", "embeddings and images per hour");
  auto options = std::make_shared<ForwardOptions>();
  add_file_arguments(*command, *options);
  constexpr std::int64_t kMost = std::int64_t{1} << 16;
  const CLI::Range range(std::int64_t{1}, kMost);
  command
      ->add_option("--model", options->models,
                   "encoders (bge-large, gte-large) and image models (sdxl, flux.1-dev): names or "
                   "files")
      ->type_name("FORWARD_MODEL")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--batch", options->batches, "sequences or images at a time (1,8,32)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(range);
  command
      ->add_option("--tokens", options->tokens,
                   "of a sequence (default: as many as the encoder takes)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(range);
  command->add_option("--resolution", options->sides, "pixels of an image's side (1024)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(range);
  command->add_option("--steps", options->steps, "of an image (default: the model's)")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--guidance", options->guidance_passes,
                   "passes a step: 2 with classifier-free guidance (default: the model's)")
      ->check(CLI::Range(1, 4));
  command->add_option("--precision", options->precisions, "fp32, bf16, fp16, fp8, int8 (bf16)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8", "int8"}));
  add_price_options(*command, *options);
  command->add_flag("--ops", options->ops, "the ops of each pass instead of its sum");
  command->footer(kForwardExamples);
  command->callback([=, &action] { action = [=] { return forward(*options); }; });
}

}  // namespace gpugauge
