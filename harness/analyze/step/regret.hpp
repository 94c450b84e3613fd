#pragma once

#include <optional>
#include <string_view>
#include <unordered_map>

#include "harness/record/record.hpp"

namespace gpugauge {

/// How much longer the first answer of a library's heuristic takes than the best that a search
/// found for the same case. The record must outlive it.
class HeuristicRegret {
 public:
  explicit HeuristicRegret(const Record& record);

  /// As a share of the best: 0.25 is a quarter longer, 0 that the search found nothing faster. Of a
  /// case whose implementation has siblings named `<it>_search` or `<it>_exhaustive`, else nothing.
  std::optional<double> of(const Measurement& measurement) const;

 private:
  std::unordered_map<std::string_view, double> fastest_ns_;  ///< by case
};

}  // namespace gpugauge
