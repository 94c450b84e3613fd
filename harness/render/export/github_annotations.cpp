#include "harness/render/export/github_annotations.hpp"

#include <fmt/ostream.h>

#include <cstddef>

namespace gpugauge {
namespace {

// GitHub shows ten annotations of a kind a step, and drops the rest without a word.
constexpr std::size_t kMostAnnotations = 10;

/// A message: percent and line ends would end the command.
std::string escaped_message(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (c == '\n') {
      escaped += "%0A";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// A property: colon and comma, too.
std::string escaped_property(std::string_view text) {
  std::string escaped;
  for (const char c : escaped_message(text)) {
    if (c == ':') {
      escaped += "%3A";
    } else if (c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

}  // namespace

void annotate(std::ostream& out, std::string_view command,
              std::span<const Annotation> annotations) {
  // The last place is for the sentence about the others.
  const std::size_t shown =
      annotations.size() > kMostAnnotations ? kMostAnnotations - 1 : annotations.size();
  for (const auto& [title, message] : annotations.first(shown))
    fmt::print(out, "::{} title={}::{}\n", command, escaped_property(title),
               escaped_message(message));
  if (shown < annotations.size())
    fmt::print(out, "::{} title=gpugauge::and {} more; see the summary\n", command,
               annotations.size() - shown);
}

}  // namespace gpugauge
