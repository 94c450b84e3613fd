#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <limits>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/base/error.hpp"

namespace gpugauge {

inline constexpr double kAnyHigh = std::numeric_limits<double>::infinity();
inline constexpr double kAnyLow = -kAnyHigh;
inline constexpr double kAboveZero = std::numeric_limits<double>::min();

/// How several values of one option are written; an option with one variable takes one value.
enum class ManyAs : std::uint8_t { kCommas, kRepeated, kWords };

/// What an option is, the same on every command that takes it.
struct OptionDefinition {
  std::string_view names;  ///< `-s,--suite`
  std::string_view value;  ///< what it takes: `SUITE`, `N`; empty for a flag
  std::string_view help;
  double low = kAnyLow, high = kAnyHigh;          ///< of a number, both allowed
  std::span<const std::string_view> one_of = {};  ///< the words there are; empty: any
  ManyAs many_as = ManyAs::kCommas;
  bool are_paths = false;  ///< values that may be: one that is there holds what commas it has
  bool (*is_valid)(std::string_view) = nullptr;
  std::string_view expected = {};  ///< what is valid, for refusals
  /// Words that say the same, of which `one_of` has one: `fp8_e4m3` and `fp8`.
  std::span<const std::string_view> synonyms = {};
  /// What a name is called by its config: `qwen3-14b` of `Qwen/Qwen3-14B`.
  std::string (*name_of)(const std::string&) = nullptr;
};

/// An option, or an argument without a name of its own, as one command takes it. The calls return
/// the option itself.
class CommandOption {
 public:
  CommandOption(const OptionDefinition& definition, std::string_view command);

  CommandOption& required();
  /// What this command adds to the help, which is then in parentheses: a default that is no value.
  CommandOption& detail(std::string text);
  /// The words there are, where they depend on the command.
  CommandOption& one_of(std::vector<std::string> words);
  /// Values that the completion offers: SUITE, MODEL, FORWARD_MODEL, DEVICE, CARD, CARD=, RESULT,
  /// WORD.
  CommandOption& names_of(std::string_view kind);
  /// How names are read, instead of the definition's way.
  CommandOption& named_by(std::string (*reads)(const std::string&));
  /// A name that was used before; taken with a hint.
  CommandOption& old_name(std::string_view name);
  /// A name that means something else on other commands; refused with this option's name.
  CommandOption& mistaken_for(std::string_view name);
  /// The word that a flag took before; taken with a hint.
  CommandOption& old_word(std::string_view word);
  /// The variable of the environment that is looked at where the option is absent.
  CommandOption& environment(std::string_view variable);
  /// How many values an argument takes.
  CommandOption& count(std::size_t least, std::size_t most);

  /// `cost: --gpus is '0', expected …`. Throws UsageError.
  [[noreturn]] void refuse(std::string_view found, std::string_view expected) const;
  [[noreturn]] void refuse_word(std::string_view found, std::span<const std::string> known) const;

  /// The word that is meant by what was written: case aside, one of `words`, or by another name.
  std::string meant(const std::string& text);

  const std::string& name() const { return names.back(); }
  bool is_flag() const { return value.empty(); }
  bool is_argument() const { return !names.front().starts_with('-'); }
  /// The help with the details in parentheses.
  std::string text() const;

