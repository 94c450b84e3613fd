#include <ctime>
#include <iostream>
#include <iterator>
#include <memory>

#include "harness/analyze/money/money.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/serving_options.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/calibration_table.hpp"
#include "harness/render/answers/money_table.hpp"
#include "harness/render/answers/serving_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kServeExamples = R"(
With D the decode step at (batch, input + output/2) and P the prefill of one request:
  TPOT = D + P (batch - 1) / output        TTFT = P, and the step that has just begun
  output tokens per second = batch output / (output D + batch P)
Memory: weights, and the KV cache at input + output, in what is usable of the card.
With --prices or --hourly also dollars per million tokens and per month.

Examples:
  gpugauge serve h100.json --model llama-3.1-8b --precision fp8 --input 1024 --output 256 --batch 8,32
  gpugauge serve h100.json l40s.json --model llama-3.1-8b --input 2048 --output 512 --tpot 40 --ttft 800
  gpugauge serve h100.json --model qwen3-14b --input 1024 --output 256 --gpus 2 --link nvlink
  gpugauge serve h100.json --model qwen3-8b --input 1024 --output 256 --hourly 2.49 --utilisation 0.6)";

PricedServing priced(ServingFinding finding, const PowerRange& powers,
                     const std::vector<Rate>& rates, const Billing& billing) {
  PricedServing serving{.finding = std::move(finding), .money = {}, .energy = {}};
  for (const Rate& rate : rates) {
    if (auto money = money_of(serving.finding, rate, billing))
      serving.money.push_back(std::move(*money));
  }
  serving.energy = energy_of(powers, serving.finding);
  return serving;
}

/// Every request that the options ask for on every record's card, with its price if they ask for
/// that.
std::vector<PricedServing> priced_servings(const ServingOptions& options, bool has_prices) {
  const Catalog catalog = Catalog::locate();
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const PriceList list = has_prices ? read_prices(catalog, options.inputs) : PriceList{};
  const std::vector<Record> records = read_inputs(options.inputs);
  std::vector<PricedServing> all;
  for (const std::string& name : options.inputs.models) {
    const ModelConfig model = catalog.model(name);
    for (const Record& record : records) {
      const StepTimes times(record);
      const PowerRange powers = power_range(record);
      const std::vector<Rate> rates =
          has_prices ? rates_for(record, catalog, list, options.inputs) : std::vector<Rate>{};
      ServingRequest request = request_for(record, match_datasheet(sheets, record.device), options);
      for (const Precision precision : precisions_for(record, model, options.inputs)) {
        request.precision = precision;
        const Server server(times, model, request);
        const auto add = [&](ServingFinding finding) {
          all.push_back(priced(std::move(finding), powers, rates, options.inputs.billing));
        };
        for (const std::int64_t batch : options.inputs.batches) add(server.at(batch));
        add(server.at_largest_batch());
      }
    }
  }
  return all;
}

ExitStatus serve(const ServingOptions& options) {
  check(options.inputs.billing);
  const std::vector<Calibration> calibrations = read_calibrations(options.inputs);
  const bool has_prices = options.inputs.hourly || !options.inputs.prices.empty();
  const std::vector<PricedServing> servings = priced_servings(options, has_prices);
  std::vector<ServingFinding> findings;
  for (const PricedServing& serving : servings) findings.push_back(serving.finding);
  std::vector<Table> tables = serving_tables(findings);
  if (has_prices) {
    for (Table& table : serving_money_tables(servings)) tables.push_back(std::move(table));
    for (std::string& doubt : doubts_about(servings, utc_date(std::time(nullptr))))
      tables.back().notes.push_back(std::move(doubt));
  }
  for (Table& table : calibration_tables(calibrate(calibrations, findings), ShownRates::kFirst))
    tables.push_back(std::move(table));
  print_tables(std::cout, tables, options.inputs.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_serve_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("serve", "TTFT, TPOT and tokens per second of requests");
  auto options = std::make_shared<ServingOptions>();
  add_file_arguments(*command, options->inputs);
  add_serving_options(*command, *options);
  add_price_options(*command, options->inputs);
  add_calibration_option(*command, options->inputs);
  add_billing_options(*command, options->inputs);
  add_electricity_option(*command, options->inputs);
  command->footer(kServeExamples);
  command->callback([=, &action] { action = [=] { return serve(*options); }; });
}

}  // namespace gpugauge
