#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>

namespace gpugauge {

/// A line that GitHub shows beside a run.
struct Annotation {
  std::string title, message;
};

/// Workflow commands of GitHub Actions ("Workflow commands for GitHub Actions", GitHub's
/// documentation): `::error title=…::…`. `command` is error, warning or notice. GitHub shows ten of
/// a kind a step; the last says how many more there are.
void annotate(std::ostream& out, std::string_view command, std::span<const Annotation> annotations);

}  // namespace gpugauge
