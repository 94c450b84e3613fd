// Workflow commands of GitHub Actions ("Workflow commands for GitHub Actions", GitHub's
// documentation).

#include <fmt/format.h>

#include <algorithm>

#include "harness/analyze/step/origins.hpp"
#include "harness/render/export/export.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

// GitHub shows ten annotations of a kind a step, and drops the rest without a word.
constexpr std::size_t kMostAnnotations = 10;

/// A message: percent and line ends would end the command.
std::string escaped_message(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '%') {
      escaped += "%25";
    } else if (c == '\r') {
      escaped += "%0D";
    } else if (c == '\n') {
      escaped += "%0A";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// A property: colon and comma, too.
std::string escaped_property(std::string_view text) {
  std::string escaped;
  for (const char c : escaped_message(text)) {
    if (c == ':') {
      escaped += "%3A";
    } else if (c == ',') {
      escaped += "%2C";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

void annotate(std::ostream& out, std::string_view command,
              std::span<const Assessment* const> checks) {
  // The last place is for the sentence about the others.
  const std::size_t shown = checks.size() > kMostAnnotations ? kMostAnnotations - 1 : checks.size();
  for (const Assessment* check : checks.first(shown))
    out << fmt::format("::{} title={}::{}\n", command, escaped_property(check->name),
                       escaped_message(check->message));
  if (shown < checks.size())
    out << fmt::format("::{} title=gpugauge::and {} more; see the summary\n", command,
                       checks.size() - shown);
}

}  // namespace

void write_github(std::ostream& out, const ExportInput& input) {
  std::vector<const Assessment*> errors, warnings;
  for (const Assessment& check : input.assessments) {
    if (check.status == AssessmentStatus::kFailed || check.status == AssessmentStatus::kError)
      errors.push_back(&check);
    if (check.status == AssessmentStatus::kPassed && !check.message.empty())
      warnings.push_back(&check);
  }
  annotate(out, "error", errors);
  annotate(out, "warning", warnings);
  out << fmt::format("::notice title=gpugauge::{} ({}): {} checks, {} did not pass\n",
                     escaped_message(input.record->device.name), origins_in(*input.record),
                     input.assessments.size(), errors.size());
}

}  // namespace gpugauge
