#include <fmt/format.h>

#include <iostream>

#include "build_info.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/commands/man_page.hpp"
#include "harness/config/catalog.hpp"

namespace gpugauge {
namespace {

constexpr const char* kManExamples = R"(
Examples:
  gpugauge man | man -l -                              read it
  gpugauge man > /usr/local/share/man/man1/gpugauge.1  keep it (cmake --install does))";

ExitStatus man(const Command& program) {
  const Explanations words = Explanations::load(Catalog::locate().root() / "explain.yaml");
  std::cout << man_page(program, words, fmt::format("gpugauge {}", build_info::kVersion),
                        build_info::kGitDate);
  return ExitStatus::kDone;
}

}  // namespace

void add_man_command(Command& program) {
  Command& command = program.add_command("man", "the manual page, in roff", kManExamples);
  command.run = [&program] { return man(program); };
}

}  // namespace gpugauge
