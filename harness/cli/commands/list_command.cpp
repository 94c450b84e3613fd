#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <iostream>

#include "harness/analyze/rates/efficiency.hpp"
#include "harness/base/byte_size.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/cli/options/plan_options.hpp"
#include "harness/cli/options/suite_times.hpp"
#include "harness/device/open/open_device.hpp"
#include "harness/measure/runner.hpp"
#include "harness/render/answers/outline_table.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/rows.hpp"

namespace gpugauge {
namespace {

constexpr const char* kListExamples = R"(
Examples:
  gpugauge list --suite quick                       what `gpugauge run` would measure here
  gpugauge list --suite full --device h100-sxm5     the same on a card that is not here
  gpugauge list --suite nightly --format csv)";

struct ListOptions : PlanOptions {
  std::optional<std::size_t> top;
  Printed printed;
};

/// A device that is here, described without opening it, or a card by the name of its datasheet.
DeviceInfo describe(std::string wanted, const Catalog& catalog) {
  const Discovery discovered = discover_devices();
  const std::vector<DeviceInfo>& devices = discovered.devices;
  std::vector<std::string> known{"best"};
  for (const DeviceInfo& device : devices) known.push_back(device.id);
  for (const std::string& name : catalog.datasheet_names()) known.push_back(name);
  const auto is_known = [&] {
    return std::find(known.begin(), known.end(), wanted) != known.end();
  };
  if (!is_known()) {
    if (const auto card = catalog.card_meant(wanted)) {
      spdlog::info("{} is taken as {}", wanted, *card);
      wanted = *card;
    }
  }
  if (!is_known()) {
    throw UsageError(unknown_name_message("device", wanted, known));
  }
  if (wanted == "best" && discovered.trouble) throw CudaDoesNotStart(*discovered.trouble);
  const auto is_wanted = [&](const DeviceInfo& device) {
    return wanted == "best" ? device.backend == Backend::kCuda : device.id == wanted;
  };
  const auto found = std::find_if(devices.begin(), devices.end(), is_wanted);
  if (found != devices.end()) return *found;
  return wanted == "best" ? devices.back() : planned_device(catalog.datasheet(wanted));
}

/// The datasheet's rates, else what the memory pins can carry; a CPU has neither before it is
/// measured.
RoofRates known_rates(const DeviceInfo& device, const std::vector<Datasheet>& sheets) {
  const Datasheet* sheet = match_datasheet(sheets, device);
  return sheet != nullptr ? roof_rates(*sheet) : pin_rates(device);
}

/// `34.36 G` for people.
Cell flops_cell(double flops) {
  constexpr std::array<std::string_view, 5> kPrefixes{"", " k", " M", " G", " T"};
  double scaled = flops;
  std::size_t prefix = 0;
  for (; scaled >= 1000 && prefix + 1 < kPrefixes.size(); ++prefix) scaled /= 1000;
  return {fmt::format("{}{}", format_significant(scaled), kPrefixes[prefix]), flops};
}

Table plan_table(const Plan& plan, const RoofRates& rates) {
  Table table{
      .name = "plan",
      .title = {},
      .columns = {case_column(), dispensable(3, number_column("flops", "flops")),
                  dispensable(2, number_column("bytes", "bytes")), number_column("roof_us", "roof"),
                  dispensable(1, sentence_column("unsupported", ""))},
      .rows = {},
      .notes = {}};
  for (const PlannedCase& planned : plan.cases) {
    const auto roof = roof_seconds(planned.c.op, rates);
    table.rows.push_back({planned.name, flops_cell(planned.work.flops),
                          Cell(format_bytes(planned.work.bytes), planned.work.bytes),
                          roof ? Cell(format_duration_ns(*roof * 1e9), *roof * 1e6) : Cell(),
                          text_cell(planned.unsupported.value_or(""))});
  }
  return table;
}

ExitStatus list(const ListOptions& options) {
  const Catalog catalog = Catalog::locate();
  const SuiteSelection selection = select_suite(catalog, options);
  const DeviceInfo device = describe(options.device, catalog);
  Plan plan = make_plan(selection.suite, selection.models, device);
  if (!options.filter.empty()) apply_filter(plan, options.filter);
  const RoofRates rates = known_rates(device, catalog.datasheets());
  Table table = plan_table(plan, rates);
  table.title = fmt::format("{} on {} ({})", selection.suite.name, device.name, device.id);
  table.notes.push_back(total_of(outline_of(plan, selection.suite.settle_seconds)));
  if (options.top && *options.top < table.rows.size()) {
    table.notes.push_back(fmt::format("the {} of the longest roof time are shown", *options.top));
    keep_extreme(table, "roof_us", Extreme::kHighest, *options.top);
  }
  const std::vector<SuiteTime> times = suite_times(catalog, device);
  if (!times.empty()) table.notes.push_back("whole suites, at most: " + in_words(times));
  if (!rates.memory_gbps)
    table.notes.push_back("no roof times: this device has no datasheet and reports no memory rate");
  print_tables(std::cout, {table}, options.printed);
  return ExitStatus::kDone;
}

}  // namespace

void add_list_command(Command& program) {
  auto [command, options] = program.add_command<ListOptions>(
      "list", "print what a suite would measure, without measuring", list, kListExamples);
  add_plan_options(command, options);
  add_format_option(command, options.printed);
  command.option(option::kTop, options.top).detail("those of the longest roof time");
}

}  // namespace gpugauge
