#include "harness/history/history.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <system_error>
#include <tuple>
#include <unordered_map>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/history/folder_lock.hpp"
#include "harness/record/contents.hpp"
#include "harness/record/emulated.hpp"
#include "harness/record/file.hpp"
#include "harness/record/file_text.hpp"
#include "harness/record/sha256.hpp"
#include "harness/record/silicon.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

struct Stamp {
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;
};

Stamp stamp_of(const fs::path& file) {
  struct stat status = {};
  if (::stat(file.c_str(), &status) != 0)
    throw EnvironmentError(fmt::format("{}: cannot be read: {}", file.string(),
                                       std::generic_category().message(errno)));
  return {.bytes = static_cast<std::uint64_t>(status.st_size),
          .modified_ns = status.st_mtim.tv_sec * static_cast<std::int64_t>(kNsPerSecond) +
                         status.st_mtim.tv_nsec};
}

/// Of a run it is the same, whether its file is compressed or not.
std::string text_of(const fs::path& file) {
  const FileText read = read_file_text(file);
  return std::string(read.text.data(), read.text.size());
}

void set_stamp(RunEntry& entry, const Stamp& stamp) {
  entry.file_bytes = stamp.bytes;
  entry.modified_ns = stamp.modified_ns;
}

/// The result files of the folder, by their path in it.
std::map<std::string, Stamp> files_in(const fs::path& folder) {
  std::map<std::string, Stamp> files;
  try {
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
      if (is_result_name(entry.path()) && entry.is_regular_file())
        files.emplace(entry.path().lexically_relative(folder).generic_string(),
                      stamp_of(entry.path()));
    }
  } catch (const fs::filesystem_error& error) {
    throw EnvironmentError(
        fmt::format("{}: the history cannot be read: {}", folder.string(), error.code().message()));
  }
  return files;
}

/// The night that a file's place says, which is the one that it was added to.
std::optional<std::string> night_in(const std::string& relative) {
  constexpr std::string_view kKey = "date=";
  if (!relative.starts_with(kKey)) return std::nullopt;
  const std::string night = relative.substr(kKey.size(), relative.find('/') - kKey.size());
  return is_iso_date(night) ? std::optional(night) : std::nullopt;
}

void sort_runs(std::vector<RunEntry>& runs) {
  std::sort(runs.begin(), runs.end(), [](const RunEntry& a, const RunEntry& b) {
    return std::tie(a.night, a.started_utc, a.run_id) < std::tie(b.night, b.started_utc, b.run_id);
  });
}

/// How the index differs from the files.
struct Disagreement {
  std::string damage;  ///< why nothing of it could be used
  std::size_t missing = 0, gone = 0, changed = 0;

  bool any() const { return !damage.empty() || missing + gone + changed > 0; }
  std::string describe() const {
    if (!damage.empty()) return damage;
    return fmt::format("{} files were not in it, {} are missing, {} have changed", missing, gone,
                       changed);
  }
};

/// Parses the files that the index does not know by their bytes.
void read_new(const fs::path& folder, std::vector<RunEntry>& runs,
              std::span<const std::size_t> places, CaseNames& names,
              const std::vector<Datasheet>& sheets, std::vector<std::string>& warnings) {
  std::vector<fs::path> files;
  for (const std::size_t place : places) files.push_back(folder / runs[place].file);
  std::vector<RunEntry> read = read_runs(files, names, sheets, warnings);
  for (std::size_t i = 0; i < places.size(); ++i) {
    RunEntry& run = runs[places[i]];
    if (const auto night = night_in(run.file)) read[i].night = *night;
    read[i].file = std::move(run.file);
    read[i].sha256 = std::move(run.sha256);
    set_stamp(read[i], {.bytes = run.file_bytes, .modified_ns = run.modified_ns});
    run = std::move(read[i]);
  }
}

