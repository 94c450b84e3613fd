#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// What a search found fastest: cuBLASLt's own description of the algorithm, which the same version
/// of the library accepts again (cuBLAS documentation, cublasLtMatmulAlgo_t).
struct SearchedChoice {
  std::array<std::uint64_t, 8> algorithm{};
  std::int64_t workspace_bytes = 0;
  std::int64_t rows = 0;        ///< M, or what it was padded up to
  std::int64_t candidates = 0;  ///< how many were timed to find it
};

/// Results of searches kept from one run to the next, one JSON line each; the last line of a key
/// counts. A line that does not parse (a run that was killed) is skipped.
class SearchCache {
 public:
  /// An empty path keeps nothing.
  explicit SearchCache(std::filesystem::path file) : file_(std::move(file)) {}

  /// `$GPUGAUGE_SEARCH_CACHE`, empty if that is `off`; else cublaslt.jsonl in gpugauge's folder
  /// under `$XDG_CACHE_HOME` or `~/.cache`; empty where there is no home.
  static std::filesystem::path customary_file();

  std::optional<SearchedChoice> find(std::string_view key) const;
  /// A file that cannot be written is no error: the next run searches again.
  void add(std::string_view key, const SearchedChoice& choice) const;

 private:
  std::filesystem::path file_;
};

}  // namespace gpugauge
