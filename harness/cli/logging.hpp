#pragma once

#include "harness/cli/commands.hpp"

namespace gpugauge {

/// Sends the log to stderr, in colour only on a terminal where NO_COLOR is unset; standard output
/// is for results.
void set_up_logging(const GlobalOptions& global);

/// Whether stderr is a terminal, so that a progress line may be drawn.
bool stderr_is_terminal();
/// Whether tables on stdout may be coloured: a terminal, and NO_COLOR is unset.
bool stdout_takes_color();

}  // namespace gpugauge
