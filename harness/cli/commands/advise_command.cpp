#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <iostream>

#include "harness/base/units.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/advice_table.hpp"
#include "harness/render/answers/imported_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kAdviseExamples = R"(
Ranks every card of the files at every allowed price, with the fewest GPUs that hold the model: at equal batch, then
each card at its own largest batch. P: the probability of being cheaper than the next card.

Without a file, the cards are all that others measured (results/imported).

Examples:
  gpugauge advise --model llama-3.1-8b
  gpugauge advise h100-sxm5 l40s --model llama-3.1-8b --precision fp8 --input-tokens 1024 --batch 8,32
  gpugauge advise *.json --model qwen3-14b --input-tokens 4096 --batch 16 --tokens-per-day 2e7,5e8 --spot
  gpugauge advise *.json --model llama-3.1-70b --input-tokens 8192 --batch 8 --tpot 50 --hourly l40s=0.79)";

struct AdviseOptions {
  AnalysisOptions inputs;
  AdviceRequest request;
  std::optional<Precision> precision;
  std::string kv = "bf16";
  std::optional<double> tpot_ms, ttft_ms;
};

/// What was asked of the files that were named, else of every card that others measured.
AnalysisOptions with_files(AnalysisOptions inputs, const Catalog& catalog) {
  if (inputs.files.empty()) inputs.files = catalog.imported_names();
  if (inputs.files.empty())
    throw UsageError(
        "advise: no file is named, and there is no card that others measured (results/imported): "
        "expected result files");
  return inputs;
}

/// That of all models, as their checkpoints are.
std::optional<Precision> stored_precision(std::span<const ModelConfig> models) {
  std::optional<Precision> common;
  for (const ModelConfig& model : models) {
    if (!model.stored || !model.stored->precision) return std::nullopt;
    if (common && common != model.stored->precision) return std::nullopt;
    common = model.stored->precision;
  }
  return common;
}

ExitStatus advise(const AdviseOptions& options) {
  const Catalog catalog = Catalog::locate();
  AdviceRequest request = options.request;
  request.precision = options.precision.value_or(request.precision);
  request.kv = from_name<DType>(options.kv).value();
  request.engine = catalog.serving_engine(options.inputs.serving);
  if (options.tpot_ms) request.tpot_target_ns = *options.tpot_ms * kNsPerMs;
  if (options.ttft_ms) request.ttft_target_ns = *options.ttft_ms * kNsPerMs;
  if (request.tokens_per_day.size() > 2)
    throw UsageError(fmt::format("advise: --tokens-per-day: found {} values, expected one or two",
                                 request.tokens_per_day.size()));
  request.check();
  // A p95 that is the median is one comparison.
  request.batches.erase(std::unique(request.batches.begin(), request.batches.end()),
                        request.batches.end());
  const std::vector<ModelConfig> models = read_models(catalog, options.inputs.models);
  if (const auto stored = stored_precision(models); stored && !options.precision)
    request.precision = *stored;

  const std::vector<Record> records =
      read_inputs(with_files(options.inputs, catalog), Detail::kSamples);
  const std::vector<StepTimes> files = step_times(records, catalog);
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const PriceList list = read_prices(catalog, options.inputs);
  if (options.inputs.hourly.empty())
    warn_of_slips(list, records, sheets, !options.inputs.prices.empty());
  const AdviceAnswer answer = advice_answer(files, sheets, models, request,
                                            {.own = OwnPrices(options.inputs.hourly),
                                             .offers = list.offers,
                                             .today = utc_date(std::time(nullptr))});
  std::vector<Table> tables = advice_tables(answer, request);
  if (const auto imported = imported_files(records); !imported.empty())
    tables.insert(tables.begin() + 1, imported_table(imported));
  print_tables(std::cout, tables, options.inputs.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_advise_command(Command& program) {
  auto [command, options] = program.add_command<AdviseOptions>(
      "advise", "which card to rent for a model", advise, kAdviseExamples);
  AdviceRequest& request = options.request;
  add_result_files(command, options.inputs.files, "result files")
      .count(0, std::numeric_limits<std::size_t>::max());
  add_format_option(command, options.inputs.printed);
  command.option(option::kModel, options.inputs.models).required();
  request.contexts = {1024};
  request.batches = {8};
  command.option(option::kInputTokens, request.contexts).mistaken_for("--context");
  command.option(option::kOutputTokens, request.output_tokens).mistaken_for("--output");
  command.option(option::kBatch, request.batches)
      .detail("the median, then higher quantiles: p50[,p95]");
  command.option(option::kPrecision, options.precision)
      .detail("default: the checkpoint's, else bf16");
  command.option(option::kKv, options.kv);
  command.option(option::kTokensPerDay, request.tokens_per_day)
      .detail("today's, then a later demand");
  command.option(option::kUtilisation, request.billing.utilisation);
  command.option(option::kServing, options.inputs.serving);
  command.option(option::kTpot, options.tpot_ms);
  command.option(option::kTtft, options.ttft_ms);
  command.flag(option::kSpot, request.spot).old_word("ok");
  command.flag(option::kTraining, request.training);
  add_price_options(command, options.inputs);
}

}  // namespace gpugauge
