#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/cli/command.hpp"
#include "harness/config/catalog.hpp"
#include "harness/record/reader.hpp"

namespace gpugauge {

/// A result file that was named on the command line.
struct ResultFile {
  std::filesystem::path path;
  /// What tables and messages call it: its path, or the short name by which it was asked for.
  std::string name;
};

/// The argument of a command that reads result files: takes files, and names of cards that others
/// measured, which the completion offers. `says` is what the help has of it.
CommandOption& add_result_files(Command& command, std::vector<std::string>& files,
                                std::string_view says, std::string_view word = "FILE");

/// The file of that name, else that of the card (`Catalog::imported_card`); what another spelling
/// was taken as goes to the log.
ResultFile result_file(const std::string& file_or_card, const Catalog& catalog);

/// Throws UsageError for what is no file but a card: others measured it, and here the user's own
/// files are wanted, `expected`.
void require_files(std::span<const std::string> files, std::string_view expected);

/// The same, or every result file (`*.json`, `*.json.gz`) in the folder and those below it, sorted
/// by path. Throws UsageError if there is none. Journals of unfinished runs are passed over with a
/// warning.
std::vector<ResultFile> result_files(const std::string& given, const Catalog& catalog);

/// Reads them as `read_records` does, and passes the reader's warnings to the log. The path of a
/// record is the name of its file.
std::vector<Record> read_result_files(std::span<const ResultFile> files, Detail detail,
                                      const Catalog& catalog);

/// kCheckFailed, with a warning that says so, if there is one of which nothing was measured and
/// cases failed: its numbers are none, and not because none was asked for.
ExitStatus status_of_cases(std::span<const Record> records);

}  // namespace gpugauge
