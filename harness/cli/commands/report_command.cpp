#include <fmt/ostream.h>

#include <ctime>
#include <iostream>
#include <limits>
#include <map>
#include <set>

#include "harness/answer/datasheet_answer.hpp"
#include "harness/answer/model_cases.hpp"
#include "harness/answer/overview_answer.hpp"
#include "harness/answer/prompt_answer.hpp"
#include "harness/base/byte_size.hpp"
#include "harness/base/units.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/commands/audit_facts.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/page_file.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/cli/options/track_options.hpp"
#include "harness/cli/options/whole_file.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/render/report/report_page.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

constexpr const char* kFirstExample =
    "gpugauge report l40s h100-sxm5 -o cards.html --model llama-3.1-8b --precision fp8";

constexpr const char* kReportExamples = R"(
The page holds its data, style and scripts and needs no network: it can be mailed, archived and opened offline. Its
numbers are those of the other commands.

Examples:
  gpugauge report l40s h100-sxm5 -o cards.html --model llama-3.1-8b --precision fp8
  gpugauge report result.json                        writes result.html
  gpugauge report result.json -o page.html --claims claims.yaml --history history
  gpugauge report --history history                  writes history.html)";

struct ReportOptions {
  AnalysisOptions inputs;
  TrackOptions track;
  std::optional<double> tpot_ms;
  std::string output, claims, history;
};

/// The claims of a file with what came out of them.
struct Audit {
  ClaimsFile file;
  std::vector<ClaimFinding> findings;
};

/// A history with what is acknowledged of it.
struct Tracked {
  TrackedHistory history;
  std::vector<Ack> acks;
};

std::optional<Audit> audit_of(const ReportOptions& options, const Catalog& catalog,
                              const std::vector<Record>& records) {
  if (options.claims.empty()) return std::nullopt;
  std::optional<Audit> result(std::in_place);
  result->file = load_claims(options.claims, audit_functions());
  result->findings = audit(result->file, audit_facts(catalog, options.inputs, records,
                                                     MemoryBudget{}.reserve_bytes / kGib));
  return result;
}

TrackOptions track_options_of(const ReportOptions& options) {
  TrackOptions track = options.track;
  track.history = options.history;
  return track;
}

std::optional<Tracked> tracked_of(const ReportOptions& options) {
  if (options.history.empty()) return std::nullopt;
  const TrackOptions track = track_options_of(options);
  const History history = open_history(track);
  std::optional<Tracked> tracked(std::in_place);
  tracked->acks = load_acks(track.acks_file());
  tracked->history =
      tracked_history(history.index.names, history.index.runs, {}, tracked->acks, track.settings());
  return tracked;
}

std::vector<DecodeBreakEven> break_evens_of(const std::vector<Record>& records,
                                            const Catalog& catalog, const AnalysisOptions& options,
                                            std::span<const PricedDecode> decodes) {
  if (records.size() < 2) return {};
  std::map<std::string, StepTimes> times;
  std::map<std::string, ModelConfig> models;
  for (StepTimes& of_file : step_times(records, catalog))
    times.emplace(of_file.record().path.string(), std::move(of_file));
  for (ModelConfig& model : catalog.models(options.models))  // which may be files
    models.emplace(model.name, std::move(model));
  for (const PricedDecode& p : decodes) {
    if (!models.contains(p.decode.model)) models[p.decode.model] = catalog.model(p.decode.model);
  }
  return decode_break_evens(decodes, times, models);
}

std::string title_of(const std::vector<Record>& records) {
  std::set<std::string> names;
  for (const Record& record : records) names.insert(record.device.name);
  std::string title = names.empty() ? "nights" : "";
  for (const std::string& name : names) title += (title.empty() ? "" : ", ") + name;
  return title + " · gpugauge report";
}

