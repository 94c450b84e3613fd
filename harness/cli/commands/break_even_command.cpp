#include <fmt/format.h>

#include <ctime>
#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/cli/options/serving_options.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/break_even_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kBreakEvenExamples = R"(
A is the card of the first file, B of the second. Both serve the same requests, at equal batch and each at its own
largest batch. Dollars are per million output tokens; all time is charged to them, as in serve --hourly.

Examples:
  gpugauge break-even l40s h100-sxm5 --model llama-3.1-8b --precision fp8 --input-tokens 1024 --output-tokens 256
  gpugauge break-even l40s.json h100.json --model qwen3-14b --input-tokens 1024 --output-tokens 256 --hourly l40s=0.72,h100=2.49
  gpugauge break-even l40s.json h100.json --model qwen3-8b --input-tokens 512 --output-tokens 128 --batch 32 --utilisation-b 0.4
  gpugauge break-even l40s.json h100.json --model qwen3-8b --input-tokens 512 --output-tokens 128 --tokens-per-day 2e9 --format csv)";

struct BreakEvenOptions {
  ServingOptions serving;
  std::optional<double> utilisation_a, utilisation_b;
  std::optional<double> tokens_per_day;
  std::int64_t max_input = 32768;
};

/// Cards of one name are told apart by the letters of the options.
void name_cards(const std::vector<Record>& records, const std::vector<Datasheet>& sheets,
                BreakEvenQuestion& question) {
  const auto label = [&](const Record& record) {
    return card_label(record.device, match_datasheet(sheets, record.device));
  };
  question.name_a = label(records.at(0));
  question.name_b = label(records.at(1));
  if (question.name_a != question.name_b) return;
  question.name_a += " (A)";
  question.name_b += " (B)";
}

ExitStatus break_even(const BreakEvenOptions& options) {
  const AnalysisOptions& inputs = options.serving.inputs;
  const Catalog catalog = Catalog::locate();
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<Record> records = read_inputs(inputs, Detail::kSamples);
  const std::vector<StepTimes> times = step_times(records, catalog);
  const auto rates = rates_for(records, catalog, inputs);
  const auto side = [&](std::size_t file, const std::optional<double>& utilisation) {
    const Record& record = records.at(file);
    Billing billing = inputs.billing;
    billing.utilisation = utilisation.value_or(billing.utilisation);
    return BreakEvenSide{
        &times.at(file),
        request_for(card_result(record, sheets), serve_question(options.serving, catalog)),
        rates.at(file).front(), billing};
  };
  BreakEvenQuestion question{.models = {},
                             .precisions = {},
                             .batches = inputs.batches,
                             .tokens_per_day = options.tokens_per_day,
                             .longest_input = options.max_input,
                             .today = utc_date(std::time(nullptr))};
  name_cards(records, sheets, question);
  std::vector<Answered> answers;
  question.models = read_models(catalog, inputs.models);
  for (const std::string& name : inputs.precisions)
    question.precisions.push_back(from_name<Precision>(name).value());
  std::vector<Table> tables;
  for (const BreakEvenAnswer& answer : break_even_answer(
           side(0, options.utilisation_a), side(1, options.utilisation_b), question)) {
    for (Table& table : break_even_tables(answer)) tables.push_back(std::move(table));
    answers.push_back(rent_sentence(answer));
  }
  begin_with(answers, inputs.printed.format, tables);
  print_tables(std::cout, tables, inputs.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_break_even_command(Command& program) {
  auto [command, options] = program.add_command<BreakEvenOptions>(
      "break-even", "price, use, batch and prompt at which two cards cost the same", break_even,
      kBreakEvenExamples);
  AnalysisOptions& inputs = options.serving.inputs;
  inputs.batches = {1, 8, 32};
  add_result_files(command, inputs.files, "result files of the two cards").count(2, 2);
  add_format_option(command, inputs.printed);
  add_serving_options(command, options.serving);
  add_price_options(command, inputs);
  add_billing_options(command, inputs);
  command.option(option::kUtilisationA, options.utilisation_a);
  command.option(option::kUtilisationB, options.utilisation_b);
  command.option(option::kTokensPerDay, options.tokens_per_day);
  command.option(option::kMaxInput, options.max_input);
}

}  // namespace gpugauge
