#include <fmt/ostream.h>

#include <algorithm>
#include <array>
#include <vector>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/export/export.hpp"
#include "harness/render/export/github_annotations.hpp"

namespace gpugauge {

void write_github(std::ostream& out, const ExportInput& input) {
  std::vector<Annotation> errors, warnings;
  for (const Assessment& check : input.assessments) {
    if (check.status == AssessmentStatus::kFailed || check.status == AssessmentStatus::kError)
      errors.push_back({check.name, check.message});
    // What a datasheet value says that was reached is no warning; what a case's flags say is.
    if (check.status == AssessmentStatus::kPassed && check.group != kDatasheetGroup &&
        !check.message.empty())
      warnings.push_back({check.name, check.message});
  }
  annotate(out, "error", errors);
  annotate(out, "warning", warnings);
  const std::array notice{Annotation{
      "gpugauge", fmt::format("{} ({}): {} checks, {} did not pass", input.record->device.name,
                              origins_in(*input.record), input.assessments.size(), errors.size())}};
  annotate(out, "notice", notice);
}

}  // namespace gpugauge
