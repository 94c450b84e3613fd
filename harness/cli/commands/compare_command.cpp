#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <memory>
#include <set>

#include "harness/analyze/compare/compare.hpp"
#include "harness/analyze/money/cost.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/result_files.hpp"
#include "harness/config/catalog.hpp"
#include "harness/config/prices.hpp"
#include "harness/record/reader.hpp"
#include "harness/render/answers/compare_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kCompareExamples = R"(
A case is the same on both sides by its name. Several files of one side, and repetitions in a file, are runs of
one case: its time is the median of their medians. Slower and faster need the whole interval of the ratio beyond
the threshold, widened so that the intervals of all cases hold together.

Examples:
  gpugauge compare last-month.json tonight.json              what changed on this card?
  gpugauge compare base/ tonight/ --fail-on slower           exit status 1 if anything is slower
  gpugauge compare h100.json l40s.json --hourly 2.49,0.89    two cards, also per dollar)";

struct CompareOptions {
  std::vector<std::string> sides;  ///< the base first
  double threshold_percent = 100 * kDefaultThreshold;
  std::vector<double> hourly;
  std::vector<std::string> prices;
  std::vector<std::string> fail_on;
  Format format = Format::kTable;
};

/// Everything that was read, and how it is divided among sides.
struct Inputs {
  std::vector<Record> records;
  std::vector<Datasheet> sheets;
  std::vector<Side> sides;
};

/// One result must not stand in a side twice: it would count as two runs.
void check_runs(const Side& side) {
  std::map<std::string, const Record*> seen;
  for (const Record* record : side.records) {
    const auto [at, is_new] = seen.try_emplace(record->provenance.run_id, record);
    if (!is_new)
      throw UsageError(fmt::format("{}: is the same run as {} ({})", record->path.string(),
                                   at->second->path.string(), record->provenance.run_id));
  }
}

/// The records of one argument, a side for each model of card.
std::vector<Side> sides_of(const std::string& argument, std::span<const Record> records) {
  std::vector<Side> sides;
  for (const Record& record : records) {
    const auto side = std::find_if(sides.begin(), sides.end(), [&](const Side& s) {
      return s.device().name == record.device.name;
    });
    if (side == sides.end()) {
      sides.push_back({.label = argument,
                       .records = {&record},
                       .datasheet = nullptr,
                       .dollars_per_gpu_hour = std::nullopt});
    } else {
      side->records.push_back(&record);
    }
  }
  if (sides.size() > 1) {
    for (Side& side : sides) side.label += fmt::format(" ({})", side.device().name);
  }
  for (const Side& side : sides) check_runs(side);
  return sides;
}

Inputs read_sides(const CompareOptions& options) {
  std::vector<std::filesystem::path> files;
  std::vector<std::size_t> counts;
  for (const std::string& argument : options.sides) {
    const auto found = result_files(argument);
    counts.push_back(found.size());
    files.insert(files.end(), found.begin(), found.end());
  }
  Inputs inputs;
  inputs.records = read_records(files, Detail::kSamples);
  for (const Record& record : inputs.records) {
    for (const std::string& warning : record.warnings) spdlog::warn("{}", warning);
  }
  std::span<const Record> rest(inputs.records);
  for (std::size_t i = 0; i < counts.size(); ++i) {
    std::vector<Side> sides = sides_of(options.sides[i], rest.first(counts[i]));
    rest = rest.subspan(counts[i]);
    if (i == 0 && sides.size() > 1)
      throw UsageError(fmt::format("{}: holds results of {} cards, expected one as the base: {}",
                                   options.sides[0], sides.size(), sides[1].device().name));
    std::move(sides.begin(), sides.end(), std::back_inserter(inputs.sides));
  }
  return inputs;
}

/// Each side's own price, in the order of the command line; else the cheapest of the price lists.
void add_prices(Inputs& inputs, const CompareOptions& options) {
  if (!options.hourly.empty()) {
    if (options.hourly.size() != inputs.sides.size())
      throw UsageError(fmt::format("--hourly: found {} prices, expected {}: one for each side",
                                   options.hourly.size(), inputs.sides.size()));
    for (std::size_t i = 0; i < inputs.sides.size(); ++i)
      inputs.sides[i].dollars_per_gpu_hour =
          rates_of({}, options.hourly[i]).front().dollars_per_gpu_hour;
    return;
  }
  if (options.prices.empty()) return;
  const std::vector<std::filesystem::path> files(options.prices.begin(), options.prices.end());
  const PriceList list = load_price_list(files);
  for (const std::string& warning : list.warnings) spdlog::warn("{}", warning);
  for (Side& side : inputs.sides) {
    if (side.datasheet == nullptr) continue;
    const Rate cheapest = rates_of(offers_for(list.offers, *side.datasheet), std::nullopt).front();
    if (cheapest.kind != RateKind::kUnit) side.dollars_per_gpu_hour = cheapest.dollars_per_gpu_hour;
  }
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
  Inputs inputs = read_sides(options);
  inputs.sheets = Catalog::locate().datasheets();
  for (Side& side : inputs.sides) side.datasheet = match_datasheet(inputs.sheets, side.device());
  add_prices(inputs, options);
  const auto comparisons =
      compare(inputs.sides.front(), std::span<const Side>(inputs.sides).subspan(1),
              {.threshold = options.threshold_percent / 100});
  print_tables(std::cout, compare_tables(comparisons), options.format);
  return status_of(comparisons, options.fail_on);
}

}  // namespace

void add_compare_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("compare", "what changed between result files, case by case");
  auto options = std::make_shared<CompareOptions>();
  command
      ->add_option("BASE OTHER", options->sides,
                   "the base, then what is held against it: result files, or folders of them")
      ->required()
      ->expected(2, -1);
  add_format_option(*command, options->format);
  command->add_option("--threshold", options->threshold_percent,
                      "the smallest change that counts, in percent (default: 1)");
  command
      ->add_option("--fail-on", options->fail_on,
                   "exit status 1 if a case is slower, ambiguous or missing, or none is in common")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"slower", "ambiguous", "missing"}));
  command
      ->add_option("--hourly", options->hourly,
                   "your own prices, in dollars per GPU-hour: the base's, then each other's")
      ->delimiter(',')
      ->allow_extra_args(false);
  command
      ->add_option("--prices", options->prices,
                   "price lists, of which the cheapest on-demand offer counts")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command->footer(kCompareExamples);
  command->callback([=, &action] { action = [=] { return compare_files(*options); }; });
}

}  // namespace gpugauge
