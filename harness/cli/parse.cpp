#include "harness/cli/parse.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "harness/base/nearest.hpp"
#include "harness/cli/help_text.hpp"

namespace gpugauge {
namespace {

class Parser {
 public:
  Parser(Command& root, std::span<const std::string> words) : at_(&root), words_(words) {}

  Parsed parsed() {
    while (next_ < words_.size() && !parsed_.help) {
      const std::string& word = words_[next_++];
      if (word.starts_with('-') && word.size() > 1) {
        take_option(word);
      } else if (Command* command = at_->find_command(word)) {
        at_ = command;
      } else {
        take_argument(word);
      }
    }
    parsed_.command = at_;
    parsed_.needs_command = !at_->commands.empty();
    if (!parsed_.help && !parsed_.needs_command) check();
    return std::move(parsed_);
  }

 private:
  /// `--name value`, `--name=value`, `-n value`, `-nvalue`, and flags together as `-qv`.
  void take_option(const std::string& word) {
    const bool is_long = word.starts_with("--");
    const std::size_t name_end = is_long ? std::min(word.find('='), word.size()) : 2;
    const std::string name = word.substr(0, name_end);
    CommandOption* option = at_->find_option(name);
    if (option == nullptr) refuse_unknown(name);
    const bool is_old =
        std::find(option->names.begin(), option->names.end(), name) == option->names.end();
    if (is_old) parsed_.hints.push_back(fmt::format("{} is now {}", name, option->name()));
    std::string attached = word.substr(name_end);
    if (option->name() == "--help" || option->name() == "--version") parsed_.help = true;
    if (option->is_flag()) {
      take_flag(*option, attached);
    } else if (!attached.empty()) {
      if (is_long) attached.erase(0, 1);
      if (attached.empty()) refuse_no_value(*option);
      store(*option, attached);
    } else {
      take_values(*option);
    }
  }

  void take_flag(CommandOption& option, const std::string& attached) {
    const bool takes_next = !option.old_value.empty() && attached.empty() &&
                            next_ < words_.size() && words_[next_] == option.old_value;
    const bool is_old =
        takes_next || (!option.old_value.empty() && attached == "=" + option.old_value);
    if (takes_next) ++next_;
    if (is_old)
      parsed_.hints.push_back(fmt::format("{0} {1} is now {0}", option.name(), option.old_value));
    if (attached.starts_with('=') && !is_old)
      throw UsageError(fmt::format("{}: {} takes no value, found {}", at_->path, option.name(),
                                   in_quotes(attached.substr(1))));
    store(option, {});
    if (!attached.empty() && !is_old) take_option("-" + attached);
  }

  void take_values(CommandOption& option) {
    if (next_ == words_.size() || is_known_option(words_[next_])) refuse_no_value(option);
    store(option, words_[next_++]);
    while (option.many_as == ManyAs::kWords && next_ < words_.size() &&
           !words_[next_].starts_with('-'))
      store(option, words_[next_++]);
  }

  void take_argument(const std::string& word) {
    for (CommandOption& argument : at_->arguments) {
      if (argument.given == argument.most) continue;
      store(argument, word);
      return;
    }
    if (at_->arguments.empty()) refuse_unknown(word);
    const CommandOption& last = at_->arguments.back();
    throw UsageError(fmt::format("{}: {} is one {} too many, expected {}", at_->path,
                                 in_quotes(word), last.name(), last.most));
  }

  void store(CommandOption& option, const std::string& text) {
    if (option.given > 0 && !option.is_list && !option.is_flag())
      throw UsageError(
          fmt::format("{}: {} is given twice, expected once", at_->path, option.name()));
    option.store(text);
    ++option.given;
    parsed_.hints.insert(parsed_.hints.end(), option.taken.begin(), option.taken.end());
    option.taken.clear();
  }

  bool is_known_option(const std::string& word) const {
    return word.starts_with("--") && at_->find_option(word.substr(0, word.find('='))) != nullptr;
  }

  /// What was not given, and what the environment says of it. All that is missing is named at once.
  void check() {
    std::vector<std::string> missing;
    for (const CommandOption& argument : at_->arguments) {
      if (argument.given >= argument.least) continue;
      const bool is_again = argument.given > 0;
      missing.push_back(fmt::format(
          "{}{} ({})", is_again ? "another " : "", argument.name(),
          argument.words.empty() ? argument.help
                                 : fmt::format("one of {}", fmt::join(argument.words, ", "))));
    }
    for (CommandOption& option : at_->options) {
      const char* text = std::getenv(option.variable.c_str());
      if (option.given == 0 && text != nullptr && *text != '\0') store(option, text);
      if (option.is_required && option.given == 0)
        missing.push_back(fmt::format("{} ({})", option.name(), option.help));
    }
    if (missing.empty()) return;
    const std::string last = missing.back();
    missing.pop_back();
    const std::string example = first_example(*at_);
    throw UsageError(fmt::format("{} needs {}{}{}{}", at_->path, fmt::join(missing, ", "),
                                 missing.empty() ? "" : " and ", last,
                                 example.empty() ? "" : "; e.g. " + example));
  }

  [[noreturn]] void refuse_no_value(const CommandOption& option) const {
    throw UsageError(fmt::format("{}: {} has no value, expected {}", at_->path, option.name(),
                                 option.words.empty()
                                     ? option.value + ": " + option.help
                                     : fmt::format("one of {}", fmt::join(option.words, ", "))));
  }

  [[noreturn]] void refuse_unknown(const std::string& word) const {
    for (const CommandOption& option : at_->options) {
      const std::vector<std::string>& mistaken = option.mistaken_names;
      if (std::find(mistaken.begin(), mistaken.end(), word) != mistaken.end())
        throw UsageError(fmt::format("{}: found {}, expected {} ({})", at_->path, word,
                                     option.name(), option.help));
    }
    std::vector<std::string> known;
    for (const Command& command : at_->commands) known.push_back(command.name);
    for (const Command* command = at_; command != nullptr; command = command->parent) {
      for (const CommandOption& option : command->options)
        known.insert(known.end(), option.names.begin(), option.names.end());
    }
    const auto meant = nearest(word, known);
    throw UsageError(
        fmt::format("{}{} is neither a command nor an option here{} ({} --help lists "
                    "them)",
                    at_->path.empty() ? "" : at_->path + ": ", in_quotes(word),
                    meant ? fmt::format("; did you mean '{}'?", *meant) : "", at_->program()));
  }

  Command* at_;
  std::span<const std::string> words_;
  std::size_t next_ = 0;
  Parsed parsed_;
};

}  // namespace

Parsed parse(Command& root, std::span<const std::string> words) {
  return Parser(root, words).parsed();
}

}  // namespace gpugauge
