#pragma once

namespace gpugauge::emulated {

/// From the first call on: when the process ends, what was not freed breaks a rule, and the file
/// of EMULATED_REPORT is written.
void report_at_exit();

}  // namespace gpugauge::emulated
