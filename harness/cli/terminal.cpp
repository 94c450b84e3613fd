#include "harness/cli/terminal.hpp"

#include <sys/ioctl.h>

#include <cstdlib>
#include <string_view>

#include "harness/base/parse_number.hpp"

namespace gpugauge {

std::optional<std::size_t> terminal_columns(int file_descriptor) {
  winsize size{};
  // A terminal that does not know its size says 0.
  if (ioctl(file_descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const char* variable = std::getenv("COLUMNS");
  const std::string_view text = variable != nullptr ? variable : "";
  constexpr std::size_t kLeast = 20, kMost = 10000;  // anything else is no terminal's
  const auto columns = parse_number<std::size_t>(text);
  return columns && *columns >= kLeast && *columns <= kMost ? columns : std::nullopt;
}

}  // namespace gpugauge
