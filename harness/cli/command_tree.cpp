#include "harness/cli/command_tree.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace gpugauge {
namespace {

/// Those of `TEXT:{a,b}`, which is how the parser writes a value that is one of a list.
std::vector<std::string> listed_words(const std::string& type) {
  std::vector<std::string> words;
  const std::size_t open = type.find('{'), close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return words;
  for (std::size_t begin = open + 1; begin < close;) {
    const std::size_t end = std::min(type.find(',', begin), close);
    words.push_back(type.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

OptionNode node_of(const CLI::Option& option) {
  OptionNode node;
  for (const std::string& name : option.get_snames()) node.names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) node.names.push_back("--" + name);
  if (node.names.empty()) node.names.push_back(option.get_name());
  node.description = option.get_description();
  node.default_value = option.get_default_str();
  if (option.get_items_expected_max() == 0) return node;
  const std::string type = option.get_type_name();
  node.value = type.substr(0, type.find_first_of(":{ "));
  if (node.value.empty()) node.value = "TEXT";
  node.words = listed_words(type);
  node.is_list = option.get_delimiter() != '\0';
  return node;
}

CommandNode node_of(const CLI::App& app, const std::string& parent, bool is_root) {
  CommandNode node;
  node.name = app.get_name();
  if (!is_root) node.path = parent.empty() ? node.name : parent + " " + node.name;
  node.description = app.get_description();
  // A command without a footer of its own has its parent's.
  const CLI::App* above = app.get_parent();
  if (above == nullptr || above->get_footer() != app.get_footer()) node.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) {
    const bool has_name = !option->get_snames().empty() || !option->get_lnames().empty();
    (has_name ? node.options : node.arguments).push_back(node_of(*option));
  }
  const auto is_shown = [](const CLI::App* command) { return !command->get_group().empty(); };
  for (const CLI::App* command : app.get_subcommands(is_shown))
    node.commands.push_back(node_of(*command, node.path, false));
  return node;
}

void collect(const CommandNode& node, std::vector<const CommandNode*>& all) {
  all.push_back(&node);
  for (const CommandNode& command : node.commands) collect(command, all);
}

}  // namespace

std::string one_of_type(std::span<const std::string_view> values) {
  return fmt::format("TEXT:{{{}}}", fmt::join(values, ","));
}

CommandNode command_tree(const CLI::App& app) { return node_of(app, {}, true); }

std::vector<const CommandNode*> all_commands(const CommandNode& root) {
  std::vector<const CommandNode*> all;
  collect(root, all);
  return all;
}

}  // namespace gpugauge
