#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/record/file.hpp"
#include "harness/record/lost_candidate.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// Whether a run that goes on tries a case without a number again.
using TriedAgain = std::function<bool(const NotMeasured&)>;
bool is_failed(const NotMeasured& none);

/// Every planned case has a number, or a reason for which it is not tried again.
bool is_finished(const Record& record, const TriedAgain& again = is_failed);

/// The result file while it grows. Every line is one JSON value, written and synced whole, so that
/// a run killed at any moment keeps what it had measured; `finish` turns it into the result file by
/// an atomic rename. The journal is locked while it is open: two processes cannot write it.
class Journal {
 public:
  /// Starts `<result>.partial`, and the folders above it. Throws UsageError if `result` or its
  /// journal exists already and `overwrite` is false, or another process is writing the journal;
  /// EnvironmentError if it cannot be written. What it replaces stays until the new one is whole.
  static Journal create(const std::filesystem::path& result, const Record& header, bool overwrite);

  /// Goes on with the journal or the result file in `file`; a torn last line is cut off. Returns in
  /// `so_far` what it holds, with `session` as the last of its sessions and without the cases that
  /// are tried again. A case in which two processes vanished is recorded as
  /// crashed. Throws UsageError if there is nothing to go on with: a result file that has every
  /// planned case.
  static Journal resume(const std::filesystem::path& file, const Session& session, Record& so_far,
                        const TriedAgain& again = is_failed);

  /// Throws EnvironmentError if the disk is full or the file cannot be written; what was there
  /// stays.
  void append(const Measurement& measurement);
  void append(const NotMeasured& not_measured);
  /// Before a case runs, so that a process that vanishes leaves its name.
  void append_started(const std::string& name);
  /// The case that was started was stopped by the user: it is not to blame.
  void append_interrupted(const std::string& name);
  /// Its earlier outcome, or that its process vanished, no longer counts.
  void append_again(const std::string& name);
  /// That the case that was started is to be tried again without this candidate.
  void append(const LostCandidate& lost);
  /// Writes the result file from `record`, syncs, renames, and removes the journal, which stays if
  /// that fails. Nothing can be appended afterwards.
  void finish(const Record& record);

  /// Those that the journal held when it was resumed.
  const std::vector<LostCandidate>& lost_candidates() const { return lost_candidates_; }
  const std::filesystem::path& result_path() const { return result_; }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  Journal(std::filesystem::path result, OutputFile file);

  std::filesystem::path result_;
  OutputFile file_;
  std::vector<LostCandidate> lost_candidates_;
};

}  // namespace gpugauge
