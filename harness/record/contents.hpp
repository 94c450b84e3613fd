#pragma once

#include <simdjson.h>

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "harness/record/lost_candidate.hpp"
#include "harness/record/reader.hpp"

namespace gpugauge {

/// What a file holds, and what only the journal needs to know about it.
struct FileContents {
  Record record;
  bool is_journal = false;
  bool is_plain = true;         ///< neither compressed nor with a byte-order mark
  std::size_t whole_bytes = 0;  ///< of a journal: up to the end of its last whole line
  /// Of a journal: the cases that were begun and neither ended nor were interrupted by the user,
  /// and how often. Each time their process vanished: killed, or out of power.
  std::map<std::string, int> vanished;
  std::vector<LostCandidate> lost_candidates;  ///< of a journal
};

/// `read_record` for those that go on writing; `parser` is reused from file to file.
FileContents read_contents(const std::filesystem::path& file, Detail detail,
                           simdjson::dom::parser& parser);

/// Throws UsageError if `file` is not there or is no file.
void require_file(const std::filesystem::path& file);

/// `x.json.partial` for `x.json`.
std::filesystem::path journal_of(const std::filesystem::path& result);

}  // namespace gpugauge
