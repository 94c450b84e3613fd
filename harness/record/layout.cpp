#include "harness/record/layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kIndent = 2;

bool is_flat(const Json& json) {
  return std::none_of(json.begin(), json.end(),
                      [](const Json& child) { return child.is_structured(); });
}

bool is_list_of_numbers(const Json& json) {
  return json.is_array() &&
         std::all_of(json.begin(), json.end(), [](const Json& child) { return child.is_number(); });
}

std::string flat(const Json& json) {
  std::string text(1, json.is_array() ? '[' : '{');
  for (auto child = json.begin(); child != json.end(); ++child) {
    if (child != json.begin()) text += ", ";
    if (json.is_object()) text += format_compact(child.key()) + ": ";
    text += format_compact(*child);
  }
  return text + (json.is_array() ? ']' : '}');
}

void append(std::string& out, const Json& json, std::size_t indent) {
  if (!json.is_structured()) {
    out += format_compact(json);
    return;
  }
  if (is_flat(json)) {
    const std::string line = flat(json);
    if (is_list_of_numbers(json) || indent + line.size() <= kLineWidth) {
      out += line;
      return;
    }
  }
  const std::size_t inner = indent + kIndent;
  out += json.is_array() ? '[' : '{';
  for (auto child = json.begin(); child != json.end(); ++child) {
    out += child == json.begin() ? "\n" : ",\n";
    out.append(inner, ' ');
    if (json.is_object()) out += format_compact(child.key()) + ": ";
    append(out, *child, inner);
  }
  out += '\n';
  out.append(indent, ' ');
  out += json.is_array() ? ']' : '}';
}

}  // namespace

std::string format_compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string format_readable(const Json& json) {
  std::string out;
  append(out, json, 0);
  return out + '\n';
}

std::optional<std::string> find_non_finite(const Json& json) {
  if (json.is_number_float() && !std::isfinite(json.get<double>())) return "";
  if (!json.is_structured()) return std::nullopt;
  std::size_t index = 0;
  for (auto child = json.begin(); child != json.end(); ++child, ++index) {
    if (const auto below = find_non_finite(*child))
      return (json.is_object() ? "." + child.key() : fmt::format("[{}]", index)) + *below;
  }
  return std::nullopt;
}

}  // namespace gpugauge
