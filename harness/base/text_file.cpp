#include "harness/base/text_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <charconv>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

std::string_view strip(std::string_view text, std::string_view unwanted) {
  const auto first = text.find_first_not_of(unwanted);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(unwanted) - first + 1);
}

}  // namespace

std::string read_text_file(const std::filesystem::path& file) {
  // A folder opens as a stream without complaint and then reads as empty.
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    throw UsageError(fmt::format("{}: is a folder, expected a file", file.string()));
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in.is_open() || in.bad()) {
    throw UsageError(fmt::format("{}: cannot be read: {}", file.string(),
                                 std::generic_category().message(errno)));
  }
  return text;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path);
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  return content.substr(0, content.find_last_not_of(" \n\t") + 1);
}

std::optional<double> number_in(std::string_view text) {
  text = strip(text, " \t\n");
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{}) return std::nullopt;
  return value;
}

std::optional<double> read_number(const std::filesystem::path& path) {
  return number_in(read_text(path));
}

std::optional<std::string> field_of(std::string_view text, std::string_view key) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.starts_with(key)) continue;
    const std::string_view rest = line.substr(key.size());
    if (rest.empty() || std::string_view(" \t:").find(rest.front()) == std::string_view::npos) {
      continue;
    }
    return std::string(strip(rest, " \t:"));
  }
  return std::nullopt;
}

}  // namespace gpugauge
