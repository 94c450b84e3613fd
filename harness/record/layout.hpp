#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace gpugauge {

/// JSON for people: two spaces an indent, lists of numbers on one line however long, and whatever
/// else holds no nested value on one line where it fits. Bytes that are not UTF-8 are replaced.
std::string format_readable(const nlohmann::ordered_json& json);
/// All on one line, without spaces.
std::string format_compact(const nlohmann::ordered_json& json);

/// Where in `json` a number is not finite, e.g. `.samples.time_ns[3]`; nothing if all are.
std::optional<std::string> find_non_finite(const nlohmann::ordered_json& json);

}  // namespace gpugauge
