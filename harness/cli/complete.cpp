#include "harness/cli/complete.hpp"

#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "harness/config/catalog.hpp"
#include "harness/config/explanations.hpp"
#include "harness/device/open/open_device.hpp"

namespace gpugauge {
namespace {

using Names = std::vector<std::string>;

Names both(Names first, const Names& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Names device_names(const Catalog& catalog) {
  Names names{"best"};
  for (const DeviceInfo& device : discover_devices().devices) names.push_back(device.id);
  return both(std::move(names), catalog.datasheet_names());
}

/// As one word each, which is looked up all the same; without those that a shell would read.
Names explained_words(const Catalog& catalog) {
  Names words;
  const Explanations explanations = Explanations::load(catalog.root() / "explain.yaml");
  for (const Explanation& e : explanations.all()) {
    if (e.kind == WordKind::kColumn) continue;
    std::string word = e.name;
    std::replace(word.begin(), word.end(), ' ', '-');
    if (word.find_first_of("$%±/") == std::string::npos) words.push_back(std::move(word));
  }
  return words;
}

struct NamesRow {
  std::string_view value;  ///< as options call what they take
  Names (*of)(const Catalog&);
};
constexpr std::array kNames{
    NamesRow{"SUITE", [](const Catalog& c) { return c.suite_names(); }},
    NamesRow{"MODEL", [](const Catalog& c) { return c.model_names(); }},
    NamesRow{"FORWARD_MODEL",
             [](const Catalog& c) { return both(c.encoder_names(), c.diffusion_names()); }},
    NamesRow{"DEVICE", device_names},
    NamesRow{"RESULT", [](const Catalog& c) { return c.imported_names(); }},
    NamesRow{"CARD", [](const Catalog& c) { return c.datasheet_names(); }},
    NamesRow{"CARD=",
             [](const Catalog& c) {
               Names names = c.datasheet_names();
               for (std::string& name : names) name += '=';
               return names;
             }},
    NamesRow{"WORD", explained_words}};
constexpr const char* kFiles = ":files";

/// What an option or argument may be given.
Names values_of(const CommandOption& option) {
  if (!option.words.empty()) return option.words;
  Names values;
  for (const NamesRow& row : kNames) {
    if (row.value == option.asked) values = row.of(Catalog::locate());
  }
  const bool is_file = option.asked == "FILE" || option.asked == "FOLDER" || option.asked == "PATH";
  if (is_file || (option.is_argument() && option.asked != "PATTERN")) values.push_back(kFiles);
  return values;
}

/// The names of the command's options and of those above it.
Names option_names(const Command& command) {
  Names names;
  for (const CommandOption& option : command.options) names = both(std::move(names), option.names);
  return command.parent == nullptr ? names : both(std::move(names), option_names(*command.parent));
}

}  // namespace

void complete(std::ostream& out, Command& program, std::span<const std::string> words) {
  std::string current = words.empty() ? "" : words.back();
  Command* at = &program;
  CommandOption* open = nullptr;  // the option whose value comes next
  for (const std::string& word : words.first(words.empty() ? 0 : words.size() - 1)) {
    CommandOption* option = open == nullptr ? at->find_option(word) : nullptr;
    Command* command = open == nullptr ? at->find_command(word) : nullptr;
    if (command != nullptr) at = command;
    open = option != nullptr && !option->is_flag() ? option : nullptr;
  }
  const std::size_t equals = current.find('=');
  if (open == nullptr && current.starts_with("--") && equals != std::string::npos) {
    open = at->find_option(current.substr(0, equals));
    if (open == nullptr) return;
    current.erase(0, equals + 1);
  }
  Names offered;
  if (open != nullptr) {
    offered = values_of(*open);
  } else if (at->name == "help") {
    for (const Command& command : program.commands) offered.push_back(command.name);
  } else if (current.starts_with('-')) {
    offered = option_names(*at);
  } else {
    for (const Command& command : at->commands) offered.push_back(command.name);
    if (!at->arguments.empty())
      offered = both(std::move(offered), values_of(at->arguments.front()));
  }
  const std::size_t comma = current.rfind(',');
  const std::string head = comma == std::string::npos ? "" : current.substr(0, comma + 1);
  for (const std::string& word : offered) {
    if (word == kFiles) {
      out << kFiles << '\n';
    } else if (word.starts_with(std::string_view(current).substr(head.size()))) {
      out << head << word << '\n';
    }
  }
}

void print_options(std::ostream& out, const Command& command) {
  const auto or_dash = [](const std::string& text) { return text.empty() ? "-" : text; };
  for (const Command* at = &command; at != nullptr; at = at->parent) {
    for (const CommandOption& option : at->options)
      fmt::print(out, "{}\t{}\t{}\t{}\t{}\n", fmt::join(both(option.names, option.old_names), " "),
                 or_dash(option.value), option.is_number ? fmt::format("{}", option.low) : "-",
                 option.is_number ? fmt::format("{}", option.high) : "-",
                 or_dash(fmt::format("{}", fmt::join(option.words, " "))));
  }
}

}  // namespace gpugauge
