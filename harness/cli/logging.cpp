#include "harness/cli/logging.hpp"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace gpugauge {
namespace {

/// A terminal that knows no control sequences, such as that of an editor.
bool is_dumb() {
  const char* terminal = std::getenv("TERM");
  return terminal != nullptr && std::string_view(terminal) == "dumb";
}

/// https://no-color.org: set and not empty means no colour.
bool no_color() {
  const char* value = std::getenv("NO_COLOR");
  return is_dumb() || (value != nullptr && *value != '\0');
}

}  // namespace

bool stderr_can_redraw() { return isatty(STDERR_FILENO) != 0 && !is_dumb(); }
bool stdout_takes_color() { return isatty(STDOUT_FILENO) != 0 && !no_color(); }

void set_up_logging(const GlobalOptions& global) {
  const auto mode = no_color() ? spdlog::color_mode::never : spdlog::color_mode::automatic;
  auto logger = std::make_shared<spdlog::logger>(
      "gpugauge", std::make_shared<spdlog::sinks::stderr_color_sink_mt>(mode));
  logger->set_pattern("%^%l%$: %v");
  logger->set_level(global.verbose ? spdlog::level::debug
                    : global.quiet ? spdlog::level::warn
                                   : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

}  // namespace gpugauge
