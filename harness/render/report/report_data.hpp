#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/analyze/audit/audit.hpp"
#include "harness/analyze/money/cost.hpp"
#include "harness/analyze/money/decode_break_even.hpp"
#include "harness/analyze/rates/datasheet.hpp"
#include "harness/analyze/step/prefill.hpp"
#include "harness/config/acks.hpp"
#include "harness/config/claims.hpp"
#include "harness/render/answers/cases_table.hpp"
#include "harness/render/answers/track_table.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// Claims with what came out of them.
struct AuditedClaims {
  const ClaimsFile* file;
  std::span<const ClaimFinding> findings;
};

/// The cases of a history with what is acknowledged of them.
struct ReportHistory {
  std::string folder;
  std::span<const TrackedCase> cases;
  std::span<const Ack> acks;
};

/// All that a report shows; what it points to must outlive it.
struct ReportInput {
  std::span<const RecordToShow> records;
  std::span<const RecordToShow> listed;         ///< the same with the cases that the page lists
  std::span<const DatasheetReport> datasheets;  ///< one a record
  std::span<const PricedDecode> decodes;        ///< over the batch
  std::span<const DecodeBreakEven> break_evens;
  std::span<const PricedDecode> contexts;  ///< over the context
  /// One a record, as `prompt_answer`.
  std::span<const std::optional<PrefillFinding>> prompts;
  std::optional<double> tpot_ms;  ///< the highest that the user wants
  std::vector<std::string> price_doubts;
  std::optional<AuditedClaims> claims;
  std::optional<ReportHistory> history;
};

using Json = nlohmann::ordered_json;

/// The data of the page: one entry a section, whose tables are those of the other commands.
Json report_data(const ReportInput& input);

// ---- its parts -------------------------------------------------------------------------------

/// `{name, title, columns, rows, notes}`. A cell is what is shown, or where its value or tone says
/// more than that `[shown, value, tone]`, cut after the last that does; null if it is empty.
Json table_json(const Table& table);
Json tables_json(std::span<const Table> tables);

/// What a buyer wants to know of each file, in words.
Json verdicts_json(const ReportInput& input);
/// The few numbers that say it at a glance, `[{value, label, detail}]`: its peaks, how fast it
/// decodes for one user the model that most files have and begins to, and its cheapest token of
/// all.
Json facts_json(const ReportInput& input, std::size_t record);
/// Which of several cards to rent, `[{subject, words}]`: first that with the cheapest token.
Json rent_json(const ReportInput& input);

/// What tells the files apart of their paths: the name, with as many folders before it as that
/// takes.
std::vector<std::filesystem::path> short_paths(std::span<const Record> records);
/// The device, with as much of the path as that takes.
std::vector<std::string> labels_of(std::span<const RecordToShow> records);

/// The points that fit their cards.
std::vector<PricedDecode> fitting(std::span<const PricedDecode> points);
/// Of imported tables without what they do not test: nobody can measure it on a card that nobody
/// has.
std::vector<DatasheetReport> shown_datasheets(const ReportInput& input);

/// Every measurement, column by column: `{count, columns: {key: [value…]}}`, where a column that
/// repeats itself is `{words, index}`, and one that is null all the way down is left out.
Json cases_json(std::span<const RecordToShow> records);
/// The samples of each case, in their order, and the histogram of them all: null where there are
/// none; of many samples every `step`-th, so that all cases together stay within a page.
Json samples_json(std::span<const RecordToShow> records);
/// The roofs of each file.
Json rooflines_json(std::span<const RecordToShow> records);
/// Lines over the batch, whose points are numbers of cases, with the intervals of their rates.
Json sweeps_json(std::span<const RecordToShow> records);

/// Device, driver, limits: a column a file.
Table environment_table(std::span<const RecordToShow> records);
/// Run, suite, software: likewise.
Table provenance_table(std::span<const RecordToShow> records);
/// In which circumstances the files of one model of card differ from the first of them.
Table differences_table(std::span<const RecordToShow> records);

/// How a case of a file is measured again: what stands before and behind its filter. Nothing for a
/// file that `gpugauge run` did not make.
Json rerun_json(const Record& record);

/// Tokens per second and dollars per million of each point, at its first price and for the engine
/// that `DecodeFinding::preferred` names: a table for each model, precision and context.
std::vector<Table> batch_curves(std::span<const PricedDecode> points);
/// The same for each model and precision, over the context.
std::vector<Table> context_curves(std::span<const PricedDecode> points);
/// `$3.84/h on-demand`; `$1.00/h, for no price is known`.
std::string price_words(const Rate& rate);
/// Where the time of each decode step goes, for both engines.
std::vector<Table> step_tables(std::span<const PricedDecode> points);
/// Which card costs less a token at which batch.
Table crossings_table(std::span<const DecodeBreakEven> break_evens);

}  // namespace gpugauge
