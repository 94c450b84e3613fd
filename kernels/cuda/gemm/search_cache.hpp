#pragma once

#include <array>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// cuBLASLt's own description of an algorithm, which the same version of the library accepts again
/// (cuBLAS documentation, cublasLtMatmulAlgo_t).
struct SearchedAlgorithm {
  std::array<std::uint64_t, 8> algorithm{};
  std::int64_t workspace_bytes = 0;
  std::int64_t rows = 0;  ///< M, or what it was padded up to
};

/// What a search found.
struct SearchedChoice {
  std::vector<SearchedAlgorithm> finalists;  ///< fastest first
  double seconds = 0;                        ///< of one launch of the first
  bool clear = false;           ///< the first is faster than the second beyond the noise of both
  std::int64_t tried = 0;       ///< how many were timed
  std::int64_t candidates = 0;  ///< of how many
  std::string limits;           ///< what kept the search from trying all of them; empty if nothing
  double budget_seconds = 0;    ///< of a search whose time was over; else 0
};

/// Results of searches kept from one run to the next, one JSON line each; the last line of a key
/// counts. A line that does not parse (a run that was killed), of another version or of a kind that
/// is not known is skipped, and so is one older than `kKeptSeconds`.
class SearchCache {
 public:
  /// The key holds the card, its limits and the library. What is left to change is the card itself
  /// and the luck of one search: a month bounds both, at the price of one search a month.
  static constexpr std::int64_t kKeptSeconds = 30 * 24 * 3600;

  /// An empty path keeps nothing. `now_s` is the time since 1970.
  explicit SearchCache(std::filesystem::path file, std::int64_t now_s = std::time(nullptr))
      : file_(std::move(file)), now_s_(now_s) {}

  /// `$GPUGAUGE_SEARCH_CACHE`, empty if that is `off`; else cublaslt.jsonl in gpugauge's folder
  /// under `$XDG_CACHE_HOME` or `~/.cache`; empty where there is no home.
  static std::filesystem::path customary_file();

  std::optional<SearchedChoice> find(std::string_view key) const;
  /// A file that cannot be written is no error: the next run searches again.
  void add(std::string_view key, const SearchedChoice& choice) const;

  /// Candidates that ended a process, by name, and how.
  std::map<std::string, std::string> lost(std::string_view key) const;
  void add_lost(std::string_view key, const std::string& candidate, const std::string& how) const;

 private:
  template <typename Read>
  void each_line(std::string_view key, const Read& read) const;
  void append(const std::string& line) const;

  std::filesystem::path file_;
  std::int64_t now_s_;
};

}  // namespace gpugauge
