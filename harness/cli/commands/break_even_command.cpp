#include <fmt/format.h>

#include <ctime>
#include <iostream>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/serving_options.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/answers/break_even_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kBreakEvenExamples = R"(
A is the first file's card, B the second's. Both serve the same requests, at equal batch and each at its own largest.
Dollars are per million output tokens, with all time charged to them: as serve --hourly shows.

Examples:
  gpugauge break-even l40s.json h100.json --model llama-3.1-8b --precision fp8 --input 1024 --output 256
  gpugauge break-even l40s.json h100.json --model qwen3-14b --input 1024 --output 256 --price-a 0.72 --price-b 2.49
  gpugauge break-even l40s.json h100.json --model qwen3-8b --input 512 --output 128 --batch 32 --utilisation-b 0.4
  gpugauge break-even l40s.json h100.json --model qwen3-8b --input 512 --output 128 --tokens-per-day 2e9 --format csv)";

struct SideOptions {
  std::optional<double> price;
  std::optional<double> utilisation;
};

struct BreakEvenOptions {
  ServingOptions serving;
  SideOptions a, b;
  std::optional<double> tokens_per_day;
  std::int64_t max_input = 32768;
};

ExitStatus break_even(const BreakEvenOptions& options) {
  const AnalysisOptions& inputs = options.serving.inputs;
  const Catalog catalog = Catalog::locate();
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const bool needs_list = !options.a.price || !options.b.price;
  const PriceList list = needs_list ? read_prices(catalog, inputs) : PriceList{};
  const std::vector<Record> records = read_inputs(inputs, Detail::kSamples);
  const std::vector<StepTimes> times(records.begin(), records.end());
  const auto side = [&](std::size_t file, const SideOptions& own) {
    const Record& record = records.at(file);
    AnalysisOptions prices = inputs;
    prices.hourly = own.price;
    Billing billing = inputs.billing;
    billing.utilisation = own.utilisation.value_or(billing.utilisation);
    return BreakEvenSide{&times.at(file),
                         request_for(card_result(record, sheets), serve_question(options.serving)),
                         rates_for(record, catalog, list, prices).front(), billing};
  };
  BreakEvenQuestion question{.models = {},
                             .precisions = {},
                             .batches = inputs.batches,
                             .tokens_per_day = options.tokens_per_day,
                             .longest_input = options.max_input,
                             .today = utc_date(std::time(nullptr))};
  for (const std::string& name : inputs.models) question.models.push_back(catalog.model(name));
  for (const std::string& name : inputs.precisions)
    question.precisions.push_back(from_name<Precision>(name).value());
  std::vector<Table> tables;
  for (const BreakEvenAnswer& answer :
       break_even_answer(side(0, options.a), side(1, options.b), question)) {
    for (Table& table : break_even_tables(answer)) tables.push_back(std::move(table));
  }
  print_tables(std::cout, tables, inputs.format);
  return ExitStatus::kDone;
}

}  // namespace

void add_break_even_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command =
      app.add_subcommand("break-even", "at which price, use, batch and prompt two cards swap");
  auto options = std::make_shared<BreakEvenOptions>();
  AnalysisOptions& inputs = options->serving.inputs;
  inputs.batches = {1, 8, 32};
  add_file_arguments(*command, inputs);
  command->get_option("FILE")->expected(2)->description("result files of the two cards");
  add_serving_options(*command, options->serving);
  command->add_option("--price-a", options->a.price, "dollars per GPU-hour of the first card");
  command->add_option("--price-b", options->b.price, "of the second");
  add_price_list_option(*command, inputs);
  add_billing_options(*command, inputs);
  command->add_option("--utilisation-a", options->a.utilisation, "of the first card alone");
  command->add_option("--utilisation-b", options->b.utilisation, "of the second");
  command
      ->add_option("--tokens-per-day", options->tokens_per_day,
                   "output tokens that a fleet must produce")
      ->check(CLI::PositiveNumber);
  command
      ->add_option("--max-input", options->max_input,
                   "the longest prompt of the curves (default: 32768)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 24));
  command->footer(kBreakEvenExamples);
  command->callback([=, &action] { action = [=] { return break_even(*options); }; });
}

}  // namespace gpugauge
