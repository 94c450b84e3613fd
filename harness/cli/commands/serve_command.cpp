#include <ctime>
#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/serving_options.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/calibration_table.hpp"
#include "harness/render/answers/money_table.hpp"
#include "harness/render/answers/serving_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kServeExamples = R"(
With D the decode step at (batch, input + output/2), P the prefill of a request among those that one step takes:
  TPOT = D + P (batch - 1) / output        TTFT = a P + b D, the mean of 10 rounds of the batch in a queue
  output tokens per second = batch output / (output D + batch P)        unloaded TTFT = P of a request alone
Memory: weights, and the KV cache at input + output, must fit the card's usable memory.
With --prices or --hourly also dollars per million tokens and per month.

Examples:
  gpugauge serve h100-sxm5 --model llama-3.1-8b --precision fp8 --input-tokens 1024 --output-tokens 256 --batch 8,32
  gpugauge serve h100.json l40s.json --model llama-3.1-8b --input-tokens 2048 --output-tokens 512 --tpot 40 --ttft 800
  gpugauge serve h100.json --model qwen3-14b --input-tokens 1024 --output-tokens 256 --gpus 2 --link nvlink
  gpugauge serve h100.json --model qwen3-8b --input-tokens 1024 --output-tokens 256 --hourly 2.49 --utilisation 0.6)";

ExitStatus serve(const ServingOptions& options) {
  check(options.inputs.billing);
  const Catalog catalog = Catalog::locate();
  ServeQuestion question = serve_question(options, catalog);
  question.today = utc_date(std::time(nullptr));
  const bool has_prices = !options.inputs.hourly.empty() || !options.inputs.prices.empty();
  const std::vector<Record> records = read_inputs(options.inputs);
  const ServeAnswer answer =
      serve_answer(card_results(records, catalog, options.inputs, has_prices), question);
  std::vector<Table> tables = serving_tables(answer.servings);
  if (has_prices) {
    for (Table& table :
         serving_money_tables(answer.servings, is_for_programs(options.inputs.printed.format)))
      tables.push_back(std::move(table));
    for (const std::string& doubt : answer.price_doubts) tables.back().notes.push_back(doubt);
  }
  for (Table& table : calibration_tables(answer.calibration, ShownRates::kFirst))
    tables.push_back(std::move(table));
  begin_with(serving_speeds(answer.servings), options.inputs.printed.format, tables);
  print_tables(std::cout, tables, options.inputs.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_serve_command(Command& program) {
  auto [command, options] = program.add_command<ServingOptions>(
      "serve", "TTFT, TPOT and tokens per second of requests", serve, kServeExamples);
  add_file_arguments(command, options.inputs);
  add_serving_options(command, options);
  add_price_options(command, options.inputs);
  command.option(option::kCalibration, options.inputs.calibrations);
  add_billing_options(command, options.inputs);
  command.option(option::kElectricity, options.inputs.billing.dollars_per_kwh);
}

}  // namespace gpugauge
