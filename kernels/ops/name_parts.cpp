#include "kernels/ops/name_parts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"

namespace gpugauge {

NameParts::NameParts(std::string_view name) : name_(name) {
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    parts_.emplace_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
}

bool NameParts::is_field(std::string_view key) const {
  return has_more() && parts_[next_].starts_with(fmt::format("{}:", key));
}

std::string NameParts::take(std::string_view expected) {
  if (!has_more() || parts_[next_].empty())
    throw UsageError(fmt::format("case {}: it ends or is empty where {} is expected",
                                 in_quotes(name_), expected));
  return parts_[next_++];
}

std::int64_t NameParts::take_number(std::string_view key) {
  const std::string expected = fmt::format("{}:NUMBER", key);
  const bool is_expected_field = is_field(key);
  const std::string part = take(expected);
  const auto value = parse_number<std::int64_t>(
      std::string_view(part).substr(std::min(part.size(), key.size() + 1)));
  constexpr std::int64_t kMost = std::int64_t{1} << 40;  // what no shape comes near
  if (!is_expected_field || !value || *value < 1 || *value > kMost) fail(part, expected);
  return *value;
}

DType NameParts::take_type(std::string_view key) {
  const bool is_expected_field = is_field(key);
  const std::string part = take(fmt::format("{}:TYPE", key));
  const auto type =
      is_expected_field ? from_name<DType>(part.substr(key.size() + 1)) : std::nullopt;
  if (!type) fail(part, fmt::format("{}:TYPE", key), fmt::format("{}:bf16", key));
  return *type;
}

std::int64_t NameParts::take_bytes() {
  constexpr std::string_view kWhat = "a size with a binary unit";
  const std::string part = take(kWhat);
  if (const auto bytes = parse_bytes(part)) return *bytes;
  fail(part, kWhat, "1GiB");
}

void NameParts::take_model() {
  for (std::string* part : {&model_, &role_}) {
    if (has_more() && parts_[next_].find(':') == std::string::npos)
      *part = take("a model or a shape");
  }
}

void NameParts::fail(std::string_view part, std::string_view expected,
                     std::string_view example) const {
  throw UsageError(fmt::format("case {}: {} is not what is expected there: {}{}{}",
                               in_quotes(name_), in_quotes(part), expected,
                               example.empty() ? "" : ", e.g. ", example));
}

}  // namespace gpugauge
