#include <ctime>
#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/calibration_table.hpp"
#include "harness/render/answers/cost_table.hpp"
#include "harness/render/answers/money_table.hpp"
#include "harness/render/answers/offers_table.hpp"
#include "harness/render/answers/rent_sentence.hpp"

namespace gpugauge {
namespace {

constexpr const char* kCostExamples = R"(
(hourly rate x GPUs / tokens per second) x 1,000,000 / 3600 = dollars per million output tokens.

Examples:
  gpugauge cost l40s h100-sxm5 --model qwen3-14b --hourly l40s=0.72,h100-sxm5=3.84
  gpugauge cost result.json                          at the prices of configs/prices
  gpugauge cost result.json --hourly 2.49            at your own
  gpugauge cost result.json --utilisation 0.6        40% of the paid time is idle
  gpugauge cost h100.json l40s.json --format csv)";

ExitStatus cost(const AnalysisOptions& options) {
  check(options.billing);
  DecodeQuestion question = decode_question(options);
  question.today = utc_date(std::time(nullptr));
  const std::vector<Record> records = read_inputs(options);
  const DecodeAnswer answer = decode_answer_of(records, options, question);
  const bool for_programs = is_for_programs(options.printed.format);
  std::vector<Table> tables =
      for_programs ? cost_tables(answer.points) : offer_tables(answer.points);
  const auto add = [&](std::vector<Table> more) {
    for (Table& table : more) tables.push_back(std::move(table));
  };
  if (for_programs) add(month_tables(answer.points));
  add(energy_tables(answer.points));
  if (!tables.empty()) {
    for (const std::string& doubt : answer.price_doubts) tables.back().notes.push_back(doubt);
  }
  add(calibration_tables(answer.calibration, ShownRates::kAll));
  if (!for_programs) add(cheapest_tables(answer.points));
  begin_with(rent_sentences(answer.points), options.printed.format, tables);
  print_tables(std::cout, tables, options.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_cost_command(Command& program) {
  auto [command, options] = program.add_command<AnalysisOptions>(
      "cost", "dollars per million output tokens", cost, kCostExamples);
  add_file_arguments(command, options);
  add_decode_options(command, options);
  add_price_options(command, options);
  command.option(option::kCalibration, options.calibrations);
  add_billing_options(command, options);
  command.option(option::kElectricity, options.billing.dollars_per_kwh);
  command.option(option::kBilledGpus, options.gpus).mistaken_for("--gpus");
}

}  // namespace gpugauge
