#include "harness/base/nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <vector>

namespace gpugauge {
namespace {

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

std::vector<std::string_view> views_of(std::span<const std::string> names) {
  return {names.begin(), names.end()};
}

}  // namespace

// Optimal string alignment: Levenshtein's distance with swaps of neighbours (Damerau 1964).
std::size_t slips_between(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) d[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) d[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
          lower(a[i - 2]) == lower(b[j - 1])) {
        d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.size()][b.size()];
}

std::optional<std::string> nearest(std::string_view found,
                                   std::span<const std::string_view> known) {
  constexpr std::size_t kLongestName = 64;  // longer text is no slip of a name
  if (found.empty() || found.size() > kLongestName) return std::nullopt;
  std::size_t best = found.size() / 3 + 1;  // at most one slip for each three letters
  std::optional<std::string> name;
  for (std::string_view candidate : known) {
    const std::size_t distance = candidate.starts_with(found) ? 0 : slips_between(found, candidate);
    if (distance < best) {
      best = distance;
      name = candidate;
    }
  }
  return name;
}

std::string expected_names(std::string_view found, std::span<const std::string_view> known) {
  if (known.empty()) return "expected nothing here";
  std::string text = fmt::format("expected {}{}", known.size() == 1 ? "" : "one of ",
                                 fmt::join(known.begin(), known.end(), ", "));
  if (const auto name = nearest(found, known)) text += fmt::format("; did you mean '{}'?", *name);
  return text;
}

std::string unknown_name_message(std::string_view kind, std::string_view found,
                                 std::span<const std::string_view> known) {
  return fmt::format("unknown {} {}, {}", kind, in_quotes(found), expected_names(found, known));
}

std::optional<std::string> nearest(std::string_view found, std::span<const std::string> known) {
  return nearest(found, views_of(known));
}
std::optional<std::string> nearest_file(const std::filesystem::path& missing) {
  const std::filesystem::path folder = missing.parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry :
       std::filesystem::directory_iterator(folder.empty() ? "." : folder, error)) {
    if (entry.is_regular_file(error)) names.push_back(entry.path().filename().string());
  }
  const auto name = nearest(missing.filename().string(), names);
  if (!name) return std::nullopt;
  return (folder / *name).string();
}

std::string expected_names(std::string_view found, std::span<const std::string> known) {
  return expected_names(found, views_of(known));
}
std::string unknown_name_message(std::string_view kind, std::string_view found,
                                 std::span<const std::string> known) {
  return unknown_name_message(kind, found, views_of(known));
}

std::string in_quotes(std::string_view found) {
  constexpr std::size_t kLongest = 60;
  std::string text(found.substr(0, kLongest));
  // Not printed: control characters, and bytes outside ASCII that the cut may have left as halves.
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return fmt::format("'{}{}'", text, found.size() > kLongest ? "…" : "");
}

}  // namespace gpugauge
