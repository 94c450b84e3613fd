#include "harness/config/yaml_reader.hpp"

#include <array>
#include <cctype>

#include "harness/base/byte_size.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/base/text_file.hpp"

namespace gpugauge {
namespace {

UsageError error_at(std::string_view file, const Place& place, std::string_view problem) {
  return UsageError(at_place(file, place, problem));
}

}  // namespace

std::string at_place(std::string_view file, const Place& place, std::string_view problem) {
  return fmt::format("{}:{}:{}: {}", file, place.line, place.column, problem);
}

bool is_identifier(std::string_view text) {
  const auto is_alphanumeric = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0;
  };
  return !text.empty() && is_alphanumeric(text[0]) &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
         });
}

void YamlValue::fail(std::string_view problem) const {
  throw error_at(
      file_, place_,
      path_.empty() ? fmt::format("the file {}", problem) : fmt::format("'{}' {}", path_, problem));
}

void YamlValue::fail_expected(std::string_view expected) const {
  fail(fmt::format("is {}, expected {}", describe(), expected));
}

std::string YamlValue::describe() const {
  if (is_scalar()) return in_quotes(node_->scalar);
  if (is_list()) return "a list";
  return is_mapping() ? "a mapping" : "empty";
}

const std::string& YamlValue::scalar(std::string_view expected) const {
  if (!is_scalar()) fail_expected(expected);
  return node_->scalar;
}

std::string YamlValue::text() const {
  const std::string& found = scalar("text");
  if (found.empty()) fail("is empty, expected text");
  return found;
}

std::string YamlValue::identifier() const {
  constexpr std::string_view kExpected = "a name of letters, digits, '.', '_' and '-'";
  const std::string& found = scalar(kExpected);
  if (!is_identifier(found)) fail_expected(kExpected);
  return found;
}

std::string YamlValue::stem_of(const std::filesystem::path& file) const {
  const std::string found = identifier();
  if (found != file.stem().string())
    fail_expected(fmt::format("the name of its file, '{}'", file.stem().string()));
  return found;
}

bool YamlValue::boolean() const {
  const std::string& found = scalar("true or false");
  if (found != "true" && found != "false") fail_expected("true or false");
  return found == "true";
}

std::int64_t YamlValue::integer(IntegerRange range) const {
  const auto expected = fmt::format("a whole number from {} to {}", range.min, range.max);
  const auto value = parse_number<std::int64_t>(scalar(expected));
  if (!value || *value < range.min || *value > range.max) fail_expected(expected);
  return *value;
}

double YamlValue::number(NumberRange range) const {
  const auto expected = fmt::format("a number from {} to {}", range.min, range.max);
  const auto value = parse_number<double>(scalar(expected));
  // Written so that NaN fails too.
  if (!value || !(*value >= range.min && *value <= range.max)) fail_expected(expected);
  return *value;
}

std::int64_t YamlValue::bytes(IntegerRange range) const {
  const auto expected = fmt::format("a size like 256MiB, from {} to {}",
                                    format_bytes_exact(range.min), format_bytes_exact(range.max));
  const auto value = parse_bytes(scalar(expected));
  if (!value || *value < range.min || *value > range.max) fail_expected(expected);
  return *value;
}

std::size_t YamlValue::index_in(std::span<const std::string_view> names) const {
  const std::string& found = scalar(fmt::format("one of {}", fmt::join(names, ", ")));
  const auto match = std::find(names.begin(), names.end(), found);
  if (match == names.end())
    fail(fmt::format("is {}, {}", in_quotes(found), expected_names(found, names)));
  return static_cast<std::size_t>(match - names.begin());
}

std::string YamlValue::name_in(std::span<const std::string_view> names) const {
  return std::string(names[index_in(names)]);
}

std::vector<YamlValue> YamlValue::items() const {
  if (!is_list()) fail_expected("a list");
  std::vector<YamlValue> items;
  items.reserve(node_->children.size());
  for (const auto& node : node_->children)
    items.emplace_back(file_, fmt::format("{}[{}]", path_, items.size()), node);
  if (items.empty()) fail("is an empty list, expected at least one value");
  return items;
}

