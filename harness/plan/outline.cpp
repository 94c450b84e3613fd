#include "harness/plan/outline.hpp"

#include <algorithm>

namespace gpugauge {
namespace {

FamilyOutline& family_in(PlanOutline& outline, std::string_view family) {
  const auto same =
      std::find_if(outline.families.begin(), outline.families.end(),
                   [&](const FamilyOutline& known) { return known.family == family; });
  if (same != outline.families.end()) return *same;
  FamilyOutline& added = outline.families.emplace_back();
  added.family = family;
  return added;
}

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
}

}  // namespace

double budget_seconds(const SamplingPolicy& policy) {
  return policy.case_seconds + policy.warmup_seconds;
}

PlanOutline outline_of(const Plan& plan, double settle_seconds) {
  PlanOutline outline;
  for (const PlannedCase& planned : plan.cases) {
    FamilyOutline& family = family_in(outline, family_of(planned.c.op));
    if (planned.unsupported) {
      ++family.unsupported;
      continue;
    }
    ++family.supported;
    family.seconds += budget_seconds(planned.policy);
    add_once(family.implementations, planned.c.implementation);
  }
  for (const FamilyOutline& family : outline.families) {
    outline.supported += family.supported;
    outline.unsupported += family.unsupported;
    outline.seconds += family.seconds;
  }
  if (outline.supported > 0) outline.seconds += settle_seconds;
  return outline;
}

}  // namespace gpugauge
