#pragma once

#include <filesystem>
#include <span>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

enum class Detail : std::uint8_t { kSummary, kSamples };

/// Reads a result file or the journal (`.partial`) of an unfinished run. Every older schema version
/// is accepted. Throws UsageError: file missing, empty, truncated, not JSON (with line and column),
/// not a gpugauge result, or of a newer schema.
Record read_record(const std::filesystem::path& file, Detail detail = Detail::kSamples);

/// Reads many in parallel, in the order given, to say something of them: refuses (UsageError) what
/// an emulated card wrote, unless the tests set GPUGAUGE_READ_EMULATED, and cases above what the
/// silicon can do, as silicon.hpp says; `sheets` know the cards of files that do not say it.
std::vector<Record> read_records(std::span<const std::filesystem::path> files, Detail detail,
                                 const std::vector<Datasheet>& sheets);

}  // namespace gpugauge
