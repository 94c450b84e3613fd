#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// Of a text, both from 1.
struct Place {
  std::size_t line = 1, column = 1;
};

/// A value of a config file as it is written, whatever the file's syntax.
struct DocumentNode {
  enum class Kind : std::uint8_t { kNull, kScalar, kList, kMapping };

  Kind kind = Kind::kNull;
  Place place;
  std::string scalar;
  /// Items of a list; keys and values of a mapping by turns. An alias has its anchor's node.
  std::vector<std::shared_ptr<const DocumentNode>> children;
  std::size_t values = 1;  ///< it and all below it, those behind an alias counted each time
};

/// The one document of a YAML text. Reads no further than the beginning of a second one, and
/// refuses aliases that stand for more than a million values. Throws UsageError with the place.
std::shared_ptr<const DocumentNode> parse_yaml(const std::string& file, const std::string& text);

/// The value of a JSON text (RFC 8259). Throws UsageError with the place.
std::shared_ptr<const DocumentNode> parse_json(const std::string& file, const std::string& text);

/// `file:line:column: problem`.
std::string at_place(std::string_view file, const Place& place, std::string_view problem);

}  // namespace gpugauge
