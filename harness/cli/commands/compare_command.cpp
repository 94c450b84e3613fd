#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "harness/answer/compare_answer.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/analysis_options.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/config/prices.hpp"
#include "harness/measure/runner.hpp"
#include "harness/render/answers/compare_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kCompareExamples = R"(
Cases are matched by name. Several files of one side, and repetitions in a file, are runs of one case: its time is
the median of their medians. A case is slower or faster if the whole interval of its ratio lies beyond the threshold.
Intervals are widened for the number of cases (Bonferroni).

Examples:
  gpugauge compare l40s h100-sxm5                            two cards that others measured
  gpugauge compare last-month.json tonight.json              what changed on this card?
  gpugauge compare base/ tonight/ --fail-on slower           exit status 1 if anything is slower
  gpugauge compare h100.json l40s.json --hourly h100=2.49,l40s=0.89    two cards, also per dollar)";

struct CompareOptions {
  std::vector<std::string> sides;  ///< the base first
  double threshold_percent = 100 * kDefaultThreshold;
  std::vector<std::string> hourly;
  std::vector<std::string> prices;
  std::vector<std::string> fail_on;
  Printed printed;
  std::string filter;
  std::optional<std::size_t> top;
};

/// Only the cases that are meant: intervals are widened for these alone.
void keep_cases(std::vector<Record>& records, const std::string& filter) {
  const auto is_meant = case_filter(filter);
  std::size_t left = 0;
  for (Record& record : records) {
    std::erase_if(record.measurements, [&](const Measurement& m) { return !is_meant(m.name); });
    std::erase_if(record.not_measured, [&](const NotMeasured& n) { return !is_meant(n.name); });
    left += record.measurements.size() + record.not_measured.size();
  }
  if (left == 0)
    throw UsageError(fmt::format("filter '{}' matches no case of these files", filter));
}

ExitStatus status_of(std::span<const ComparisonReport> comparisons,
                     const std::vector<std::string>& fail_on) {
  const auto asked = [&](std::string_view what) {
    return std::find(fail_on.begin(), fail_on.end(), what) != fail_on.end();
  };
  const auto fails = [&](const ComparisonReport& c) {
    return (asked("slower") && c.count(Change::kSlower) > 0) ||
           (asked("ambiguous") && c.count(Change::kAmbiguous) > 0) ||
           (asked("missing") && !c.not_compared.empty()) || (!fail_on.empty() && c.cases.empty());
  };
  return std::any_of(comparisons.begin(), comparisons.end(), fails) ? ExitStatus::kCheckFailed
                                                                    : ExitStatus::kDone;
}

ExitStatus compare_files(const CompareOptions& options) {
  const Catalog catalog = Catalog::locate();
  std::vector<ResultFile> files;
  std::vector<std::size_t> counts;
  for (const std::string& argument : options.sides) {
    const auto found = result_files(argument, catalog);
    counts.push_back(found.size());
    files.insert(files.end(), found.begin(), found.end());
  }
  std::vector<Record> read = read_result_files(files, Detail::kSamples, catalog);
  if (!options.filter.empty()) keep_cases(read, options.filter);
  const std::vector<Record> records = std::move(read);
  CompareQuestion question{.sets = {},
                           .own = OwnPrices(options.hourly),
                           .offers = {},
                           .threshold = options.threshold_percent / 100};
  std::span<const Record> rest(records);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    question.sets.push_back({options.sides[i], rest.first(counts[i])});
    rest = rest.subspan(counts[i]);
  }
  if (!question.own.cover_every_card() && !options.prices.empty()) {
    PriceList list = load_price_list(
        std::vector<std::filesystem::path>(options.prices.begin(), options.prices.end()));
    log_warnings(list.warnings);
    question.offers = std::move(list.offers);
  }
  const auto comparisons = compare_answer(question, catalog.datasheets());
  if (options.printed.format == Format::kTable) {
    for (const ComparisonReport& comparison : comparisons)
      print_text(std::cout, compare_sentence(comparison));
    std::cout << '\n';
  }
  print_tables(std::cout, compare_tables(comparisons, options.top), options.printed);
  return status_of(comparisons, options.fail_on);
}

}  // namespace

void add_compare_command(Command& program) {
  auto [command, options] = program.add_command<CompareOptions>(
      "compare", "what changed between result files, case by case", compare_files,
      kCompareExamples);
  add_result_files(command, options.sides,
                   "the base, then what is compared with it: result files, folders of them",
                   "BASE OTHER")
      .count(2, std::numeric_limits<std::size_t>::max());
  add_format_option(command, options.printed);
  command.option(option::kFilter, options.filter);
  command.option(option::kTop, options.top).detail("the largest changes first");
  command.option(option::kThreshold, options.threshold_percent);
  command.option(option::kFailOn, options.fail_on)
      .one_of({"slower", "ambiguous", "missing"})
      .detail("also if no case is common");
  add_hourly_option(command, options.hourly);
  command.option(option::kPrices, options.prices).detail("the cheapest on-demand offer counts");
}

}  // namespace gpugauge
