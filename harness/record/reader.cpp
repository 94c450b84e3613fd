#include "harness/record/reader.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <exception>
#include <nlohmann/json.hpp>
#include <system_error>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/record/contents.hpp"
#include "harness/record/emulated.hpp"
#include "harness/record/extract.hpp"
#include "harness/record/file_text.hpp"
#include "harness/record/silicon.hpp"
#include "harness/record/writer.hpp"

namespace gpugauge {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, std::string_view problem) {
  throw UsageError(fmt::format("{}: {}", file.string(), problem));
}

/// Parses again with a parser that knows where it is, to say so. `first_line` is the number of the
/// line that `text` begins with.
[[noreturn]] void fail_syntax(std::string_view file, std::string_view text, std::size_t first_line,
                              simdjson::error_code simdjson_error) {
  std::string where;
  std::string problem = simdjson::error_message(simdjson_error);
  try {
    [[maybe_unused]] const auto ignored = nlohmann::json::parse(text);
  } catch (const nlohmann::json::parse_error& error) {
    const std::string_view before = text.substr(0, error.byte == 0 ? 0 : error.byte - 1);
    const auto line_ends = std::count(before.begin(), before.end(), '\n');
    const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
    where = fmt::format(":{}:{}", first_line + static_cast<std::size_t>(line_ends),
                        before.size() - line_begin + 1);
    // "[json.exception.…] parse error at line 1, column 2: what is wrong"
    problem = error.what();
    if (const auto colon = problem.find(": "); colon != std::string::npos)
      problem.erase(0, colon + 2);
  } catch (const nlohmann::json::exception&) {
    // It has other limits than simdjson, whose words stay.
  }
  throw UsageError(fmt::format("{}{}: not valid JSON: {}", file, where, problem));
}

/// A case that was tried again: its last outcome counts.
void add(Record& record, Measurement measurement) {
  std::erase_if(record.not_measured,
                [&](const NotMeasured& earlier) { return earlier.name == measurement.name; });
  record.measurements.push_back(std::move(measurement));
}
void add(Record& record, NotMeasured not_measured) {
  std::erase_if(record.not_measured,
                [&](const NotMeasured& earlier) { return earlier.name == not_measured.name; });
  record.not_measured.push_back(std::move(not_measured));
}

void read_journal_line(const Node& line, Detail detail, FileContents& contents) {
  Record& record = contents.record;
  if (const auto measured = line.find("benchmark")) {
    add(record, extract_measurement(*measured, detail));
    contents.vanished.erase(record.measurements.back().name);
  } else if (const auto not_measured = line.find("not_measured")) {
    add(record, extract_not_measured(*not_measured));
    contents.vanished.erase(record.not_measured.back().name);
  } else if (const auto started = line.find("started")) {
    ++contents.vanished[std::string(started->text())];
  } else if (const auto interrupted = line.find("interrupted")) {
    --contents.vanished[std::string(interrupted->text())];
  } else if (const auto again = line.find("again")) {
    const std::string name(again->text());
    std::erase_if(record.not_measured, [&](const NotMeasured& none) { return none.name == name; });
    contents.vanished.erase(name);
    std::erase_if(contents.lost_candidates,
                  [&](const LostCandidate& lost) { return lost.case_name == name; });
  } else if (const auto lost = line.find("lost_candidate")) {
    const auto text = [&](std::string_view key) { return std::string(lost->at(key).text()); };
    contents.lost_candidates.push_back(
        {.case_name = text("case"), .candidate = text("candidate"), .how = text("how")});
    --contents.vanished[contents.lost_candidates.back().case_name];
  } else if (const auto session = line.find("session")) {
    record.provenance.sessions.push_back(extract_session(*session));
  } else {
    line.fail(
        "expected one of benchmark, not_measured, started, interrupted, again, lost_candidate, "
        "session");
  }
}

FileContents read_journal(const std::string& file, std::string_view text, Detail detail,
                          simdjson::dom::parser& parser) {
  FileContents contents{
      .record = {}, .is_journal = true, .whole_bytes = 0, .vanished = {}, .lost_candidates = {}};
  for (std::size_t number = 1; contents.whole_bytes < text.size(); ++number) {
    const std::string_view rest = text.substr(contents.whole_bytes);
    const std::size_t length = std::min(rest.find('\n'), rest.size());
    const bool is_last = length + 1 >= rest.size();
    const bool has_end = length < rest.size();

    simdjson::dom::element value;
    const auto error = parser.parse(rest.data(), length).get(value);
    if (number == 1 && !has_end) fail(file, "is incomplete in its first line");
    if (is_last && number > 1 && (error != simdjson::SUCCESS || !has_end)) {
      contents.record.warnings.push_back(
          fmt::format("{}:{}: the last line is incomplete and ignored", file, number));
      break;
    }
    if (error != simdjson::SUCCESS) fail_syntax(file, rest.substr(0, length), number, error);

    const std::string where = fmt::format("{}:{}", file, number);
    const Node line(where, value);
    if (number == 1) {
      const Node context = line.at("context");
      extract_context(context, contents.record);
    } else {
      read_journal_line(line, detail, contents);
    }
    contents.whole_bytes += length + 1;
  }
  return contents;
}

