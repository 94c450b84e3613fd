#include "harness/render/answers/outline_table.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/base/counted.hpp"
#include "harness/base/shell_word.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

ColumnList<FamilyOutline> outline_columns() {
  const auto count_of = [](std::size_t FamilyOutline::*count) {
    return [=](const FamilyOutline& f) { return f.*count > 0 ? to_cell(f.*count) : Cell(); };
  };
  ColumnList<FamilyOutline> c;
  c.text("family", "family", [](auto& f) { return f.family; });
  c.number("cases", "cases", count_of(&FamilyOutline::supported));
  c.number("unsupported", "unsupported", count_of(&FamilyOutline::unsupported));
  c.number("at_most_s", "at most", [](auto& f) {
    return f.supported > 0 ? Cell(format_budget(f.seconds), f.seconds) : Cell();
  });
  c.add(wrapping(20, text_column("implementations", "implementations")),
        [](auto& f) { return text_cell(fmt::format("{}", fmt::join(f.implementations, ", "))); });
  return c;
}

}  // namespace

std::string format_budget(double seconds) {
  constexpr double kWholeSeconds = 10, kMinutes = 120;
  if (seconds >= kWholeSeconds && seconds < kMinutes) return fmt::format("{:.0f} s", seconds);
  return format_duration_ns(seconds * 1e9);
}

std::string total_of(const PlanOutline& outline) {
  std::string text = counted(outline.supported + outline.unsupported, "case");
  if (outline.unsupported > 0)
    text += fmt::format(", {} of them unsupported here", outline.unsupported);
  if (outline.supported > 0)
    text += fmt::format("; at most about {} of sampling", format_budget(outline.seconds));
  return text;
}

Table outline_table(const PlanOutline& outline, const RunAhead& run) {
  Table table = outline_columns().table(
      "plan", fmt::format("{} on {} ({})", run.suite, run.device_name, run.device_id),
      outline.families);
  table.notes.push_back(total_of(outline));
  if (run.already_done > 0)
    table.notes.push_back(
        fmt::format("resumed, already done: {}", counted(run.already_done, "case")));
  if (outline.unsupported > 0)
    table.notes.push_back(fmt::format("reasons: gpugauge list --suite {} --device {}",
                                      shell_word(run.suite_option), shell_word(run.device_id)));
  table.notes.push_back("result: " + run.result_path);
  return table;
}

}  // namespace gpugauge
