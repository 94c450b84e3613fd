#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/answer/datasheet_answer.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/explanations.hpp"
#include "harness/plan/case_parser.hpp"
#include "harness/record/file_text.hpp"
#include "harness/render/answers/datasheet_table.hpp"
#include "harness/render/answers/explain_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kExplainExamples = R"(
Examples:
  gpugauge explain memory read                         a metric, and what a low value means
  gpugauge explain power-capped                        a flag, verdict or column
  gpugauge explain bf16 dense GEMM --device h100-sxm5  with that card's datasheet and its sources
  gpugauge explain gemm/bf16/llama-3.1-8b/o/m:8/n:4096/k:4096/cublaslt/cold --device h100-sxm5
  gpugauge explain memory read result.json             with what was measured there)";

struct ExplainOptions {
  std::vector<std::string> arguments;
  std::vector<std::string> devices;
  bool all = false;  ///< every case of the files, however many
  Printed printed;
};

/// The words, and after them the result files: what ends in .json or .json.gz.
struct Question {
  std::string words;
  std::vector<std::string> files;
};

Question question_of(const std::vector<std::string>& arguments) {
  std::vector<std::string> words;
  Question question;
  for (const std::string& argument : arguments)
    (is_result_name(argument) ? question.files : words).push_back(argument);
  if (words.empty())
    throw UsageError(
        "no word to explain, expected a case, metric, flag or column before the files");
  question.words = fmt::format("{}", fmt::join(words, " "));
  return question;
}

/// Entries of one name, and the type that was named before it: `bf16 dense GEMM`.
struct Answer {
  std::vector<const Explanation*> entries;
  std::optional<DType> dtype;
};

Answer answer_to(const std::string& words, const Explanations& explanations) {
  Answer answer{.entries = explanations.find(words), .dtype = {}};
  if (!answer.entries.empty()) return answer;
  const std::size_t blank = words.find(' ');
  const auto dtype = from_name<DType>(words.substr(0, blank));
  if (blank == std::string::npos || !dtype) return answer;
  return {.entries = explanations.find(words.substr(blank + 1)), .dtype = dtype};
}

std::vector<ExplainedCard> cards_of(const ExplainOptions& options, const Catalog& catalog,
                                    const std::vector<Record>& records) {
  std::vector<ExplainedCard> cards;
  for (const std::string& name : options.devices) {
    Datasheet sheet = catalog.datasheet(name);
    if (sheet.name != name) spdlog::info("{} is taken as {}", name, sheet.name);
    cards.push_back({.title = sheet.title, .rates = roof_rates(sheet), .datasheet = sheet});
  }
  const std::vector<Datasheet> sheets = catalog.datasheets();
  for (const Record& record : records) {
    const Datasheet* sheet = match_datasheet(sheets, record.device);
    cards.push_back({.title = record.device.name,
                     .rates = roof_rates(record, sheet),
                     .datasheet = sheet != nullptr ? std::optional(*sheet) : std::nullopt});
  }
  return cards;
}

/// The rows of `gpugauge show` for the measurements that are meant; on a screen the first of many,
/// with how to see the others.
std::vector<Table> measured_tables(const std::vector<Record>& records, const Catalog& catalog,
                                   const ExplainOptions& options,
                                   const std::function<bool(const Measurement&)>& is_meant) {
  constexpr std::size_t kMostCases = 12;
  const bool capped = options.printed.format == Format::kTable && !options.all;
  // Made of all cases, since roofs and regret come from the others of a file.
  Table cases = cases_tables(records, catalog, imported_peers(records, catalog)).front();
  cases.notes.clear();
  std::vector<std::vector<Cell>> meant;
  auto row = cases.rows.begin();
  for (const Record& record : records) {
    for (const Measurement& m : record.measurements) {
      if (is_meant(m)) meant.push_back(std::move(*row));
      ++row;
    }
  }
  cases.rows = std::move(meant);
  if (cases.rows.empty()) return {};
  if (capped && cases.rows.size() > kMostCases) {
    cases.notes.push_back(fmt::format("{} more of {} cases; --all shows them",
                                      cases.rows.size() - kMostCases, cases.rows.size()));
    cases.rows.resize(kMostCases);
  }
  return {cases};
}

/// Whether one of a measurement's words is the explained one.
bool is_about(const Measurement& m, const Explanation& word) {
  const std::string wanted = looked_up(word.name);
  std::vector<std::string> words{std::string(family_of(m.c.op)), m.c.implementation,
                                 std::string(name_of(m.c.options.cache)),
                                 std::string(name_of(m.c.options.data))};
  if (m.c.options.pace) words.emplace_back(name_of(*m.c.options.pace));
  for (const Flag flag : m.flags) words.emplace_back(name_of(flag));
  return looked_up(kind_path(m.c.op) + "/").starts_with(wanted + " ") ||
         looked_up(kind_path(m.c.op)) == wanted ||
         std::any_of(words.begin(), words.end(),
                     [&](const std::string& w) { return looked_up(w) == wanted; });
}

