#include "harness/base/text_file.hpp"

#include <fmt/format.h>

#include <array>
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

struct ForeignKind {
  std::string_view first_bytes, is;
};
constexpr std::array kForeignKinds{
    ForeignKind{"version https://git-lfs.github.com/spec/",
                "is a Git LFS pointer, not the file itself: git lfs pull fetches it"},
    ForeignKind{"\x1f\x8b", "is compressed with gzip, expected text: gunzip unpacks it"},
    ForeignKind{"\x28\xb5\x2f\xfd", "is compressed with zstd, expected text: zstd -d unpacks it"},
    ForeignKind{"\xfd"
                "7zXZ",
                "is compressed with xz, expected text: unxz unpacks it"},
    ForeignKind{"BZh", "is compressed with bzip2, expected text: bunzip2 unpacks it"},
    ForeignKind{"PK\x03\x04", "is a ZIP archive, expected text: unzip unpacks it"}};

}  // namespace

std::string_view foreign_kind(std::string_view content) {
  for (const ForeignKind& kind : kForeignKinds) {
    if (content.starts_with(kind.first_bytes)) return kind.is;
  }
  return {};
}

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
  if (const std::string_view is = foreign_kind(text); !is.empty())
    throw UsageError(fmt::format("{}: {}", file.string(), is));
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
