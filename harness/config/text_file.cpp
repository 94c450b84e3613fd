#include "harness/config/text_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>

#include "harness/base/error.hpp"

namespace gpugauge {

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

}  // namespace gpugauge
