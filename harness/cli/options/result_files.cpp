#include "harness/cli/options/result_files.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/record/file_text.hpp"

namespace gpugauge {

namespace fs = std::filesystem;

CommandOption& add_result_files(Command& command, std::vector<std::string>& files,
                                std::string_view says, std::string_view word) {
  return command
      .argument(word, files,
                fmt::format("{}, or cards that others measured (h100-sxm5, l40s, …)", says))
      .names_of("RESULT");
}

ResultFile result_file(const std::string& file_or_card, const Catalog& catalog) {
  const auto card = catalog.imported_card(file_or_card);
  if (!card) return {.path = file_or_card, .name = file_or_card};
  if (*card != file_or_card) spdlog::info("{} is taken as {}", file_or_card, *card);
  return {.path = catalog.imported_file(*card), .name = *card};
}

void require_files(std::span<const std::string> files, std::string_view expected) {
  std::error_code ignored;
  for (const std::string& file : files) {
    if (fs::is_directory(file, ignored))
      throw UsageError(fmt::format("{}: is a folder, expected {}", file, expected));
    if (fs::exists(file, ignored) || fs::path(file).has_parent_path() ||
        fs::path(file).has_extension())
      continue;
    if (const auto card = Catalog::locate().card_meant(file))
      throw UsageError(fmt::format("{}: is a card and no file here, expected {}", file, expected));
  }
}

std::vector<ResultFile> result_files(const std::string& given, const Catalog& catalog) {
  std::error_code error;
  if (!fs::is_directory(given, error)) return {result_file(given, catalog)};
  std::vector<ResultFile> files;
  fs::recursive_directory_iterator at(given, error);
  for (; !error && at != fs::recursive_directory_iterator(); at.increment(error)) {
    const fs::path& path = at->path();
    if (is_result_name(path)) files.push_back({path, path.string()});
    if (path.extension() == ".partial")
      spdlog::warn("{}: unfinished run skipped; name the file to include it", path.string());
  }
  if (error) throw UsageError(fmt::format("{}: {}", given, error.message()));
  if (files.empty() && catalog.imported_card(given)) return {result_file(given, catalog)};
  if (files.empty())
    throw UsageError(fmt::format("{}: no result file (*.json, *.json.gz) in this folder", given));
  std::sort(files.begin(), files.end(),
            [](const ResultFile& a, const ResultFile& b) { return a.path < b.path; });
  return files;
}

std::vector<Record> read_result_files(std::span<const ResultFile> files, Detail detail,
                                      const Catalog& catalog) {
  std::vector<fs::path> paths;
  for (const ResultFile& file : files) paths.push_back(file.path);
  std::vector<Record> records = read_records(paths, detail, catalog.datasheets());
  for (std::size_t i = 0; i < records.size(); ++i) {
    log_warnings(records[i].warnings);
    records[i].path = files[i].name;
  }
  return records;
}

ExitStatus status_of_cases(std::span<const Record> records) {
  ExitStatus status = ExitStatus::kDone;
  for (const Record& record : records) {
    if (!record.has_failed()) continue;
    const auto failed = std::find_if(
        record.not_measured.begin(), record.not_measured.end(),
        [](const NotMeasured& n) { return n.status != NotMeasuredStatus::kUnsupported; });
    spdlog::warn("{}: nothing was measured: {}: {}: {}", record.path.string(), failed->name,
                 name_of(failed->status), failed->reason);
    status = ExitStatus::kCheckFailed;
  }
  return status;
}

}  // namespace gpugauge
