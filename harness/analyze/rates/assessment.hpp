#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/analyze/rates/datasheet.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

enum class AssessmentStatus : std::uint8_t {
  kPassed,
  kFailed,   ///< what was checked is not as it should be
  kError,    ///< it could not be checked, though it should have been
  kSkipped,  ///< it cannot be checked here, or the answer is open
};
template <>
struct EnumTable<AssessmentStatus> {
  static constexpr std::array rows{
      EnumName{AssessmentStatus::kPassed, "passed"}, EnumName{AssessmentStatus::kFailed, "failed"},
      EnumName{AssessmentStatus::kError, "error"}, EnumName{AssessmentStatus::kSkipped, "skipped"}};
};

/// The group of what a datasheet states.
inline constexpr const char* kDatasheetGroup = "datasheet";

/// One question with a yes or a no, as test reports count them.
struct Assessment {
  std::string group;  ///< `memory`, `gemm`, `datasheet`
  std::string name;
  AssessmentStatus status = AssessmentStatus::kPassed;
  std::string message;  ///< of one that passed what to know about it: its flags; may be empty
  double seconds = 0;   ///< median device time of a sample times their count
};

/// Of every planned case whether it has a verified number, then of every datasheet value whether
/// the card reaches its pass mark (none for a device without a datasheet).
std::vector<Assessment> assessments_of(const Record& record, const DatasheetReport& report);

}  // namespace gpugauge