/// Brings the index up to what is in the folder.
Disagreement update(History& history, const std::vector<Datasheet>& sheets) {
  const fs::path& folder = history.folder;
  HistoryIndex& index = history.index;
  Disagreement found;
  try {
    index = read_index(folder);
  } catch (const UsageError& error) {
    found.damage = error.what();
    index = {};
  }
  std::unordered_map<std::string_view, RunEntry*> known;
  for (RunEntry& run : index.runs) known.emplace(run.file, &run);
  const std::map<std::string, Stamp> files = files_in(folder);
  if (files.empty() && index.runs.empty()) found.damage.clear();

  std::vector<RunEntry> runs;
  runs.reserve(files.size());
  std::vector<std::size_t> unknown;
  for (const auto& [relative, stamp] : files) {
    const auto entry = known.find(relative);
    RunEntry* before = entry == known.end() ? nullptr : entry->second;
    if (before == nullptr) ++found.missing;
    if (before != nullptr && before->file_bytes == stamp.bytes &&
        before->modified_ns == stamp.modified_ns) {
      runs.push_back(std::move(*before));
      continue;
    }
    if (before != nullptr) ++found.changed;
    std::string sha256 = sha256_of(text_of(folder / relative));
    if (before != nullptr && before->sha256 == sha256) {
      runs.push_back(std::move(*before));  // copied or checked out: only its time is another
    } else {
      unknown.push_back(runs.size());
      runs.emplace_back();
      runs.back().file = relative;
      runs.back().sha256 = std::move(sha256);
    }
    set_stamp(runs.back(), stamp);
  }
  found.gone = index.runs.size() + found.missing - runs.size();
  read_new(folder, runs, unknown, index.names, sheets, history.warnings);
  index.runs = std::move(runs);
  sort_runs(index.runs);
  return found;
}

/// A run that is there twice counts once.
void drop_duplicates(History& history) {
  std::vector<RunEntry>& runs = history.index.runs;
  std::unordered_map<std::string, const RunEntry*> seen;
  std::vector<RunEntry> kept;
  kept.reserve(runs.size());
  for (RunEntry& run : runs) {
    const auto [first, is_new] = seen.emplace(run.run_id, nullptr);
    if (is_new) {
      kept.push_back(std::move(run));
      first->second = &kept.back();
      continue;
    }
    const std::string problem = fmt::format("{}: {} has the run id of {}", history.folder.string(),
                                            run.file, first->second->file);
    if (run.sha256 != first->second->sha256)
      throw UsageError(problem + " and other contents: move one of them out of the history");
    history.warnings.push_back(problem + ": counted once");
  }
  runs = std::move(kept);
}

History updated(const fs::path& folder, const std::vector<Datasheet>& sheets) {
  History history{.folder = folder, .index = {}, .warnings = {}};
  const Disagreement found = update(history, sheets);
  if (found.any()) {
    write_index(folder, history.index);
    history.warnings.push_back(
        fmt::format("the index of {} is rebuilt: {}", folder.string(), found.describe()));
  }
  return history;
}

/// A finished result file that is to be added.
struct Incoming {
  std::string text;
  RunEntry entry;
};

Incoming read_incoming(const fs::path& file, const std::optional<std::string>& night,
                       const std::vector<Datasheet>& sheets, History& history) {
  Incoming incoming;
  incoming.text = text_of(file);
  simdjson::dom::parser parser;
  FileContents contents = read_contents(file, Detail::kSamples, parser);
  refuse_emulated(contents.record);
  refuse_above_silicon(contents.record, sheets);
  if (contents.is_journal)
    throw UsageError(fmt::format("{}: the run is not finished; gpugauge run --resume finishes it",
                                 file.string()));
  const auto& warnings = contents.record.warnings;
  history.warnings.insert(history.warnings.end(), warnings.begin(), warnings.end());
  incoming.entry = run_entry_of(contents.record, history.index.names);
  RunEntry& entry = incoming.entry;
  if (night) entry.night = *night;
  entry.sha256 = sha256_of(incoming.text);
  entry.file = fmt::format("date={}/host={}/gpu={}/{}.json", entry.night, path_part_of(entry.host),
                           path_part_of(entry.card), entry.run_id);
  return incoming;
}

void copy_into_place(const fs::path& folder, Incoming& incoming) {
  const fs::path target = folder / incoming.entry.file;
  make_parent_folder(target);
  replace_file(target, incoming.text);
  set_stamp(incoming.entry, stamp_of(target));
}

