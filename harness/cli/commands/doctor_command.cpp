#include <iostream>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/commands/doctor.hpp"
#include "harness/cli/options/output.hpp"

namespace gpugauge {
namespace {

ExitStatus doctor(Format format) {
  const Machine machine = examine_machine();
  print_tables(std::cout, {doctor_table(run_doctor(machine))}, format);
  return machine.devices.empty() ? ExitStatus::kEnvironment : ExitStatus::kDone;
}

}  // namespace

void add_doctor_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command =
      app.add_subcommand("doctor", "what is here, what is missing, and the command that mends it");
  auto format = std::make_shared<Format>(Format::kTable);
  add_format_option(*command, *format);
  command->footer("\nExit status 3 if nothing here can be measured.");
  command->callback([=, &action] { action = [=] { return doctor(*format); }; });
}

}  // namespace gpugauge
