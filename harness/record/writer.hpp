#pragma once

#include <string>

#include "harness/record/lost_candidate.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// The text of a result file: Google Benchmark's JSON with our part under `gpugauge`
/// (configs/schema/result.schema.json). Throws std::logic_error that names the field if a number is
/// not finite, or the case if it was measured but not verified.
std::string format_result(const Record& record);

/// The same without our part: what any reader of Google Benchmark's files knows.
std::string format_google_benchmark(const Record& record);

/// The lines of a journal, each with its line end: the header first (everything in `record` but its
/// measurements), then one for each outcome, and one for each session that goes on with it. Throws
/// as `format_result`.
std::string format_journal_header(const Record& record);
std::string format_journal_line(const Measurement& measurement);
std::string format_journal_line(const NotMeasured& not_measured);
std::string format_journal_line(const Session& session);
/// That the case of this name begins; that the user stopped it; that it is tried again.
std::string format_journal_started(const std::string& name);
std::string format_journal_again(const std::string& name);
std::string format_journal_interrupted(const std::string& name);
std::string format_journal_line(const LostCandidate& lost);

/// What every journal begins with, and no result file.
inline constexpr const char* kJournalMark = "{\"gpugauge_journal\":";

}  // namespace gpugauge
