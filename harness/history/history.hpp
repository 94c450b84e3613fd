#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/history/index_file.hpp"

namespace gpugauge {

/// A folder of result files that never change, as
/// `date=YYYY-MM-DD/host=H/gpu=UUID/<run_id>.json`, of which every `*.json` and `*.json.gz` is one,
/// and an index that can always be made again from them.
struct History {
  std::filesystem::path folder;
  HistoryIndex index;  ///< runs by night, then by start
  std::vector<std::string> warnings;
};

/// How long a process waits for another that is changing the history.
inline constexpr std::chrono::milliseconds kLockLimit{10'000};

/// Reads the index and compares it with the files (size and time of change, then their bytes);
/// where they disagree the files are right, the index is made again, and a warning says why. A file
/// with the bytes of another is counted once, with a warning. What cannot be true is refused as a
/// file is indexed (harness/record/silicon.hpp, with these `sheets`). Throws EnvironmentError if
/// the folder is not there or cannot be read, UsageError if a file cannot be, or if two files of
/// one run id differ: a history that cannot be read never looks like an empty one.
History read_history(const std::filesystem::path& folder, const std::vector<Datasheet>& sheets = {},
                     std::chrono::milliseconds lock_limit = kLockLimit);

/// What became of one file.
struct AddedFile {
  std::filesystem::path source;
  std::filesystem::path file;  ///< in the history
  bool was_there = false;
};

/// What `add_to_history` did, and the history with it.
struct Additions {
  std::vector<AddedFile> files;
  History history;
};

/// Copies finished result files, unpacked, to their place in the history, which is made where there
/// is none, and writes its index; if one of them is wrong, none. `night` is the date that they
/// belong to (default: the UTC date on which each began). A file that is there already is left
/// alone. Throws UsageError for what is no finished result, or has the run id of a file with other
/// bytes; EnvironmentError if nothing can be written.
Additions add_to_history(const std::filesystem::path& folder,
                         std::span<const std::filesystem::path> files,
                         const std::optional<std::string>& night,
                         const std::vector<Datasheet>& sheets = {},
                         std::chrono::milliseconds lock_limit = kLockLimit);

/// The entries of result files that need not be in the history, with the names of its index. Adds
/// what there is to say of the files to `warnings`.
std::vector<RunEntry> read_runs(std::span<const std::filesystem::path> files, CaseNames& names,
                                const std::vector<Datasheet>& sheets,
                                std::vector<std::string>& warnings);

}  // namespace gpugauge
