#include "harness/record/journal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

#include "harness/base/error.hpp"
#include "harness/record/contents.hpp"
#include "harness/record/writer.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kSuffix = ".partial";
/// Once may be a power cut or somebody's kill.
constexpr int kVanishings = 2;

bool is_there(const std::filesystem::path& file) {
  std::error_code ignored;
  return std::filesystem::exists(file, ignored);
}

void remove_quietly(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

void refuse_existing(const std::filesystem::path& file) {
  if (!is_there(file)) return;
  throw UsageError(fmt::format(
      "{0}: already exists; continue it with --resume {0}, or replace it with --overwrite",
      file.string()));
}

/// Makes the journal of `result` with `text` in it. It appears under its name whole or not at all.
OutputFile start_journal(const std::filesystem::path& result, std::string_view text,
                         bool overwrite) {
  const std::filesystem::path journal = journal_of(result);
  std::filesystem::path fresh = journal;
  fresh += ".new";
  OutputFile file(fresh, O_CREAT);
  file.lock();
  try {
    std::optional<OutputFile> replaced;
    if (!overwrite) {
      refuse_existing(journal);
    } else if (is_there(journal)) {
      replaced.emplace(journal, 0).lock();
    }
    file.truncate(0);
    file.append(text);
    file.rename_to(journal);
  } catch (...) {
    remove_quietly(fresh);
    throw;
  }
  return file;
}

std::string journal_text(const Record& record) {
  std::string text = format_journal_header(record);
  for (const Measurement& m : record.measurements) text += format_journal_line(m);
  return text;
}

/// The contents of a file that is to be continued, which is written as it is read.
FileContents contents_to_continue(const std::filesystem::path& file) {
  simdjson::dom::parser parser;
  FileContents contents = read_contents(file, Detail::kSamples, parser);
  if (!contents.is_plain)
    throw UsageError(
        fmt::format("{}: is compressed or begins with a byte-order mark, expected plain JSON to go "
                    "on with",
                    file.string()));
  return contents;
}

}  // namespace

bool is_failed(const NotMeasured& none) { return none.status == NotMeasuredStatus::kFailed; }

Journal::Journal(std::filesystem::path result, OutputFile file)
    : result_(std::move(result)), file_(std::move(file)) {}

Journal Journal::create(const std::filesystem::path& result, const Record& header, bool overwrite) {
  make_parent_folder(result);
  std::error_code ignored;
  const auto status = std::filesystem::status(result, ignored);
  if (std::filesystem::is_directory(status)) {
    throw EnvironmentError(fmt::format("{}: cannot be written: {}", result.string(),
                                       std::generic_category().message(EISDIR)));
  }
  if (std::filesystem::exists(status) && !std::filesystem::is_regular_file(status)) {
    throw UsageError(fmt::format(
        "{}: is a pipe or a device, expected a file: a run is kept beside it while it lasts",
        result.string()));
  }
  if (!overwrite) refuse_existing(result);
  return {result, start_journal(result, format_journal_header(header), overwrite)};
}

Journal Journal::resume(const std::filesystem::path& file, const Session& session, Record& so_far,
                        const TriedAgain& again) {
  std::filesystem::path source = file;
  if (!is_there(source) && is_there(journal_of(source))) source = journal_of(source);
  require_file(source);

  std::filesystem::path result = source;
  OutputFile journal;
  std::vector<LostCandidate> lost_candidates;
  if (source.extension() == kSuffix) {
    journal = OutputFile(source, 0);
    journal.lock();
    FileContents contents = contents_to_continue(source);
    if (!contents.is_journal)
      throw UsageError(fmt::format("{}: is a result file, not a journal", source.string()));
    journal.truncate(static_cast<off_t>(contents.whole_bytes));
    journal.append(format_journal_line(session));
    so_far = std::move(contents.record);
    lost_candidates = std::move(contents.lost_candidates);
    so_far.provenance.sessions.push_back(session);
    for (const auto& [name, times] : contents.vanished) {
      if (times < kVanishings) continue;
      so_far.not_measured.push_back(
          {name, NotMeasuredStatus::kCrashed,
           fmt::format("the process vanished while it ran, {} times", times)});
      journal.append(format_journal_line(so_far.not_measured.back()));
    }
    result.replace_extension();
  } else {
    FileContents contents = contents_to_continue(source);
    if (contents.is_journal) {
      throw UsageError(
          fmt::format("{}: is a journal, whose name must end in {}", source.string(), kSuffix));
    }
    so_far = std::move(contents.record);
    if (is_finished(so_far, again)) {
      throw UsageError(fmt::format("{}: has all of its {} planned cases, nothing is left to do",
                                   source.string(), so_far.planned.size()));
    }
    so_far.provenance.sessions.push_back(session);
    journal = start_journal(result, journal_text(so_far), false);
  }
  std::erase_if(so_far.warnings, [](const std::string& warning) {
    return warning.find("the run was not finished") != std::string::npos;  // it is now
  });
  Journal resumed(std::move(result), std::move(journal));
  for (const NotMeasured& none : so_far.not_measured) {
    if (again(none)) resumed.append_again(none.name);
  }
  std::erase_if(so_far.not_measured, again);
  resumed.lost_candidates_ = std::move(lost_candidates);
  return resumed;
}

bool is_finished(const Record& record, const TriedAgain& again) {
  return record.complete() &&
         std::none_of(record.not_measured.begin(), record.not_measured.end(), again);
}

void Journal::append(const Measurement& measurement) {
  file_.append(format_journal_line(measurement));
}

void Journal::append(const NotMeasured& not_measured) {
  file_.append(format_journal_line(not_measured));
}

void Journal::append(const LostCandidate& lost) { file_.append(format_journal_line(lost)); }

void Journal::append_started(const std::string& name) {
  file_.append(format_journal_started(name));
}

void Journal::append_again(const std::string& name) { file_.append(format_journal_again(name)); }

void Journal::append_interrupted(const std::string& name) {
  file_.append(format_journal_interrupted(name));
}

void Journal::finish(const Record& record) {
  const std::string text = format_result(record);
  try {
    replace_file(result_, text);
  } catch (const EnvironmentError& error) {
    throw EnvironmentError(
        fmt::format("{}; everything measured is in {}", error.what(), path().string()));
  }
  remove_quietly(path());
  file_ = OutputFile();
}

}  // namespace gpugauge
