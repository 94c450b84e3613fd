#pragma once

#include <filesystem>
#include <string>

#include "harness/record/record.hpp"

namespace gpugauge {

/// The result file while it grows. Every line is one JSON value, written and synced whole, so that
/// a run killed at any moment keeps what it had measured; `finish` turns it into the result file by
/// an atomic rename.
class Journal {
 public:
  /// Starts `<result>.partial`. Throws UsageError if `result` or its journal exists already and
  /// `overwrite` is false, EnvironmentError if it cannot be written.
  static Journal create(const std::filesystem::path& result, const Record& header, bool overwrite);
  /// Goes on with the journal or result file in `file`; a torn last line is cut off. Returns what
  /// it holds in `so_far`.
  static Journal resume(const std::filesystem::path& file, const Session& session, Record& so_far);

  Journal(Journal&& other) noexcept;
  Journal& operator=(Journal&&) = delete;
  ~Journal();

  /// Throws EnvironmentError if the disk is full or the file cannot be written; what was there
  /// stays.
  void append(const Measurement& measurement);
  void append(const NotMeasured& not_measured);
  /// Writes the result file from `record`, syncs, renames, and removes the journal.
  void finish(const Record& record);

  const std::filesystem::path& result_path() const { return result_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  Journal(std::filesystem::path result, std::filesystem::path path, int fd);
  void append_line(const std::string& line);

  std::filesystem::path result_;
  std::filesystem::path path_;
  int fd_ = -1;
};

}  // namespace gpugauge