/// An older file's arrival changes what was judged since; a wrong clock looks the same.
void warn_of_older(std::span<const Incoming> incoming, History& history) {
  std::map<std::string, std::string> newest;  // of each card
  for (const RunEntry& run : history.index.runs) newest[run.card] = run.night;
  std::size_t older = 0;
  for (const Incoming& added : incoming) {
    const auto last = newest.find(added.entry.card);
    if (last != newest.end() && added.entry.night < last->second) ++older;
  }
  if (older > 0)
    history.warnings.push_back(
        fmt::format("{} files are older than the newest night of their card and are inserted by "
                    "date; if they are new, check the machine's clock",
                    older));
}

}  // namespace

std::vector<RunEntry> read_runs(std::span<const fs::path> files, CaseNames& names,
                                const std::vector<Datasheet>& sheets,
                                std::vector<std::string>& warnings) {
  // With their samples many files would not fit into memory at a time.
  constexpr std::size_t kAtATime = 32;
  std::vector<RunEntry> runs;
  for (std::size_t begin = 0; begin < files.size(); begin += kAtATime) {
    const auto some = files.subspan(begin, std::min(kAtATime, files.size() - begin));
    for (const Record& record : read_records(some, Detail::kSamples, sheets)) {
      warnings.insert(warnings.end(), record.warnings.begin(), record.warnings.end());
      runs.push_back(run_entry_of(record, names));
      runs.back().file = record.path.string();
    }
  }
  return runs;
}

History read_history(const fs::path& folder, const std::vector<Datasheet>& sheets,
                     std::chrono::milliseconds lock_limit) {
  std::error_code error;
  if (!fs::is_directory(folder, error))
    throw EnvironmentError(fmt::format(
        "{}: no such folder, expected a history; gpugauge track add creates one", folder.string()));
  History history{.folder = folder, .index = {}, .warnings = {}};
  if (const Disagreement found = update(history, sheets); found.any()) {
    if (::access(folder.c_str(), W_OK) == 0) {
      // Perhaps another process is adding to it right now: it is looked at again after that.
      const FolderLock lock(folder, lock_limit);
      history = updated(folder, sheets);
    } else {
      history.warnings.push_back(fmt::format("the index of {} is wrong and cannot be written: {}",
                                             folder.string(), found.describe()));
    }
  }
  drop_duplicates(history);
  return history;
}

Additions add_to_history(const fs::path& folder, std::span<const fs::path> files,
                         const std::optional<std::string>& night,
                         const std::vector<Datasheet>& sheets,
                         std::chrono::milliseconds lock_limit) {
  make_parent_folder(folder / kIndexName);
  const FolderLock lock(folder, lock_limit);
  Additions additions{.files = {}, .history = updated(folder, sheets)};
  History& history = additions.history;
  std::vector<Incoming> incoming;
  for (const fs::path& source : files) {
    Incoming next = read_incoming(source, night, sheets, history);
    const RunEntry* same = nullptr;
    for (const RunEntry& run : history.index.runs) {
      if (run.run_id == next.entry.run_id) same = &run;
    }
    for (const Incoming& earlier : incoming) {
      if (earlier.entry.run_id == next.entry.run_id) same = &earlier.entry;
    }
    if (same != nullptr && same->sha256 != next.entry.sha256)
      throw UsageError(fmt::format("{}: run {} is in the history with other contents, as {}",
                                   source.string(), next.entry.run_id, same->file));
    additions.files.push_back({.source = source,
                               .file = folder / (same ? *same : next.entry).file,
                               .was_there = same != nullptr});
    if (same == nullptr) incoming.push_back(std::move(next));
  }
  warn_of_older(incoming, history);
  for (Incoming& next : incoming) {
    copy_into_place(folder, next);
    history.index.runs.push_back(std::move(next.entry));
  }
  sort_runs(history.index.runs);
  if (!incoming.empty() || !fs::exists(folder / kIndexName)) write_index(folder, history.index);
  drop_duplicates(history);
  return additions;
}

}  // namespace gpugauge
