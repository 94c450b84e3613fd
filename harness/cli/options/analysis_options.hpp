#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/step/engine_step.hpp"
#include "harness/answer/card_result.hpp"
#include "harness/answer/decode_answer.hpp"
#include "harness/answer/imported_peer.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/calibration.hpp"
#include "harness/config/catalog.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What the reading commands share: which files, which decode steps, at which price, in which
/// format.
struct AnalysisOptions {
  std::vector<std::string> files;
  std::vector<std::string> models;
  std::vector<std::string> precisions;
  std::vector<std::int64_t> batches;
  std::vector<std::int64_t> contexts;
  std::vector<std::string> hourly;
  std::vector<std::string> prices;
  std::vector<std::string> calibrations;
  int gpus = 1;
  std::string serving = "vllm";  ///< the serving engine
  Billing billing;
  Printed printed;
};

/// All that names a file which these options read; some name what is shipped, and no file.
std::vector<std::string> read_files(const AnalysisOptions& options);

void add_file_arguments(Command& command, AnalysisOptions& options);
void add_decode_options(Command& command, AnalysisOptions& options);
/// --hourly, also for a command without price lists.
void add_hourly_option(Command& command, std::vector<std::string>& hourly);
/// --prices and --hourly.
void add_price_options(Command& command, AnalysisOptions& options);
/// --utilisation, --hours-per-month.
void add_billing_options(Command& command, AnalysisOptions& options);

/// The lists of --prices, else those that are shipped; their warnings go to the log. Empty, and
/// not read, if the user named a price for every card. Throws UsageError for a price that is none,
/// or a list that cannot be read.
PriceList read_prices(const Catalog& catalog, const AnalysisOptions& options);
/// Warns of each card without an offer whose name may be misspelt in the lists. Of lists that the
/// user gave (`has_given_lists`) says what they have instead.
void warn_of_slips(const PriceList& list, std::span<const Record> records,
                   const std::vector<Datasheet>& sheets, bool has_given_lists);
/// What each record's card costs, as `rates_of`: by the user's own prices, else by the lists, with
/// that warning.
std::vector<std::vector<Rate>> rates_for(std::span<const Record> records, const Catalog& catalog,
                                         const AnalysisOptions& options);

/// What engines measured, in the order of the command line.
std::vector<Calibration> read_calibrations(const AnalysisOptions& options);

/// Reads the files, and passes the reader's warnings to the log.
std::vector<Record> read_inputs(const AnalysisOptions& options, Detail detail = Detail::kSummary);

/// What each record says of the ops of a step, with the error of the method. Each points to its
/// record.
std::vector<StepTimes> step_times(const std::vector<Record>& records, const Catalog& catalog);

/// Each record with its card's datasheet. The results point to the records.
std::vector<CardResult> card_results(const std::vector<Record>& records, const Catalog& catalog);
std::vector<CardResult> card_results(std::vector<Record>&& records,
                                     const Catalog& catalog) = delete;
/// Also with the models that were asked for, else those in each file (one that no config describes
/// is left out with a warning), and with what each card costs, by the options' price or lists.
std::vector<CardResult> card_results(const std::vector<Record>& records, const Catalog& catalog,
                                     const AnalysisOptions& options, bool with_prices = true);
std::vector<CardResult> card_results(std::vector<Record>&& records, const Catalog& catalog,
                                     const AnalysisOptions& options,
                                     bool with_prices = true) = delete;

std::vector<Precision> parse_precisions(const std::vector<std::string>& names);
/// What the options ask of decode steps. Reads the calibrations.
DecodeQuestion decode_question(const AnalysisOptions& options);

/// Of all records; the answer points to them. Throws UsageError where no file names a model and
/// the user names none.
DecodeAnswer decode_answer_of(const std::vector<Record>& records, const AnalysisOptions& options,
                              const DecodeQuestion& question);

/// What others measured on a card of each record's kind (`results/imported`), beside it. Nothing
/// for a card that nobody did, or whose file cannot be read, of which it warns.
std::vector<std::optional<ImportedPeer>> imported_peers(const std::vector<Record>& records,
                                                        const Catalog& catalog);
std::vector<Table> cases_tables(const std::vector<Record>& records, const Catalog& catalog,
                                const std::vector<std::optional<ImportedPeer>>& peers);
Table sweeps_table(const std::vector<Record>& records, const Catalog& catalog);

}  // namespace gpugauge
