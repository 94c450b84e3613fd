#include "harness/cli/options/analysis_options.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <set>

#include "harness/analyze/money/own_prices.hpp"
#include "harness/base/error.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/render/answers/cases_table.hpp"
#include "harness/render/answers/sweeps_table.hpp"

namespace gpugauge {
namespace {

/// The models in the file that a config describes.
std::vector<ModelConfig> models_of(const Record& record, const Catalog& catalog) {
  std::vector<ModelConfig> models;
  const std::vector<std::string> known = catalog.model_names();
  for (const std::string& name : models_in(record)) {
    if (std::find(known.begin(), known.end(), name) != known.end()) {
      models.push_back(catalog.model(name));
    } else {
      spdlog::warn("{}: no config describes its model {}; give its file with --model",
                   record.path.string(), name);
    }
  }
  return models;
}

}  // namespace

std::vector<std::string> read_files(const AnalysisOptions& options) {
  std::vector<std::string> all = options.files;
  for (const auto* more : {&options.models, &options.prices, &options.calibrations})
    all.insert(all.end(), more->begin(), more->end());
  return all;
}

void add_file_arguments(Command& command, AnalysisOptions& options) {
  add_result_files(command, options.files,
                   "result files, also the .partial file of an unfinished run");
  add_format_option(command, options.printed);
}

void add_decode_options(Command& command, AnalysisOptions& options) {
  constexpr const char* kDefault = "default: those in the file";
  command.option(option::kModel, options.models).detail(kDefault);
  command.option(option::kPrecision, options.precisions).detail(kDefault);
  command.option(option::kBatch, options.batches).detail(kDefault);
  command.option(option::kContext, options.contexts).detail("default: the run's");
}

void add_hourly_option(Command& command, std::vector<std::string>& hourly) {
  command.option(option::kHourly, hourly)
      .names_of("CARD=")
      .mistaken_for("--price-a")
      .mistaken_for("--price-b")
      .mistaken_for("--price");
}

void add_price_options(Command& command, AnalysisOptions& options) {
  command.option(option::kPrices, options.prices).detail("default: the lists of configs/prices");
  add_hourly_option(command, options.hourly);
}

void add_billing_options(Command& command, AnalysisOptions& options) {
  command.option(option::kUtilisation, options.billing.utilisation);
  command.option(option::kHoursPerMonth, options.billing.hours_per_month);
}

PriceList read_prices(const Catalog& catalog, const AnalysisOptions& options) {
  if (OwnPrices(options.hourly).cover_every_card()) return {};
  PriceList list = catalog.prices(options.prices);
  log_warnings(list.warnings);
  return list;
}

/// `H100 PCIe, L40S, … 12 in all`.
std::string words_of_names(std::vector<std::string> names) {
  constexpr std::size_t kShown = 8;
  const std::size_t all = names.size();
  if (all <= kShown) return fmt::format("{}", fmt::join(names, ", "));
  names.resize(kShown);
  return fmt::format("{}, … {} in all", fmt::join(names, ", "), all);
}

void warn_of_slips(const PriceList& list, std::span<const Record> records,
                   const std::vector<Datasheet>& sheets, bool has_given_lists) {
  std::set<std::string> warned;
  for (const Record& record : records) {
    const Datasheet* card = match_datasheet(sheets, record.device);
    if (card == nullptr || !warned.insert(card->accelerator).second) continue;
    if (const auto slip = misspelt_accelerator(list.offers, *card, sheets))
      spdlog::warn("no price list has an offer for '{}'; is '{}' in them a slip for it?",
                   card->accelerator, *slip);
    else if (has_given_lists && offers_for(list.offers, *card).empty())
      spdlog::warn("no price list has an offer for '{}{}'; nearest first they have: {}",
                   card->accelerator, card->form_factor.empty() ? "" : " " + card->form_factor,
                   words_of_names(names_nearest_first(list.offers, *card)));
  }
}

std::vector<std::vector<Rate>> rates_for(std::span<const Record> records, const Catalog& catalog,
                                         const AnalysisOptions& options) {
  const PriceList list = read_prices(catalog, options);
  const std::vector<Datasheet> sheets = catalog.datasheets();
  warn_of_slips(list, records, sheets, !options.prices.empty());
  std::vector<const Datasheet*> of_record;
  std::vector<PricedCard> cards;
  for (const Record& record : records) {
    of_record.push_back(match_datasheet(sheets, record.device));
    cards.push_back({card_names(record.device, of_record.back()), {record.path.string()}});
  }
  const std::vector<std::optional<double>> own = OwnPrices(options.hourly).of(cards);
  std::vector<std::vector<Rate>> rates;
  for (std::size_t i = 0; i < records.size(); ++i)
    rates.push_back(rates_of(of_record[i], list.offers, own[i]));
  return rates;
}

std::vector<Calibration> read_calibrations(const AnalysisOptions& options) {
  std::vector<Calibration> calibrations;
  for (const std::string& file : options.calibrations)
    calibrations.push_back(load_calibration(file));
  return calibrations;
}

std::vector<Record> read_inputs(const AnalysisOptions& options, Detail detail) {
  const Catalog catalog = Catalog::locate();
  std::vector<ResultFile> files;
  for (const std::string& given : options.files) files.push_back(result_file(given, catalog));
  return read_result_files(files, detail, catalog);
}

std::vector<Precision> parse_precisions(const std::vector<std::string>& names) {
  std::vector<Precision> precisions;
  for (const std::string& name : names) precisions.push_back(from_name<Precision>(name).value());
  return precisions;
}

std::vector<StepTimes> step_times(const std::vector<Record>& records, const Catalog& catalog) {
  const MethodError error = catalog.method_error();
  std::vector<StepTimes> times;
  times.reserve(records.size());
  for (const Record& record : records) times.emplace_back(record, error);
  return times;
}

std::vector<CardResult> card_results(const std::vector<Record>& records, const Catalog& catalog) {
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const MethodError error = catalog.method_error();
  std::vector<CardResult> results;
  for (const Record& record : records) {
    results.push_back(card_result(record, sheets));
    results.back().method_error = error;
  }
  return results;
}

std::vector<CardResult> card_results(const std::vector<Record>& records, const Catalog& catalog,
                                     const AnalysisOptions& options, bool with_prices) {
  std::vector<CardResult> results = card_results(records, catalog);
  const std::vector<ModelConfig> asked = read_models(catalog, options.models);
  for (CardResult& result : results)
    result.models = asked.empty() ? models_of(*result.record, catalog) : asked;
  if (!with_prices) return results;
  std::vector<std::vector<Rate>> rates = rates_for(records, catalog, options);
  for (std::size_t i = 0; i < results.size(); ++i) results[i].rates = std::move(rates[i]);
  return results;
}

DecodeQuestion decode_question(const AnalysisOptions& options) {
  return {.selection = {.precisions = parse_precisions(options.precisions),
                        .batches = options.batches,
                        .contexts = options.contexts},
          .num_gpus = options.gpus,
          .billing = options.billing,
          .calibrations = read_calibrations(options),
          .today = {}};
}

DecodeAnswer decode_answer_of(const std::vector<Record>& records, const AnalysisOptions& options,
                              const DecodeQuestion& question) {
  DecodeAnswer answer = decode_answer(card_results(records, Catalog::locate(), options), question);
  if (answer.points.empty() && !records.empty())
    throw UsageError(
        fmt::format("{}: no linear of a model by name; pass --model, e.g. --model llama-3.1-8b",
                    records.front().path.string()));
  return answer;
}

std::vector<std::optional<ImportedPeer>> imported_peers(const std::vector<Record>& records,
                                                        const Catalog& catalog) {
  const std::vector<Datasheet> sheets = catalog.datasheets();
  const std::vector<std::string> names = catalog.imported_names();
  std::vector<std::optional<ImportedPeer>> peers(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) {
    const Datasheet* sheet = match_datasheet(sheets, records[i].device);
    if (sheet == nullptr || std::find(names.begin(), names.end(), sheet->name) == names.end())
      continue;
    try {
      Record theirs = read_record(catalog.imported_file(sheet->name), Detail::kSummary);
      theirs.path = sheet->name;
      peers[i] = imported_peer(records[i], theirs);
    } catch (const UsageError& error) {
      spdlog::warn("{}; left out", error.what());
    }
  }
  return peers;
}

namespace {

std::vector<RecordToShow> shown_records(const std::vector<Record>& records,
                                        const std::vector<Datasheet>& sheets) {
  std::vector<RecordToShow> shown;
  for (const Record& record : records)
    shown.push_back({&record, match_datasheet(sheets, record.device)});
  return shown;
}

}  // namespace

std::vector<Table> cases_tables(const std::vector<Record>& records, const Catalog& catalog,
                                const std::vector<std::optional<ImportedPeer>>& peers) {
  const std::vector<Datasheet> sheets = catalog.datasheets();
  std::vector<RecordToShow> shown = shown_records(records, sheets);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (peers.at(i)) shown[i].peer = &*peers[i];
  }
  return cases_tables(shown);
}

Table sweeps_table(const std::vector<Record>& records, const Catalog& catalog) {
  const std::vector<Datasheet> sheets = catalog.datasheets();
  return sweeps_table(shown_records(records, sheets));
}

}  // namespace gpugauge
