#pragma once

#include "harness/cli/commands.hpp"

namespace gpugauge {

/// Sends the log to stderr, in colour only on a terminal that is not dumb and where NO_COLOR is
/// unset; standard output is for results.
void set_up_logging(const GlobalOptions& global);

/// Whether stderr is a terminal on which a progress line may be drawn over: TERM is not dumb.
bool stderr_can_redraw();
/// Whether tables on stdout may be coloured: such a terminal, and NO_COLOR is unset.
bool stdout_takes_color();

}  // namespace gpugauge