/// The peaks of that name: `memory read`, `bf16 dense GEMM`.
std::vector<DatasheetReport> peaks_named(const std::string& words, const Explanation& word,
                                         std::vector<DatasheetReport> reports) {
  for (DatasheetReport& report : reports) {
    std::erase_if(report.findings, [&](const DatasheetFinding& finding) {
      const std::string metric = looked_up(finding.metric);
      return metric != looked_up(words) && !metric.ends_with(" " + looked_up(word.name));
    });
  }
  std::erase_if(reports, [](const DatasheetReport& report) { return report.findings.empty(); });
  return reports;
}

/// How commands take what is a card or a model; empty for any other word.
std::string as_an_option(const std::string& word, const Catalog& catalog) {
  const auto is_in = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), word) != names.end();
  };
  if (const auto card = catalog.card_meant(word))
    return fmt::format("; as a card it goes after a word: gpugauge explain memory read --device {}",
                       *card);
  if (is_in(catalog.model_names()))
    return fmt::format("; as a model it is an option: gpugauge tokens FILE --model {}", word);
  return {};
}

[[noreturn]] void fail_unknown(const std::string& words, const Explanations& explanations,
                               const Catalog& catalog) {
  std::string message = fmt::format(
      "unknown word {}, expected a case, family, implementation, metric, flag, verdict or column",
      in_quotes(words));
  const std::string option = as_an_option(words, catalog);
  if (!option.empty()) throw UsageError(message + option);
  if (const auto meant = nearest(words, explanations.names()))
    message += fmt::format("; did you mean '{}'?", *meant);
  throw UsageError(message + " (man gpugauge, or gpugauge man, lists them)");
}

ExitStatus explain(const ExplainOptions& options) {
  const Question question = question_of(options.arguments);
  const Catalog catalog = Catalog::locate();
  const Explanations explanations = Explanations::load(catalog.root() / "explain.yaml");
  AnalysisOptions inputs;
  inputs.files = question.files;
  const std::vector<Record> records = read_inputs(inputs);
  const std::vector<ExplainedCard> cards = cards_of(options, catalog, records);
  const Answer answer = answer_to(question.words, explanations);

  const std::string device_hint =
      fmt::format("datasheet values, their sources and the pass mark on a card: --device {}",
                  fmt::join(catalog.datasheet_names(), ", "));

  std::vector<Table> tables;
  for (const Explanation* entry : answer.entries) {
    const Explanation word = explanations.in_full(*entry);
    tables.push_back(explanation_table(word, answer.dtype, cards));
    if (cards.empty() && (word.is_of_memory || word.is_of_arithmetic))
      tables.back().notes.push_back(device_hint);
    if (entry->kind == WordKind::kColumn) continue;
    const auto peaks =
        peaks_named(question.words, *entry, datasheet_answer(card_results(records, catalog)));
    if (!peaks.empty()) tables.push_back(to_table(peaks));
    for (Table& table : measured_tables(records, catalog, options,
                                        [&](const Measurement& m) { return is_about(m, *entry); }))
      tables.push_back(std::move(table));
  }
  if (answer.entries.empty()) {
    if (question.words.find('/') == std::string::npos)
      fail_unknown(question.words, explanations, catalog);
    const Case c = parse_case_name(question.words,
                                   [&](const std::string& model) { return catalog.model(model); });
    tables.push_back(case_table(c, explanations, cards));
    if (cards.empty()) tables.back().notes.push_back(device_hint);
    const auto same_op = [&](const Measurement& m) {
      return kind_path(m.c.op) == kind_path(c.op) && shape_path(m.c.op) == shape_path(c.op) &&
             m.c.model == c.model && m.c.role == c.role;
    };
    for (Table& table : measured_tables(records, catalog, options, same_op))
      tables.push_back(std::move(table));
  }
  print_tables(std::cout, tables, options.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_explain_command(Command& program) {
  auto [command, options] = program.add_command<ExplainOptions>(
      "explain", "what a case, metric, flag or column means", explain, kExplainExamples);
  command
      .argument("WORD", options.arguments,
                "a case, family, implementation, metric, flag, verdict or column; words that end "
                "in .json are result files")
      .names_of("WORD");
  command.option(option::kDevice, options.devices)
      .names_of("CARD")
      .detail("its datasheet is shown");
  command.flag(option::kAll, options.all);
  add_format_option(command, options.printed);
}

}  // namespace gpugauge
