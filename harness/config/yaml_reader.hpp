#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/base/error.hpp"
#include "harness/config/document.hpp"

namespace gpugauge {

struct IntegerRange {
  std::int64_t min, max;
};
struct NumberRange {
  double min, max;
};

class YamlMapping;

/// One value of a YAML or JSON file, with its place in it. Every reader below throws UsageError of
/// the form `file:line:column: 'entries[0].batches[2]' is '0', expected a whole number from 1 to
/// 65536`.
class YamlValue {
 public:
  YamlValue(std::string file, std::string path, std::shared_ptr<const DocumentNode> node)
      : file_(std::move(file)),
        path_(std::move(path)),
        node_(std::move(node)),
        place_(node_->place) {}

  YamlMapping mapping() const;
  /// Text that is not empty.
  std::string text() const;
  /// Text of letters, digits, `.`, `_` and `-` only: it becomes part of case names and file names.
  std::string identifier() const;
  /// The identifier that is the stem of `file`: what a config calls itself is what it is found by.
  std::string stem_of(const std::filesystem::path& file) const;
  bool is_null() const { return node_->kind == DocumentNode::Kind::kNull; }
  bool is_scalar() const { return node_->kind == DocumentNode::Kind::kScalar; }
  bool is_list() const { return node_->kind == DocumentNode::Kind::kList; }
  bool is_mapping() const { return node_->kind == DocumentNode::Kind::kMapping; }
  /// `file:line`: for messages about it that come later.
  std::string place() const { return fmt::format("{}:{}", file_, place_.line); }
  /// What `read` makes of the text; its UsageError gets this value's place.
  template <typename Read>
  auto parsed(Read read) const;
  bool boolean() const;
  std::int64_t integer(IntegerRange range) const;
  double number(NumberRange range) const;
  /// A whole number with a binary unit: `4096B`, `256MiB`, `1GiB`.
  std::int64_t bytes(IntegerRange range) const;
  /// One of `names`.
  std::string name_in(std::span<const std::string_view> names) const;
  /// One of `known`, by the name that `name_of` gives it.
  template <typename Enum>
  Enum one_of(std::span<const Enum> known) const;
  /// One of an enum's values.
  template <Tabulated Enum>
  Enum one_of() const {
    return one_of(std::span<const Enum>(all_of<Enum>));
  }
  /// The items of a list that is not empty.
  std::vector<YamlValue> items() const;
  /// The same, each read by `read`; no two of them equal.
  template <typename Read>
  auto distinct(Read read) const;

  /// Throws: this value's place and name, then the problem.
  [[noreturn]] void fail(std::string_view problem) const;
  /// Throws that this value is not what was expected: `a number`, `one of …`.
  [[noreturn]] void fail_expected(std::string_view expected) const;

 private:
  friend class YamlMapping;

  /// The text of a scalar; throws that it is not what was expected if this is anything else.
  const std::string& scalar(std::string_view expected) const;
  /// What stands here, for a message: `'abc'`, `a list`, `empty`.
  std::string describe() const;
  std::size_t index_in(std::span<const std::string_view> names) const;

  std::string file_;
  std::string path_;  ///< `entries[0].batches`; empty for the whole file
  std::shared_ptr<const DocumentNode> node_;
  Place place_;
};

/// A mapping, read key by key. What was not asked for by `finish` is an unknown key.
class YamlMapping {
 public:
  explicit YamlMapping(const YamlValue& value);

  YamlValue required(std::string_view key);
  std::optional<YamlValue> optional(std::string_view key);
  bool has(std::string_view key) const { return find(key) != nullptr; }
  /// In the order of the file, for mappings whose keys are data.
  std::vector<std::string> keys() const;

  /// Empty, or as given, where the key is not there.
  std::string text_or(std::string_view key, std::string otherwise = {});
  double number_or(std::string_view key, double otherwise, NumberRange range);
  std::int64_t integer_or(std::string_view key, std::int64_t otherwise, IntegerRange range);
  bool boolean_or(std::string_view key, bool otherwise);
  template <typename Read, typename T>
  std::vector<T> distinct_or(std::string_view key, std::vector<T> otherwise, Read read) {
    const auto value = optional(key);
    return value ? value->distinct(read) : otherwise;
  }

  /// Throws on the first key that nobody asked for.
  void finish() const;

 private:
  struct Item {
    std::string key;
    Place place;  ///< of the key
    YamlValue value;
  };

  const Item* find(std::string_view key) const;
  bool asked(std::string_view key) const;
  [[noreturn]] void fail_unknown(const Item& item, std::span<const std::string_view> known) const;

  YamlValue value_;
  std::vector<Item> items_;
  std::unordered_map<std::string, std::size_t> index_;  ///< of the keys in `items_`
  std::vector<std::string> asked_;
};

/// Whether it is letters, digits, `.`, `_` and `-` only, and begins with one of the former two.
bool is_identifier(std::string_view text);

/// The one document of a YAML file, or of a JSON file where its name ends in `.json`. Throws
/// UsageError if there is none, or if it is not of its syntax.
YamlValue read_yaml(const std::filesystem::path& file);

template <typename Read>
auto YamlValue::parsed(Read read) const {
  const std::string found = text();
  try {
    return read(found);
  } catch (const UsageError& error) {
    fail(error.what());
  }
}

template <typename Enum>
Enum YamlValue::one_of(std::span<const Enum> known) const {
  std::vector<std::string_view> names;
  for (const Enum value : known) names.push_back(name_of(value));
  return known[index_in(names)];
}

template <typename Read>
auto YamlValue::distinct(Read read) const {
  constexpr std::size_t kMost = 4096;  // each is compared to all
  if (is_list() && node_->children.size() > kMost)
    fail(fmt::format("is a list of {}, expected at most {}", node_->children.size(), kMost));
  std::vector<decltype(read(*this))> values;
  for (const YamlValue& item : items()) {
    auto value = read(item);
    if (std::find(values.begin(), values.end(), value) != values.end())
      item.fail(fmt::format("is {} again, expected distinct values", item.describe()));
    values.push_back(std::move(value));
  }
  return values;
}

}  // namespace gpugauge
