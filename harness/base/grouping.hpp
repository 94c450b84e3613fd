#pragma once

#include <algorithm>
#include <functional>
#include <span>
#include <vector>

namespace gpugauge {

/// Points into `rows`: those of one key together, in the order in which each key is first met.
template <typename Row, typename Key>
std::vector<std::vector<const Row*>> grouped_by(std::span<const Row> rows, Key key) {
  std::vector<std::vector<const Row*>> groups;
  for (const Row& row : rows) {
    const auto same = std::find_if(groups.begin(), groups.end(), [&](const auto& group) {
      return key(*group.front()) == key(row);
    });
    if (same == groups.end()) {
      groups.push_back({&row});
    } else {
      same->push_back(&row);
    }
  }
  return groups;
}

/// Whether the rows have more than one key.
template <typename Rows, typename Key>
bool differ(const Rows& rows, Key key) {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& row) {
    return std::invoke(key, row) != std::invoke(key, rows.front());
  });
}

}  // namespace gpugauge
