#pragma once

#include <CLI/CLI.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gpugauge {

/// An option, or an argument without a name of its own.
struct OptionNode {
  std::vector<std::string> names;  ///< `-s`, `--suite`; of an argument `FILE`
  std::string description;
  std::string value;               ///< what it takes: `SUITE`, `INT`; empty for a flag
  std::vector<std::string> words;  ///< the values there are, where they are listed
  std::string default_value;
  bool is_list = false;  ///< several values with commas between them
};

/// A command as its user sees it. The program itself is the root, whose path is empty.
struct CommandNode {
  std::string path;  ///< `track add`
  std::string name;
  std::string description;
  std::string footer;
  std::vector<OptionNode> options;
  std::vector<OptionNode> arguments;
  std::vector<CommandNode> commands;
};

/// The type of an option whose values are these: how the parser writes its own lists, so that help,
/// manual and completion find them.
std::string one_of_type(std::span<const std::string_view> values);

/// What the parser knows of `app` and of the commands below it.
CommandNode command_tree(const CLI::App& app);

/// The node and those below it, each before its own.
std::vector<const CommandNode*> all_commands(const CommandNode& root);

/// `tree` as the completion script of that shell. Names of suites, models, devices and words are
/// asked of `gpugauge completion --names`, so that new ones are found.
std::string bash_completion(const CommandNode& tree);
std::string zsh_completion(const CommandNode& tree);
std::string fish_completion(const CommandNode& tree);

}  // namespace gpugauge