YamlMapping YamlValue::mapping() const { return YamlMapping(*this); }

YamlMapping::YamlMapping(const YamlValue& value) : value_(value) {
  if (!value.is_mapping()) value.fail_expected("a mapping");
  const auto& children = value.node_->children;
  for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
    const DocumentNode& name = *children[i];
    if (name.kind != DocumentNode::Kind::kScalar)
      throw error_at(value.file_, name.place, "a key that is no name");
    const std::string& key = name.scalar;
    if (const auto [first, is_new] = index_.emplace(key, items_.size()); !is_new)
      throw error_at(value.file_, name.place,
                     fmt::format("duplicate key {}, first in line {}", in_quotes(key),
                                 items_[first->second].place.line));
    const std::string path = value.path_.empty() ? key : fmt::format("{}.{}", value.path_, key);
    items_.push_back({key, name.place, YamlValue(value.file_, path, children[i + 1])});
    // A value that is not there is placed at whatever follows.
    if (children[i + 1]->kind == DocumentNode::Kind::kNull) items_.back().value.place_ = name.place;
  }
}

const YamlMapping::Item* YamlMapping::find(std::string_view key) const {
  const auto found = index_.find(std::string(key));
  return found == index_.end() ? nullptr : &items_[found->second];
}

std::optional<YamlValue> YamlMapping::optional(std::string_view key) {
  asked_.emplace_back(key);
  const Item* item = find(key);
  return item != nullptr ? std::optional(item->value) : std::nullopt;
}

YamlValue YamlMapping::required(std::string_view key) {
  if (auto value = optional(key)) return *value;
  // A slip in the key itself is the better message.
  for (const Item& item : items_) {
    const std::array known{key};
    if (!asked(item.key) && nearest(item.key, known)) fail_unknown(item, known);
  }
  throw error_at(
      value_.file_, value_.place_,
      fmt::format("'{}{}{}' is missing", value_.path_, value_.path_.empty() ? "" : ".", key));
}

std::vector<std::string> YamlMapping::keys() const {
  std::vector<std::string> keys;
  for (const Item& item : items_) keys.push_back(item.key);
  return keys;
}

bool YamlMapping::asked(std::string_view key) const {
  return std::find(asked_.begin(), asked_.end(), key) != asked_.end();
}

void YamlMapping::finish() const {
  const std::vector<std::string_view> known(asked_.begin(), asked_.end());
  for (const Item& item : items_) {
    if (!asked(item.key)) fail_unknown(item, known);
  }
}

void YamlMapping::fail_unknown(const Item& item, std::span<const std::string_view> known) const {
  throw error_at(value_.file_, item.place, unknown_name_message("key", item.key, known));
}

std::string YamlMapping::text_or(std::string_view key, std::string otherwise) {
  const auto value = optional(key);
  return value ? value->text() : otherwise;
}

double YamlMapping::number_or(std::string_view key, double otherwise, NumberRange range) {
  const auto value = optional(key);
  return value ? value->number(range) : otherwise;
}

std::int64_t YamlMapping::integer_or(std::string_view key, std::int64_t otherwise,
                                     IntegerRange range) {
  const auto value = optional(key);
  return value ? value->integer(range) : otherwise;
}

bool YamlMapping::boolean_or(std::string_view key, bool otherwise) {
  const auto value = optional(key);
  return value ? value->boolean() : otherwise;
}

YamlValue read_yaml(const std::filesystem::path& file) {
  const std::string name = file.string(), text = read_text_file(file);
  const auto root = file.extension() == ".json" ? parse_json(name, text) : parse_yaml(name, text);
  if (root == nullptr || root->kind == DocumentNode::Kind::kNull)
    throw UsageError(fmt::format("{}: is empty, expected a mapping", name));
  return {name, "", root};
}

}  // namespace gpugauge
