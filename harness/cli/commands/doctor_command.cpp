#include <iostream>

#include "harness/cli/commands.hpp"
#include "harness/cli/commands/doctor.hpp"
#include "harness/cli/options/output.hpp"

namespace gpugauge {
namespace {

ExitStatus doctor(const Printed& printed) {
  const Machine machine = examine_machine();
  print_tables(std::cout, {doctor_table(run_doctor(machine))}, printed);
  return machine.devices.empty() ? ExitStatus::kEnvironment : ExitStatus::kDone;
}

}  // namespace

void add_doctor_command(Command& program) {
  auto [command, printed] = program.add_command<Printed>(
      "doctor", "what is installed, what is missing, and the command that fixes it", doctor,
      "\nExit status 3 if no device can be measured.");
  add_format_option(command, printed);
}

}  // namespace gpugauge
