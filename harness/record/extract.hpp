#pragma once

#include "harness/record/node.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// Typed, checked extraction of the parts of a result file or journal. All throw UsageError with
/// the path of what is wrong; what is older than the current schema is brought up to it here.

/// `context`: everything but the measurements. Refuses a file without our part or of a newer
/// schema.
void extract_context(const Node& context, Record& record);
/// An entry of `benchmarks` or of a journal.
Measurement extract_measurement(const Node& entry, Detail detail);
NotMeasured extract_not_measured(const Node& entry);
Session extract_session(const Node& entry);

}  // namespace gpugauge
