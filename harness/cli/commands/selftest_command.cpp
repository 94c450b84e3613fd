#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iostream>
#include <memory>
#include <thread>

#include "harness/analyze/track/change_points.hpp"
#include "harness/analyze/track/gate_simulation.hpp"
#include "harness/base/text_file.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/config/csv.hpp"
#include "harness/render/answers/gate_table.hpp"

namespace gpugauge {
namespace {

constexpr const char* kGateExamples = R"(
Exit status 1 if a goal is missed.

Examples:
  gpugauge selftest gate                     does the nightly gate catch what it should, and nothing else?
  gpugauge selftest gate --scatter 0.01      on a card whose nights scatter by 1%)";

constexpr const char* kChangePointsExamples = R"(
The times stand in the last cell of each line, oldest first, in any unit; a first line that is no number is a header.

Example:
  gpugauge selftest changepoints nights.csv --delta 0.01)";

struct GateOptions {
  SimulationOptions simulation;
  Format format = Format::kTable;
};

struct ChangePointOptions {
  std::string file;
  ChangePointSettings settings;
  Format format = Format::kTable;
};

/// A range that `nan` is not within, unlike CLI::Range.
CLI::Validator within(double low, double high) {
  const std::string range = fmt::format("{} to {}", low, high);
  return {[=](const std::string& text) {
            double value = 0;
            return CLI::detail::lexical_cast(text, value) && value >= low && value <= high
                       ? std::string()
                       : fmt::format("'{}' is not within {}", text, range);
          },
          range};
}

ExitStatus selftest_gate(const GateOptions& options) {
  SimulationOptions simulation = options.simulation;
  simulation.threads = std::max(1U, std::thread::hardware_concurrency());
  const auto results = simulate_gate(gate_scenarios(), GateSettings{}, simulation);
  print_tables(std::cout, {gate_table(results, simulation)}, options.format);
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
    double time = 0;
    const auto [end, error] = std::from_chars(cell.data(), cell.data() + cell.size(), time);
    const bool is_number = error == std::errc() && end == cell.data() + cell.size();
    if (!is_number && std::exchange(is_first, false)) continue;
    is_first = false;
    if (!is_number || !std::isfinite(time) || time <= 0) {
      throw UsageError(
          fmt::format("{}:{}: expected a time above 0, got '{}'", file, row.line, cell));
    }
    nights.push_back(std::log(time));
  }
  return nights;
}

ExitStatus selftest_change_points(const ChangePointOptions& options) {
  const std::vector<double> nights = read_nights(options.file);
  print_tables(std::cout,
               {change_points_table(change_points(nights, options.settings), nights.size())},
               options.format);
  return ExitStatus::kDone;
}

void add_gate(CLI::App& selftest, Action& action) {
  auto* command = selftest.add_subcommand("gate", "the nightly gate on synthetic nights");
  auto options = std::make_shared<GateOptions>();
  command->add_option("--series", options->simulation.series, "series of each kind")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--seed", options->simulation.seed, "of the random numbers")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--scatter", options->simulation.scatter, "of a night, as a share of its time")
      ->check(within(1e-5, 0.1))
      ->capture_default_str();
  add_format_option(*command, options->format);
  command->footer(kGateExamples);
  command->callback([=, &action] { action = [=] { return selftest_gate(*options); }; });
}

void add_change_points(CLI::App& selftest, Action& action) {
  auto* command =
      selftest.add_subcommand("changepoints", "where the gate sees changes in a series of times");
  auto options = std::make_shared<ChangePointOptions>();
  const GateSettings gate;
  options->settings = {.window = gate.change_window,
                       .least_segment = gate.change_nights_after + 1,
                       .p = gate.change_p,
                       .magnitude = gate.fine_delta};
  command->add_option("FILE", options->file, "CSV file of times")->required();
  command->add_option("--delta", options->settings.magnitude, "smallest change, as a share")
      ->check(within(0, 1))
      ->capture_default_str();
  command->add_option("--p", options->settings.p, "of the t-test")
      ->check(within(1e-15, 0.05))
      ->capture_default_str();
  command->add_option("--window", options->settings.window, "nights that are searched together")
      ->check(CLI::Range(10, 1000))
      ->capture_default_str();
  add_format_option(*command, options->format);
  command->footer(kChangePointsExamples);
  command->callback([=, &action] { action = [=] { return selftest_change_points(*options); }; });
}

}  // namespace

void add_selftest_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("selftest", "checks gpugauge's own judgement");
  command->require_subcommand(1);
  add_gate(*command, action);
  add_change_points(*command, action);
}

}  // namespace gpugauge
