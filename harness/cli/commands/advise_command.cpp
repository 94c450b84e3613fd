#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iostream>
#include <map>
#include <memory>

#include "harness/base/units.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/advice_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kAdviseExamples = R"(
Every card of the files at every price that may be paid, with the fewest GPUs that hold the model; once at
equal batch, once each at its own largest. P: the probability of being cheaper than the next card.

Examples:
  gpugauge advise h100.json l40s.json --model llama-3.1-8b --precision fp8 --context 1024 --batch 8,32
  gpugauge advise *.json --model qwen3-14b --context 4096 --batch 16 --tokens-per-day 2e7,5e8 --spot ok
  gpugauge advise *.json --model llama-3.1-70b --context 8192 --batch 8 --tpot 50 --hourly l40s=0.79)";

struct AdviseOptions {
  AnalysisOptions inputs;
  AdviceRequest request;
  std::string precision = "bf16", kv = "bf16", spot;
  std::optional<double> tpot_ms, ttft_ms;
  std::vector<std::string> hourly;
};

/// Of `CARD=DOLLARS`.
std::map<std::string, double> parse_hourly(const std::vector<std::string>& texts) {
  std::map<std::string, double> given;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos)
      throw UsageError(fmt::format("--hourly {}: expected CARD=DOLLARS", text));
    if (!CLI::detail::lexical_cast(text.substr(equals + 1), given[text.substr(0, equals)]))
      throw UsageError(fmt::format("--hourly {}: expected dollars per GPU-hour after '='", text));
  }
  return given;
}

ExitStatus advise(const AdviseOptions& options) {
  const Catalog catalog = Catalog::locate();
  AdviceRequest request = options.request;
  request.precision = from_name<Precision>(options.precision).value();
  request.kv = from_name<DType>(options.kv).value();
  request.spot = !options.spot.empty();
  if (options.tpot_ms) request.tpot_target_ns = *options.tpot_ms * kNsPerMs;
  if (options.ttft_ms) request.ttft_target_ns = *options.ttft_ms * kNsPerMs;
  request.check();
  // A p95 that is the median is one comparison.
  request.batches.erase(std::unique(request.batches.begin(), request.batches.end()),
                        request.batches.end());
  std::vector<ModelConfig> models;
  for (const std::string& name : options.inputs.models) models.push_back(catalog.model(name));

  const std::vector<Record> records = read_inputs(options.inputs, Detail::kSamples);
  const std::vector<StepTimes> files(records.begin(), records.end());
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const AdviceAnswer answer = advice_answer(files, sheets, models, request,
                                            {.given = parse_hourly(options.hourly),
                                             .offers = read_prices(catalog, options.inputs).offers,
                                             .today = utc_date(std::time(nullptr))});
  print_tables(std::cout, advice_tables(answer, request), options.inputs.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_advise_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("advise", "which card to rent for a model");
  auto options = std::make_shared<AdviseOptions>();
  AdviceRequest& request = options->request;
  add_file_arguments(*command, options->inputs);
  command->add_option("--model", options->inputs.models, "models: names or files")
      ->type_name("MODEL")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--context", request.contexts, "tokens of a prompt")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--output", request.output_tokens, "tokens that a request generates (256)");
  command
      ->add_option("--batch", request.batches,
                   "requests at a time: the median, then higher quantiles: p50[,p95]")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->required();
  command->add_option("--precision", options->precision, "fp32, bf16, fp16, fp8, int8 (bf16)")
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8", "int8"}));
  command->add_option("--kv", options->kv, "type of the KV cache (bf16)")
      ->check(CLI::IsMember({"fp32", "bf16", "fp16", "fp8_e4m3"}));
  command
      ->add_option("--tokens-per-day", request.tokens_per_day,
                   "output tokens: today's, then what is expected later")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->expected(1, 2);
  command->add_option("--utilisation", request.billing.utilisation,
                      "share of its rate that a card is kept busy (1)");
  command->add_option("--tpot", options->tpot_ms, "the most milliseconds between two tokens")
      ->check(CLI::PositiveNumber);
  command->add_option("--ttft", options->ttft_ms, "the most milliseconds to the first token")
      ->check(CLI::PositiveNumber);
  command->add_option("--spot", options->spot, "'ok' if the work may be interrupted")
      ->check(CLI::IsMember({"ok"}));
  command->add_flag("--training", request.training, "the cards are to train, too");
  command
      ->add_option(
          "--prices", options->inputs.prices,
          "price lists, of any format that 'cost' takes (default: the newest of configs/prices)")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->add_option("--hourly", options->hourly, "your own price: CARD=DOLLARS per GPU-hour")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->allow_extra_args(false);
  command->footer(kAdviseExamples);
  command->callback([=, &action] { action = [=] { return advise(*options); }; });
}

}  // namespace gpugauge