  // What declarations fill in and parser, help, manual and completion read.
  std::vector<std::string> names;
  std::string value, help, asked, default_text, variable, command, expected;
  std::vector<std::string> details, words, old_names, mistaken_names;
  std::vector<std::string> taken;  ///< `Qwen3-14B is taken as qwen3-14b`
  std::span<const std::string_view> synonyms;
  std::string (*name_of)(const std::string&);
  std::string old_value;
  double low, high;
  bool (*is_valid)(std::string_view);
  bool are_paths = false, is_whole = false, is_number = false, is_list = false, is_required = false;
  ManyAs many_as;
  std::size_t least = 0, most = 1, given = 0;
  std::function<void(const std::string&)> store;  ///< reads what was written; throws UsageError
};

// What stands for one value. A value that is none is refused.
void read_value(const CommandOption& option, const std::string& text, std::string& target);
void read_value(const CommandOption& option, const std::string& text, double& target);
void read_value(const CommandOption& option, const std::string& text, std::int64_t& target);

template <std::integral T>
void read_value(const CommandOption& option, const std::string& text, T& target) {
  std::int64_t number = 0;
  read_value(option, text, number);
  if (!std::in_range<T>(number)) option.refuse(text, "a smaller number");
  target = static_cast<T>(number);
}

template <Tabulated Enum>
void read_value(const CommandOption& option, const std::string& text, Enum& target) {
  std::string word;
  read_value(option, text, word);
  target = from_name<Enum>(word).value();
}

namespace detail {

template <typename T>
struct ValueOf {
  using type = T;
  static constexpr bool kIsList = false;
};
template <typename T>
struct ValueOf<std::optional<T>> : ValueOf<T> {};
template <typename T>
struct ValueOf<std::vector<T>> {
  using type = T;
  static constexpr bool kIsList = true;
};

std::string default_text(const std::string& value);
std::string default_text(double value);
std::vector<std::string> split_values(const CommandOption& option, const std::string& text);

template <typename T>
void bind(CommandOption& option, T& target) {
  using Value = typename ValueOf<T>::type;
  option.is_list = ValueOf<T>::kIsList;
  option.is_whole = std::integral<Value>;
  option.is_number = std::is_arithmetic_v<Value>;
  if constexpr (Tabulated<Value>) {
    option.words.clear();
    for (const auto& row : EnumTable<Value>::rows) option.words.emplace_back(row.name);
    if constexpr (Tabulated<T>) option.default_text = name_of(target);
  } else if constexpr (std::is_same_v<T, std::string>) {
    option.default_text = default_text(target);
  } else if constexpr (std::is_arithmetic_v<T>) {
    option.default_text = default_text(static_cast<double>(target));
  } else if constexpr (ValueOf<T>::kIsList) {
    for (const Value& value : target) {
      if (!option.default_text.empty()) option.default_text += ',';
      if constexpr (std::is_arithmetic_v<Value>) {
        option.default_text += default_text(static_cast<double>(value));
      } else {
        option.default_text += default_text(value);
      }
    }
  }
  option.store = [&option, &target](const std::string& text) {
    if constexpr (ValueOf<T>::kIsList) {
      if (option.given == 0) target.clear();
      for (const std::string& part : split_values(option, text)) {
        Value value{};
        read_value(option, option.meant(part), value);
        target.push_back(std::move(value));
      }
    } else {
      Value value{};
      read_value(option, option.meant(text), value);
      target = std::move(value);
    }
  };
}

}  // namespace detail

/// A command: what it takes, the commands below it, and what it does. The program is the root,
/// whose path is empty.
class Command {
 public:
  explicit Command(std::string says) : description(std::move(says)) {}
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  Command& add_command(std::string word, std::string says, std::string ends = {});
  /// A command below this one that is called with its options, which it owns.
  template <typename Options>
  std::pair<Command&, Options&> add_command(std::string word, std::string says,
                                            ExitStatus (*runs)(const Options&), std::string ends) {
    Command& command = add_command(std::move(word), std::move(says), std::move(ends));
    auto owned = std::make_shared<Options>();
    command.run = [owned, runs] { return runs(*owned); };
    return {command, *owned};
  }

  CommandOption& flag(const OptionDefinition& definition, bool& target);
  template <typename T>
  CommandOption& option(const OptionDefinition& definition, T& target) {
    CommandOption& added = options.emplace_back(definition, path);
    detail::bind(added, target);
    return added;
  }
  /// A word by its place; a vector takes `count` of them, at least one unless told otherwise.
  template <typename T>
  CommandOption& argument(std::string_view word, T& target, std::string_view says) {
    CommandOption& added =
        arguments.emplace_back(OptionDefinition{.names = word, .value = word, .help = says}, path);
    detail::bind(added, target);
    added.default_text.clear();
    return added.count(1, added.is_list ? std::numeric_limits<std::size_t>::max() : 1);
  }

  const Command& root() const { return parent == nullptr ? *this : parent->root(); }
  std::string program() const { return path.empty() ? "gpugauge" : "gpugauge " + path; }
  /// The option of this name, of this command or of those above it. Null if there is none.
  CommandOption* find_option(std::string_view name);
  Command* find_command(std::string_view name);

  std::string path, name, description, footer;  ///< path: `track add`
  Command* parent = nullptr;
  std::list<CommandOption> options, arguments;  ///< lists, since they are pointed into
  std::list<Command> commands;
  std::function<ExitStatus()> run;
};

/// The command and those below it, each before its own.
std::vector<const Command*> all_commands(const Command& root);

}  // namespace gpugauge
