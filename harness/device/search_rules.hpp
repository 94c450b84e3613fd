#pragma once

#include <functional>
#include <limits>
#include <map>
#include <string>
#include <utility>

#include "harness/base/monotonic.hpp"

namespace gpugauge {

/// What the search of a case for its fastest candidate keeps to. Who runs the case says it in a
/// SearchScope.
struct SearchRules {
  /// Once it is over no further candidate is tried, and the best so far is used.
  double budget_seconds = std::numeric_limits<double>::infinity();
  std::function<double()> now_seconds = monotonic_seconds;
  std::function<bool()> stop_requested = [] { return false; };
  /// Candidates that ended an earlier process, by name, and how (`crashed`, `hung`): not tried.
  std::map<std::string, std::string> lost{};
  /// Told the name of the candidate that runs next; an empty one when none runs any more.
  std::function<void(const std::string&)> on_candidate = [](const std::string&) {};
};

/// The rules of every search that the process begins while one lives.
class SearchScope {
 public:
  explicit SearchScope(SearchRules rules)
      : rules_(std::move(rules)), outer_(std::exchange(current(), &rules_)) {}
  SearchScope(const SearchScope&) = delete;
  SearchScope& operator=(const SearchScope&) = delete;
  ~SearchScope() { current() = outer_; }

  /// Without a scope a search may take as long as it takes.
  static const SearchRules& rules() {
    static const SearchRules none;
    return current() == nullptr ? none : *current();
  }

 private:
  static const SearchRules*& current() {
    static const SearchRules* rules = nullptr;
    return rules;
  }

  SearchRules rules_;
  const SearchRules* outer_;
};

}  // namespace gpugauge
