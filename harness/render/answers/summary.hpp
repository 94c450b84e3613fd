#pragma once

#include <string>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// A flag in a sentence: `power-capped`.
std::string words_of(Flag flag);

/// One line on the device and how it held its clock: `NVIDIA H100 80GB HBM3 · driver 580.65 ·
/// CUDA 13.0 · SM clock 1755 MHz median · 3 of 412 cases power-capped`.
std::string headline(const Record& record);

/// `409 verified, 3 unsupported, 0 failed`, and what else is not nil: crashed, hung, wrong results,
/// refused rates, cases that were never run.
std::string summary_line(const Record& record);

/// What a reader must know before using the numbers: the reader's own warnings, the state of the
/// device and every flag with its count and what to do. Of flags the one of most cases comes first.
std::vector<std::string> warnings_of(const Record& record);

}  // namespace gpugauge
