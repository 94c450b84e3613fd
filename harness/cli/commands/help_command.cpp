#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iostream>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/help_text.hpp"

namespace gpugauge {
namespace {

constexpr const char* kHelpExamples = R"(
Examples:
  gpugauge help
  gpugauge help cost
  gpugauge help track check)";

}  // namespace

void add_help_command(Command& program) {
  Command& command = program.add_command("help", "how to use a command", kHelpExamples);
  const auto words = std::make_shared<std::vector<std::string>>();
  command.argument("COMMAND", *words, "a command, as cost or track check; all if there is none")
      .names_of("COMMAND")
      .count(0, 2);
  command.run = [words, &program] {
    Command* at = &program;
    for (const std::string& word : *words) {
      Command* const below = at->find_command(word);
      if (below == nullptr) {
        std::vector<std::string> names;
        for (const Command& each : at->commands) names.push_back(each.name);
        throw UsageError(unknown_name_message("command", word, names));
      }
      at = below;
    }
    std::cout << help_text(*at);
    return ExitStatus::kDone;
  };
}

}  // namespace gpugauge
