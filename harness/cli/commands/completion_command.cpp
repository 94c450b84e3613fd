#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iostream>
#include <memory>

#include "harness/cli/command.hpp"
#include "harness/cli/command_tree.hpp"
#include "harness/config/catalog.hpp"
#include "harness/config/explanations.hpp"
#include "harness/device/open/open_device.hpp"

namespace gpugauge {
namespace {

constexpr const char* kCompletionExamples = R"(
Examples:
  source <(gpugauge completion bash)                                     for this shell
  gpugauge completion bash > ~/.local/share/bash-completion/completions/gpugauge
  gpugauge completion zsh > ~/.zfunc/_gpugauge                           with ~/.zfunc in $fpath
  gpugauge completion fish > ~/.config/fish/completions/gpugauge.fish)";

using Names = std::vector<std::string>;

Names both(Names first, const Names& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Names device_names(const Catalog& catalog) {
  Names names{"best"};
  for (const DeviceInfo& device : discover_devices()) names.push_back(device.id);
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
  const char* value;  ///< as options call what they take
  Names (*of)(const Catalog&);
};
constexpr std::array kNames{
    NamesRow{"SUITE", [](const Catalog& c) { return c.suite_names(); }},
    NamesRow{"MODEL", [](const Catalog& c) { return c.model_names(); }},
    NamesRow{"FORWARD_MODEL",
             [](const Catalog& c) { return both(c.encoder_names(), c.diffusion_names()); }},
    NamesRow{"DEVICE", device_names},
    NamesRow{"CARD", [](const Catalog& c) { return c.datasheet_names(); }},
    NamesRow{"WORD", explained_words}};

struct ShellRow {
  const char* name;
  std::string (*script)(const CommandNode&);
};
constexpr std::array kShells{ShellRow{"bash", bash_completion}, ShellRow{"zsh", zsh_completion},
                             ShellRow{"fish", fish_completion}};

template <typename Rows, typename Get>
Names listed(const Rows& rows, Get get) {
  Names names;
  for (const auto& row : rows) names.emplace_back(get(row));
  return names;
}

struct CompletionOptions {
  std::string shell;
  std::string names;
};

ExitStatus complete(const CLI::App& app, const CompletionOptions& options) {
  if (options.shell.empty() == options.names.empty())
    throw UsageError("completion: expected one of a shell (bash, zsh, fish) and --names");
  for (const ShellRow& row : kShells) {
    if (row.name == options.shell) std::cout << row.script(command_tree(app));
  }
  for (const NamesRow& row : kNames) {
    if (row.value != options.names) continue;
    for (const std::string& name : row.of(Catalog::locate())) std::cout << name << '\n';
  }
  return ExitStatus::kDone;
}

}  // namespace

void add_completion_command(CLI::App& app, const GlobalOptions&, Action& action) {
  auto* command = app.add_subcommand("completion", "a script that completes words in a shell");
  auto options = std::make_shared<CompletionOptions>();
  command->add_option("shell", options->shell, "the shell that is to complete")
      ->check(CLI::IsMember(listed(kShells, [](const ShellRow& row) { return row.name; })));
  command->add_option("--names", options->names, "the names there are of this kind, one a line")
      ->check(CLI::IsMember(listed(kNames, [](const NamesRow& row) { return row.value; })));
  command->footer(kCompletionExamples);
  command->callback([=, &app, &action] { action = [=, &app] { return complete(app, *options); }; });
}

}  // namespace gpugauge
