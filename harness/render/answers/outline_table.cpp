#include "harness/render/answers/outline_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/render/table/columns.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

std::vector<ColumnOf<FamilyOutline>> outline_columns() {
  const auto count_cell = [](std::size_t count) {
    return count > 0 ? integer_cell(static_cast<std::int64_t>(count)) : Cell();
  };
  return {
      {text_column("family", "family"), [](const FamilyOutline& f) { return Cell(f.family); }},
      {number_column("cases", "cases"),
       [=](const FamilyOutline& f) { return count_cell(f.supported); }},
      {number_column("unsupported", "unsupported"),
       [=](const FamilyOutline& f) { return count_cell(f.unsupported); }},
      {number_column("at_most_s", "at most"),
       [](const FamilyOutline& f) {
         return f.supported > 0 ? Cell(format_duration_ns(f.seconds * 1e9), f.seconds) : Cell();
       }},
      {wrapping(20, text_column("implementations", "implementations")),
       [](const FamilyOutline& f) {
         return text_cell(fmt::format("{}", fmt::join(f.implementations, ", ")));
       }},
  };
}

}  // namespace

std::string total_of(const PlanOutline& outline) {
  std::string text = fmt::format("{} cases", outline.supported + outline.unsupported);
  if (outline.unsupported > 0)
    text += fmt::format(", {} of them unsupported here", outline.unsupported);
  if (outline.supported > 0)
    text +=
        fmt::format("; at most about {} of sampling", format_duration_ns(outline.seconds * 1e9));
  return text;
}

Table outline_table(const PlanOutline& outline, const RunAhead& run) {
  Table table = make_table<FamilyOutline>(
      "plan", fmt::format("{} on {} ({})", run.suite, run.device_name, run.device_id),
      outline_columns(), outline.families);
  table.notes.push_back(total_of(outline));
  if (run.already_done > 0)
    table.notes.push_back(fmt::format("resumed: {} more cases are already done", run.already_done));
  if (outline.unsupported > 0)
    table.notes.push_back(fmt::format("reasons: gpugauge list --suite {} --device {}",
                                      shell_word(run.suite_option), shell_word(run.device_id)));
  table.notes.push_back("result: " + run.result_path);
  return table;
}

}  // namespace gpugauge
