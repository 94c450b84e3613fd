#include "harness/record/node.hpp"

#include <fmt/format.h>

#include <sstream>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"

namespace gpugauge {

simdjson::dom::object Node::object() const {
  simdjson::dom::object object;
  if (value_.get(object) != simdjson::SUCCESS) fail_type("an object");
  return object;
}

simdjson::dom::array Node::list() const {
  simdjson::dom::array list;
  if (value_.get(list) != simdjson::SUCCESS) fail_type("a list");
  return list;
}

std::optional<Node> Node::find(std::string_view key) const& {
  simdjson::dom::element child;
  if (object().at_key(key).get(child) != simdjson::SUCCESS) return std::nullopt;
  return Node(*this, child, key, 0);
}

Node Node::at(std::string_view key) const& {
  if (auto child = find(key)) return *child;
  fail(fmt::format("lacks '{}'", key));
}

bool Node::boolean() const {
  bool value = false;
  if (value_.get(value) != simdjson::SUCCESS) fail_type("true or false");
  return value;
}

std::string_view Node::text() const {
  std::string_view value;
  if (value_.get(value) != simdjson::SUCCESS) fail_type("a string");
  return value;
}

double Node::number() const {
  double value = 0;
  if (value_.get(value) != simdjson::SUCCESS) fail_type("a number");
  return value;
}

std::uint64_t Node::whole(std::uint64_t largest) const {
  std::uint64_t value = 0;
  if (value_.get(value) != simdjson::SUCCESS) fail_type("a whole number of at least 0");
  if (value > largest) fail(fmt::format("found {}, expected at most {}", value, largest));
  return value;
}

std::string Node::path() const {
  if (parent_ == nullptr) return {};
  const std::string above = parent_->path();
  if (key_.empty()) return fmt::format("{}[{}]", above, index_);
  return above.empty() ? std::string(key_) : fmt::format("{}.{}", above, key_);
}

void Node::fail(std::string_view problem) const {
  const std::string inside = path();
  throw UsageError(fmt::format("{}: {}{}{}", *where_, inside, inside.empty() ? "" : ": ", problem));
}

void Node::fail_type(std::string_view expected) const {
  std::string found;
  if (value_.is_object()) {
    found = "an object";
  } else if (value_.is_array()) {
    found = "a list";
  } else {
    std::ostringstream text;
    text << value_;
    found = in_quotes(text.str());
  }
  fail(fmt::format("found {}, expected {}", found, expected));
}

}  // namespace gpugauge
