#include "harness/analyze/rates/assessment.hpp"

#include <fmt/format.h>

#include <array>
#include <set>
#include <string_view>

namespace gpugauge {
namespace {

/// Names begin with the family of their op.
std::string family_of_name(const std::string& name) { return name.substr(0, name.find('/')); }

AssessmentStatus status_of(NotMeasuredStatus status) {
  switch (status) {
    case NotMeasuredStatus::kUnsupported:
      return AssessmentStatus::kSkipped;
    case NotMeasuredStatus::kFailed:
    case NotMeasuredStatus::kCrashed:
    case NotMeasuredStatus::kHung:
      return AssessmentStatus::kError;
    case NotMeasuredStatus::kVerificationFailed:
    case NotMeasuredStatus::kRefused:
      break;
  }
  return AssessmentStatus::kFailed;
}

AssessmentStatus status_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::kBelowPassMark:
      return AssessmentStatus::kFailed;
    case Verdict::kUndecided:
    case Verdict::kNotMeasured:
      return AssessmentStatus::kSkipped;
    case Verdict::kOk:
    case Verdict::kNoDatasheet:
    case Verdict::kNoPassMark:
      break;
  }
  return AssessmentStatus::kPassed;
}

Assessment assessment_of(const Measurement& m) {
  Assessment a{.group = std::string(family_of(m.c.op)), .name = m.name, .message = {}};
  for (const Flag flag : m.flags) {
    if (!a.message.empty()) a.message += "; ";
    a.message += advice_on(flag);
  }
  a.seconds = m.time_ns.value * 1e-9 * static_cast<double>(m.launches_per_sample) * m.sample_count;
  return a;
}

std::string message_of(const DatasheetFinding& finding) {
  std::string message(name_of(finding.verdict));
  if (finding.measured && finding.datasheet)
    message += fmt::format(": {:.4g} {} {}, {:.4g} on the datasheet ({:.1f}%)",
                           finding.measured->value, finding.unit, row_of(finding.origin).words,
                           finding.datasheet->value, 100 * finding.share().value);
  if (finding.pass_mark) message += fmt::format(", pass mark {:.0f}%", 100 * *finding.pass_mark);
  if (!finding.reason.empty()) message += ": " + finding.reason;
  return message;
}

}  // namespace

std::vector<Assessment> assessments_of(const Record& record, const DatasheetReport& report) {
  std::vector<Assessment> assessments;
  std::set<std::string_view> answered;
  for (const Measurement& m : record.measurements) {
    answered.insert(m.name);
    assessments.push_back(assessment_of(m));
  }
  for (const NotMeasured& n : record.not_measured) {
    answered.insert(n.name);
    assessments.push_back({.group = family_of_name(n.name),
                           .name = n.name,
                           .status = status_of(n.status),
                           .message = fmt::format("{}: {}", name_of(n.status), n.reason)});
  }
  for (const std::string& name : record.planned) {
    if (!answered.contains(name))
      assessments.push_back({.group = family_of_name(name),
                             .name = name,
                             .status = AssessmentStatus::kError,
                             .message = "the run ended before it was measured"});
  }
  for (const DatasheetFinding& finding : report.findings) {
    if (finding.verdict != Verdict::kNoDatasheet)
      assessments.push_back({.group = kDatasheetGroup,
                             .name = finding.metric,
                             .status = status_of(finding.verdict),
                             .message = message_of(finding)});
  }
  return assessments;
}

}  // namespace gpugauge
