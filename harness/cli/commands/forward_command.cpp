#include <algorithm>
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

/// The passes that are asked for of one model; they say their own errors.
struct PassesOf {
  const ForwardOptions& options;

  std::vector<ForwardPass> operator()(const EncoderConfig& encoder) const {
    const std::vector<std::int64_t> tokens =
        options.tokens.empty() ? std::vector{encoder.max_position_embeddings} : options.tokens;
    return all(encoder, tokens, 1, 1);
  }
  std::vector<ForwardPass> operator()(const DiffusionConfig& model) const {
    const std::vector<std::int64_t> sides =
        options.sides.empty() ? std::vector{ImageBatch{}.side} : options.sides;
    return all(model, sides, options.steps.value_or(model.num_inference_steps),
               options.guidance_passes.value_or(model.passes_per_step));
  }

 private:
  template <typename Model>
  std::vector<ForwardPass> all(const Model& model, const std::vector<std::int64_t>& extents,
                               std::int64_t steps, std::int64_t guidance_passes) const {
    std::vector<ForwardPass> passes;
    for (const std::string& precision : options.precisions) {
      for (const std::int64_t extent : extents) {
        for (const std::int64_t batch : options.batches)
          passes.push_back(
              forward_pass(model, {.precision = from_name<Precision>(precision).value(),
                                   .batch = batch,
                                   .extent = extent,
                                   .steps = steps,
                                   .guidance_passes = guidance_passes}));
      }
    }
    return passes;
  }
};

/// An option for a kind of model that nobody asked for was a mistake.
void check_options(const std::vector<ForwardPass>& passes, const ForwardOptions& options) {
  const auto any = [&](ForwardUnit unit) {
    return std::any_of(passes.begin(), passes.end(),
                       [=](const ForwardPass& pass) { return pass.unit == unit; });
  };
  if (!options.tokens.empty() && !any(ForwardUnit::kEmbedding))
    throw UsageError("--tokens is for encoders, and --model names none");
  if ((options.steps || options.guidance_passes || !options.sides.empty()) &&
      !any(ForwardUnit::kImage))
    throw UsageError(
        "--steps, --resolution and --guidance are for image models, and --model names none");
}

ExitStatus forward(const ForwardOptions& options) {
  const Catalog catalog = Catalog::locate();
  std::vector<ForwardPass> passes;
  for (const std::string& name : options.models) {
    for (ForwardPass& pass : std::visit(PassesOf{options}, catalog.forward_model(name)))
      passes.push_back(std::move(pass));
  }
  check_options(passes, options);
  const PriceList list = read_prices(catalog, options);
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<Record> records = read_inputs(options);
  std::vector<PricedForward> points;
  for (const Record& record : records) {
    const Rate rate = rates_for(record, catalog, list, options).front();
    const auto memory = device_memory_bytes(record.device, match_datasheet(sheets, record.device));
    const auto budget =
        memory ? std::optional(MemoryBudget{.device_bytes = *memory}) : std::nullopt;
    const StepTimes times(record);
    for (const ForwardPass& pass : passes)
      points.push_back({forward_finding(times, pass, budget), rate});
  }
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
