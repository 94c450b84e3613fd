#pragma once

#include <ostream>

#include "harness/answer/run_answer.hpp"
#include "harness/cli/options/analysis_options.hpp"

namespace gpugauge {

/// What `run` ends with: every case, the datasheet check, tokens, dollars, notes, and
/// where the file is. kCheckFailed if the device is below its datasheet.
ExitStatus print_run_summary(std::ostream& out, const Record& record, const Catalog& catalog,
                             const AnalysisOptions& options);

/// What `show` and `datasheet` begin with: the card's sentence, and an empty line.
void print_verdict(std::ostream& out, const Record& record, const DatasheetReport& report);

/// Its end alone: the notes and the closing lines.
void print_run_end(std::ostream& out, const Record& record, const RunAnswer& answer);

}  // namespace gpugauge
