#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/config/document.hpp"

namespace gpugauge {

/// What a parser says, which may hold pieces of the text: one line of ASCII, not long.
inline std::string said_of(std::string_view problem) {
  constexpr std::size_t kLongest = 200;
  std::string said(problem.substr(0, kLongest));
  std::replace_if(
      said.begin(), said.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return problem.size() > kLongest ? said + "…" : said;
}

/// Makes a tree of the events of a parser, in the order of the text.
class DocumentBuilder {
 public:
  using Node = std::shared_ptr<const DocumentNode>;

  void open(DocumentNode::Kind kind, const Place& place) {
    open_.push_back(std::make_shared<DocumentNode>(
        DocumentNode{.kind = kind, .place = place, .scalar = {}, .children = {}}));
  }
  /// Returns what was opened last.
  Node close() {
    Node closed = std::move(open_.back());
    open_.pop_back();
    add(closed);
    return closed;
  }
  Node add_value(DocumentNode::Kind kind, const Place& place, std::string scalar = {}) {
    auto node = std::make_shared<const DocumentNode>(
        DocumentNode{.kind = kind, .place = place, .scalar = std::move(scalar), .children = {}});
    add(node);
    return node;
  }
  void add(Node node) {
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    open_.back()->values += node->values;
    open_.back()->children.push_back(std::move(node));
  }

  std::size_t depth() const { return open_.size(); }
  /// Null before the first value is whole.
  const Node& root() const { return root_; }

 private:
  std::vector<std::shared_ptr<DocumentNode>> open_;
  Node root_;
};

}  // namespace gpugauge
