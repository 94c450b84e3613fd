#include <fmt/format.h>

#include <iostream>

#include "build_info.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/commands/man_page.hpp"
#include "harness/config/catalog.hpp"

namespace gpugauge {
namespace {

constexpr const char* kManExamples = R"(
Examples:
  gpugauge man | man -l -                              read it
  gpugauge man > /usr/local/share/man/man1/gpugauge.1  keep it (cmake --install does))";

ExitStatus man(const CLI::App& app) {
  const Explanations words = Explanations::load(Catalog::locate().root() / "explain.yaml");
  std::cout << man_page(command_tree(app), words, fmt::format("gpugauge {}", build_info::kVersion),
                        build_info::kGitDate);
  return ExitStatus::kDone;
}

}  // namespace

void add_man_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("man", "the manual page, in roff");
  command->footer(kManExamples);
  command->callback([&app, &action] { action = [&app] { return man(app); }; });
}

}  // namespace gpugauge
