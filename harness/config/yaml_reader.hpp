#pragma once

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {

struct IntegerRange {
  std::int64_t min, max;
};
struct NumberRange {
  double min, max;
};

class YamlMapping;

/// One value of a YAML file, with its place in it. Every reader below throws UsageError of the form
/// `file:line:column: 'entries[0].batches[2]' is '0', expected a whole number from 1 to 65536`.
class YamlValue {
 public:
  YamlValue(std::string file, std::string path, YAML::Node node)
      : file_(std::move(file)),
        path_(std::move(path)),
        node_(std::move(node)),
        mark_(node_.Mark()) {}

  YamlMapping mapping() const;
  /// Text that is not empty.
  std::string text() const;
  /// Text of letters, digits, `.`, `_` and `-` only: it becomes part of case names and file names.
  std::string identifier() const;
  /// The identifier that is the stem of `file`: what a config calls itself is what it is found by.
  std::string stem_of(const std::filesystem::path& file) const;
  bool is_null() const { return node_.IsNull(); }
  bool is_list() const { return node_.IsSequence(); }
  bool is_mapping() const { return node_.IsMap(); }
  /// `file:line`: for messages about it that come later.
  std::string place() const { return fmt::format("{}:{}", file_, mark_.line + 1); }
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
  YAML::Node node_;
  YAML::Mark mark_;
};

/// A YAML mapping, read key by key. What was not asked for by `finish` is an unknown key.
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
    YAML::Mark place;  ///< of the key
    YamlValue value;
  };

  const Item* find(std::string_view key) const;
  bool asked(std::string_view key) const;
  [[noreturn]] void fail_unknown(const Item& item, std::span<const std::string_view> known) const;

  YamlValue value_;
  std::vector<Item> items_;
  std::vector<std::string> asked_;
};

/// Whether it is letters, digits, `.`, `_` and `-` only, and begins with one of the former two.
bool is_identifier(std::string_view text);

/// The one document of a YAML file. Throws UsageError if there is none, or if it is not YAML.
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