FileContents read_result(const std::string& file, std::string_view text, Detail detail,
                         simdjson::dom::parser& parser) {
  FileContents contents;
  simdjson::dom::element value;
  // The text has simdjson's padding behind it: no copy is needed.
  const auto error = parser.parse(text.data(), text.size(), false).get(value);
  if (error != simdjson::SUCCESS) fail_syntax(file, text, 1, error);

  const Node root(file, value);
  if (!root.find("context") && root.find("model_type"))
    fail(file,
         "is the config.json of a model, expected a result file; several models of --model "
         "stand between commas, as A,B");
  const Node context = root.at("context");
  extract_context(context, contents.record);
  const Node benchmarks = root.at("benchmarks");
  contents.record.measurements.reserve(benchmarks.list_size());
  benchmarks.each([&](const Node& entry) {
    contents.record.measurements.push_back(extract_measurement(entry, detail));
  });
  return contents;
}

void warn_if_unfinished(Record& record) {
  const std::size_t answered = record.answered_count();
  if (answered == record.planned.size()) return;
  record.warnings.push_back(fmt::format("{}: the run was not finished: {} of {} planned cases",
                                        record.path.string(), answered, record.planned.size()));
}

}  // namespace

std::filesystem::path journal_of(const std::filesystem::path& result) {
  std::filesystem::path journal = result;
  return journal += ".partial";
}

void require_file(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (std::filesystem::is_regular_file(status)) return;
  if (std::filesystem::is_directory(status)) fail(file, "is a folder, expected a result file");
  if (std::filesystem::exists(status)) fail(file, "is not a regular file");
  const auto journal = journal_of(file);
  const auto meant = nearest_file(file);
  if (!std::filesystem::exists(journal, error))
    fail(file, meant ? fmt::format("no such file; did you mean '{}'?", *meant) : "no such file");
  fail(file, fmt::format("no such file, but {} of an unfinished run exists", journal.string()));
}

FileContents read_contents(const std::filesystem::path& file, Detail detail,
                           simdjson::dom::parser& parser) {
  const FileText loaded = read_file_text(file);
  const std::string_view text(loaded.text.data(), loaded.text.size());
  FileContents contents = text.starts_with(kJournalMark)
                              ? read_journal(loaded.name, text, detail, parser)
                              : read_result(loaded.name, text, detail, parser);
  contents.is_plain = loaded.is_plain;
  contents.record.path = file;
  warn_if_unfinished(contents.record);
  return contents;
}

void refuse_emulated(const Record& record) {
  if (!is_emulated(record.device) || std::getenv("GPUGAUGE_READ_EMULATED") != nullptr) return;
  fail(record.path, fmt::format("of an {}: nothing was measured on it", record.device.name));
}

Record read_record(const std::filesystem::path& file, Detail detail) {
  simdjson::dom::parser parser;
  return read_contents(file, detail, parser).record;
}

std::vector<Record> read_records(std::span<const std::filesystem::path> files, Detail detail,
                                 const std::vector<Datasheet>& sheets) {
  std::vector<Record> records(files.size());
  std::vector<std::exception_ptr> errors(files.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    simdjson::dom::parser parser;
    for (std::size_t i = next++; i < files.size(); i = next++) {
      try {
        records[i] = read_contents(files[i], detail, parser).record;
        refuse_emulated(records[i]);
        refuse_above_silicon(records[i], sheets);
      } catch (...) {
        errors[i] = std::current_exception();
      }
    }
  };
  {
    const std::size_t cores = std::max(1U, std::thread::hardware_concurrency());
    std::vector<std::jthread> helpers;
    while (helpers.size() + 1 < std::min(cores, files.size())) helpers.emplace_back(work);
    work();
  }
  for (const std::exception_ptr& error : errors) {
    if (error) std::rethrow_exception(error);
  }
  return records;
}

}  // namespace gpugauge
