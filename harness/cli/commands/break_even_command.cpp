#include <fmt/format.h>

#include <algorithm>
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

/// One file's card, with all that its contender looks at.
struct Side {
  Side(const Record& r, const Catalog& catalog, const PriceList& list, const SideOptions& side,
       const ServingOptions& serving)
      : record(&r),
        result(card_result(r, catalog.datasheets())),
        times(r),
        billing(serving.inputs.billing) {
    request = request_for(result, serve_question(serving));
    billing.utilisation = side.utilisation.value_or(billing.utilisation);
    AnalysisOptions prices = serving.inputs;
    prices.hourly = side.price;
    rate = rates_for(r, catalog, list, prices).front();
  }

  const Record* record;
  CardResult result;
  StepTimes times;
  ServingRequest request;
  Billing billing;
  Rate rate;
};

/// No comparison of prices is made of a price that nobody named.
void check_price(const Side& side, std::string_view option) {
  if (side.rate.kind == RateKind::kUnit)
    throw UsageError(fmt::format("{}: no price is known for {}; pass {} or --prices",
                                 side.record->path.string(), side.record->device.name, option));
}

BreakEvenFinding find(const Side& a, const Side& b, const ModelConfig& model, Precision precision,
                      const BreakEvenOptions& options) {
  const auto contender = [&](const Side& side) {
    ServingRequest request = side.request;
    request.precision = precision;
    return contender_of(side.times, model, request, side.rate, side.billing);
  };
  const std::int64_t input = options.serving.input, output = options.serving.output;
  BreakEvenFinding finding;
  finding.subject =
      fmt::format("{} {}, {} tokens in, {} out", model.name, name_of(precision), input, output);
  finding.model = model.name;
  finding.precision = precision;
  finding.output_tokens = output;
  finding.a = contender(a);
  finding.b = contender(b);
  std::vector<Load> loads;
  for (const std::int64_t batch : options.serving.inputs.batches) loads.push_back({batch, input});
  loads.push_back({std::nullopt, input});

  finding.curves.push_back(trace(finding.a, finding.b, Axis::kBatch, loads.back(),
                                 batch_grid(finding.a, finding.b, input)));
  for (const Load& load : loads) {
    finding.comparisons.push_back(compare(finding.a, finding.b, load));
    const CardComparison& c = finding.comparisons.back();
    if (options.tokens_per_day && c.evens)
      finding.fleets.push_back(
          {load, fleet_for(finding.a, c.a->tokens_per_second, *options.tokens_per_day),
           fleet_for(finding.b, c.b->tokens_per_second, *options.tokens_per_day)});
    finding.curves.push_back(
        trace(finding.a, finding.b, Axis::kInput, load, input_grid(options.max_input)));
  }
  finding.tokens_per_day = options.tokens_per_day.value_or(0);
  return finding;
}

/// Those that were asked for, else those that both files hold.
std::set<Precision> common_precisions(const Side& a, const Side& b, const ModelConfig& model,
                                      const ServingOptions& options) {
  const auto of_a = precisions_for(a.result, model, serve_question(options));
  const auto of_b = precisions_for(b.result, model, serve_question(options));
  std::set<Precision> common;
  std::set_intersection(of_a.begin(), of_a.end(), of_b.begin(), of_b.end(),
                        std::inserter(common, common.end()));
  if (common.empty())
    throw UsageError(fmt::format("{} and {} have no precision of {} in common: pass --precision",
                                 a.record->path.string(), b.record->path.string(), model.name));
  return common;
}

std::vector<std::string> doubts_about(const Side& a, const Side& b) {
  std::vector<Bill> bills;
  for (const Side* side : {&a, &b}) bills.push_back(bill_of(side->rate, side->request.group.cards));
  return gpugauge::doubts_about(bills, utc_date(std::time(nullptr)));
}

ExitStatus break_even(const BreakEvenOptions& options) {
  const AnalysisOptions& inputs = options.serving.inputs;
  const Catalog catalog = Catalog::locate();
  const bool needs_list = !options.a.price || !options.b.price;
  const PriceList list = needs_list ? read_prices(catalog, inputs) : PriceList{};
  const std::vector<Record> records = read_inputs(inputs);
  const Side a(records.at(0), catalog, list, options.a, options.serving);
  const Side b(records.at(1), catalog, list, options.b, options.serving);
  check_price(a, "--price-a");
  check_price(b, "--price-b");
  std::vector<Table> tables;
  for (const std::string& name : inputs.models) {
    const ModelConfig model = catalog.model(name);
    for (const Precision precision : common_precisions(a, b, model, options.serving)) {
      std::vector<Table> more = break_even_tables(find(a, b, model, precision, options));
      for (std::string& doubt : doubts_about(a, b)) more.front().notes.push_back(std::move(doubt));
      std::move(more.begin(), more.end(), std::back_inserter(tables));
    }
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
