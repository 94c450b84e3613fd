#pragma once

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace gpugauge {

/// A JSON value that knows where it stands, so that a wrong one is named by its path. The path is
/// only put together when an error is thrown; until then a node points at the one above it, which
/// therefore must outlive it: name every node that has children. Every accessor throws UsageError.
class Node {
 public:
  /// `where` is what messages begin with: the file, or file:line in a journal.
  Node(const std::string& where, simdjson::dom::element value) : where_(&where), value_(value) {}

  /// A member of this object.
  Node at(std::string_view key) const&;
  std::optional<Node> find(std::string_view key) const&;
  Node at(std::string_view key) const&& = delete;
  std::optional<Node> find(std::string_view key) const&& = delete;

  bool boolean() const;
  std::string_view text() const;
  double number() const;
  /// A whole number of at least 0 and at most `largest`.
  std::uint64_t whole(std::uint64_t largest) const;

  /// Calls `visit(Node)` for each element of this list.
  template <typename Visit>
  void each(const Visit& visit) const {
    std::size_t index = 0;
    for (simdjson::dom::element child : list()) visit(Node(*this, child, {}, index++));
  }
  /// Calls `visit(std::string_view key, Node)` for each member of this object, in the file's order.
  template <typename Visit>
  void each_member(const Visit& visit) const {
    for (const auto& [key, child] : object()) visit(key, Node(*this, child, key, 0));
  }
  std::size_t list_size() const { return list().size(); }

  /// Throws UsageError: `results/x.json: benchmarks[3].gpugauge.stop: ` and the problem.
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  Node(const Node& parent, simdjson::dom::element value, std::string_view key, std::size_t index)
      : where_(parent.where_), value_(value), parent_(&parent), key_(key), index_(index) {}

  simdjson::dom::object object() const;
  simdjson::dom::array list() const;
  std::string path() const;
  [[noreturn]] void fail_type(std::string_view expected) const;

  const std::string* where_;
  simdjson::dom::element value_;
  const Node* parent_ = nullptr;
  std::string_view key_;  ///< empty for an element of a list
  std::size_t index_ = 0;
};

}  // namespace gpugauge
