#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "harness/config/yaml_reader.hpp"

namespace gpugauge {

/// A total that its makers publish, and what follows from the shapes of the config.
struct PublishedTotal {
  std::string_view key;
  std::function<double()> derived;
};

/// Reads the mapping `published` where there is one: a `source` and some of these totals, each
/// written as `46.7B` (right to half of its last digit; K, M, B or T) or as a whole number, which
/// is exact. It is the last key of `root`: an unknown key is refused before the totals are held
/// against shapes that it may have changed. Throws UsageError with the place and both numbers where
/// what follows is another.
void finish_with_published(YamlMapping& root, const std::vector<PublishedTotal>& totals);

}  // namespace gpugauge
