#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <thread>

#include "harness/analyze/track/change_points.hpp"
#include "harness/analyze/track/gate_simulation.hpp"
#include "harness/base/counted.hpp"
#include "harness/base/error.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/base/text_file.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/csv.hpp"
#include "harness/render/answers/gate_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kGateExamples = R"(
Exit status 1 if a goal is missed.

Examples:
  gpugauge selftest gate                     does the nightly gate find regressions without false alarms?
  gpugauge selftest gate --scatter 0.01      on a card whose nights scatter by 1%)";

constexpr const char* kChangePointsExamples = R"(
Times are read from the last cell of each line, oldest first, in any unit. A first line that is not a number is a header.

Example:
  gpugauge selftest changepoints nights.csv --delta 0.01)";

struct GateOptions {
  SimulationOptions simulation;
  Printed printed;
};

struct ChangePointOptions {
  std::string file;
  ChangePointSettings settings;
  Printed printed;
};

ExitStatus selftest_gate(const GateOptions& options) {
  SimulationOptions simulation = options.simulation;
  simulation.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto results = simulate_gate(gate_scenarios(), GateSettings{}, simulation);
  print_tables(std::cout, {gate_table(results, simulation)}, options.printed);
  const bool all_met = std::all_of(results.begin(), results.end(),
                                   [](const ScenarioResult& r) { return r.meets_goals(); });
  return all_met ? ExitStatus::kDone : ExitStatus::kCheckFailed;
}

/// ln of the times in a file. Throws UsageError for what is none.
std::vector<double> read_nights(const std::string& file) {
  std::vector<double> nights;
  bool is_first = true;
  for (const CsvRow& row : parse_csv(read_text_file(file), file)) {
    const std::string& cell = row.cells.back();
    const auto time = parse_number<double>(cell);
    if (!time && std::exchange(is_first, false)) continue;
    is_first = false;
    if (!time || !std::isfinite(*time) || *time <= 0) {
      throw UsageError(
          fmt::format("{}:{}: expected a time above 0, got '{}'", file, row.line, cell));
    }
    nights.push_back(std::log(*time));
  }
  return nights;
}

ExitStatus selftest_change_points(const ChangePointOptions& options) {
  const std::vector<double> nights = read_nights(options.file);
  const std::size_t fewest = 2 * static_cast<std::size_t>(options.settings.least_segment);
  if (nights.size() < fewest)
    throw UsageError(fmt::format(
        "{}: holds {}, expected at least {}: {} before a change and as "
        "many after it",
        options.file, counted(nights.size(), "night"), fewest, options.settings.least_segment));
  print_tables(std::cout,
               {change_points_table(change_points(nights, options.settings), nights.size())},
               options.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_selftest_command(Command& program) {
  Command& selftest = program.add_command("selftest", "tests the nightly gate on synthetic data");

  auto [gate, simulated] = selftest.add_command<GateOptions>(
      "gate", "the nightly gate on synthetic nights", selftest_gate, kGateExamples);
  gate.option(option::kSeries, simulated.simulation.series);
  gate.option(option::kSeed, simulated.simulation.seed);
  gate.option(option::kScatter, simulated.simulation.scatter);
  add_format_option(gate, simulated.printed);

  auto [change_points, searched] =
      selftest.add_command<ChangePointOptions>("changepoints", "change points of a series of times",
                                               selftest_change_points, kChangePointsExamples);
  const GateSettings defaults;
  searched.settings = {.window = defaults.change_window,
                       .least_segment = defaults.change_nights_after + 1,
                       .p = defaults.change_p,
                       .magnitude = defaults.fine_delta};
  change_points.argument("FILE", searched.file, "CSV file of times");
  change_points.option(option::kDelta, searched.settings.magnitude);
  change_points.option(option::kP, searched.settings.p);
  change_points.option(option::kWindow, searched.settings.window);
  add_format_option(change_points, searched.printed);
}

}  // namespace gpugauge