/// A file that is named twice would be two cards, and without any there must be a history.
void check_files(const AnalysisOptions& options, const std::string& history) {
  if (options.files.empty() && history.empty())
    throw UsageError(
        fmt::format("report needs FILE (result files, or cards that others measured), or --history "
                    "FOLDER; e.g. "
                    "{}",
                    kFirstExample));
  std::set<std::string> seen;
  for (const std::string& file : options.files) {
    if (!seen.insert(file).second)
      throw UsageError(fmt::format("{} is named twice, expected each file once", file));
  }
}

/// Throws UsageError where it would replace what is none of ours.
std::string output_of(const ReportOptions& options) {
  if (!options.output.empty()) return options.output;
  const std::filesystem::path page =
      options.inputs.files.empty() ? "history.html" : default_page(options.inputs.files);
  require_own_page(page);
  return page.string();
}

ExitStatus report(const ReportOptions& options) {
  check_files(options.inputs, options.history);
  const std::string output = output_of(options);
  const Catalog catalog = Catalog::locate();
  std::vector<Record> records = read_inputs(options.inputs, Detail::kSamples);
  const std::vector<std::filesystem::path> names = short_paths(records);
  for (std::size_t i = 0; i < records.size(); ++i) records[i].path = names[i];
  const std::vector<Datasheet> sheets = catalog.datasheets();
  std::vector<RecordToShow> shown;
  for (const Record& record : records)
    shown.push_back({&record, match_datasheet(sheets, record.device)});

  const std::vector<CardResult> results = card_results(records, catalog, options.inputs);
  std::vector<std::optional<Record>> own_cases;
  for (const CardResult& result : results)
    own_cases.push_back(model_cases(*result.record, result.models));
  std::vector<RecordToShow> listed = shown;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (own_cases[i]) listed[i].record = &*own_cases[i];
  }
  DecodeQuestion question = decode_question(options.inputs);
  question.today = utc_date(std::time(nullptr));
  const auto datasheets = datasheet_answer(results);
  const DecodeAnswer decode = decode_answer(results, question);
  const std::vector<PricedDecode>& decodes = decode.points;
  const auto break_evens = break_evens_of(records, catalog, options.inputs, fitting(decodes));
  const auto contexts = context_sweep(results, question, decodes);
  const auto prompts = prompt_answer(results, datasheets, decodes);
  const auto audited = audit_of(options, catalog, records);
  const auto tracked = tracked_of(options);

  ReportInput input{.records = shown,
                    .listed = listed,
                    .datasheets = datasheets,
                    .decodes = decodes,
                    .break_evens = break_evens,
                    .contexts = contexts,
                    .prompts = prompts,
                    .tpot_ms = options.tpot_ms,
                    .price_doubts = decode.price_doubts,
                    .claims = {},
                    .history = {}};
  if (audited) input.claims = AuditedClaims{&audited->file, audited->findings};
  if (tracked)
    input.history = ReportHistory{options.history, tracked->history.cases, tracked->acks};
  const std::string page = report_page(report_data(input), title_of(records));
  std::vector<std::string> read = read_files(options.inputs);
  read.push_back(options.claims);
  read.push_back(track_options_of(options).acks_file().string());
  write_whole(output, page, read);
  fmt::print(std::cout, "{}: {}\n", output, format_bytes(static_cast<double>(page.size())));
  return ExitStatus::kDone;
}

}  // namespace

void add_report_command(Command& program) {
  auto [command, options] = program.add_command<ReportOptions>(
      "report", "result files as one page for a browser", report, kReportExamples);
  add_result_files(
      command, options.inputs.files,
      "result files, also the .partial file of an unfinished run; none for a history alone")
      .count(0, std::numeric_limits<std::size_t>::max());
  command.option(option::kOutput, options.output)
      .detail("the page; default: FILE's name with .html, beside it; of a history history.html");
  add_decode_options(command, options.inputs);
  command.option(option::kTpot, options.tpot_ms).detail("a line on the chart of tok/s per user");
  add_price_options(command, options.inputs);
  add_billing_options(command, options.inputs);
  command.option(option::kClaims, options.claims);
  command.option(option::kHistory, options.history);
  command.option(option::kAcks, options.track.acks);
}

}  // namespace gpugauge
