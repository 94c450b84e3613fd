#pragma once

#include <array>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"

namespace gpugauge {

struct ExitStatusRow {
  ExitStatus status;
  std::string_view means;
};

/// Every way in which the program ends, as help and the manual page say it.
inline constexpr std::array kExitStatuses{
    ExitStatusRow{ExitStatus::kDone, "done"},
    ExitStatusRow{ExitStatus::kCheckFailed,
                  "done, and a check failed: a card under its datasheet, a case that got slower"},
    ExitStatusRow{ExitStatus::kUsage, "the command line, a config or an input file is wrong"},
    ExitStatusRow{ExitStatus::kEnvironment, "the device or the environment cannot do it"},
    ExitStatusRow{ExitStatus::kVerification, "a case computed a wrong result"},
    ExitStatusRow{ExitStatus::kInconclusive, "done, and track check could not judge a case"},
    ExitStatusRow{ExitStatus::kNoBaseline, "done, and track check has too few nights for a case"},
    ExitStatusRow{ExitStatus::kNeedsRerun, "done, and track check needs the confirming rerun"},
    ExitStatusRow{ExitStatus::kInterrupted, "interrupted; the partial file is kept"}};

/// A heading and a line for each, for the end of a help text.
std::string exit_status_help();

}  // namespace gpugauge
