#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/render/table/text.hpp"

namespace gpugauge {

/// Names of cases without some of their parts, and the parts that they all lack.
struct CompactNames {
  std::vector<std::string> names;     ///< in the order of those that were given
  std::vector<std::string> left_out;  ///< `cold`, `k`, `llama-3.1-8b`
};

/// How much less than all `compact_names` may say.
inline constexpr int kMostCompact = 4;

/// Names that differ stay distinct, and none loses its type. From level 1 the family goes that all
/// of them have, and what all of them end with, from 2 their k and n, from 3 heads and pages, from
/// 4 the model, if they have but one; each only where the rest tells a name from all others.
CompactNames compact_names(std::span<const std::string> names, int level);

/// A name broken behind its slashes into lines of at most `width` columns.
Lines name_lines(std::string_view name, std::size_t width);

}  // namespace gpugauge
