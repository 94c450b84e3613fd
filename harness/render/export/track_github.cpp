#include "harness/render/export/track_github.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "harness/render/answers/track_sentence.hpp"
#include "harness/render/export/github_annotations.hpp"

namespace gpugauge {
namespace {

/// `gemm fp8 gate_up on H100 node7 since 2026-11-19; cuBLASLt 13.0.2 → 13.1.0`.
std::string message_of(const TrackFinding& f) {
  std::string message = f.key.case_name;
  if (f.facts && f.facts->setup) message += " on " + f.facts->setup->place();
  if (!f.change_night.empty()) message += " since " + f.change_night;
  if (const std::string changed = change_words(f.changes); !changed.empty())
    message += "; " + changed;
  return message;
}

Annotation annotation_of(const TrackFinding& f) {
  const double percent = 100 * std::expm1(f.gate.change.value);
  switch (f.gate.status) {
    case GateStatus::kRegression:
      return {fmt::format("gpugauge: slower {:+.1f}%", percent), message_of(f)};
    case GateStatus::kNeedsRerun:
      return {fmt::format("gpugauge: to confirm {:+.1f}%", percent), message_of(f)};
    default:
      return {fmt::format("gpugauge: {}", name_of(f.gate.status)),
              fmt::format("{}: {}", f.key.case_name, f.gate.reason)};
  }
}

}  // namespace

void write_github(std::ostream& out, const TrackReport& report) {
  std::vector<Annotation> errors, warnings;
  for (const TrackFinding& f : report.findings) {
    if (f.muted || f.gate.status == GateStatus::kPass || f.gate.status == GateStatus::kNoBaseline)
      continue;
    (f.gate.status == GateStatus::kRegression ? errors : warnings).push_back(annotation_of(f));
  }
  annotate(out, "error", errors);
  annotate(out, "warning", warnings);
}

}  // namespace gpugauge
