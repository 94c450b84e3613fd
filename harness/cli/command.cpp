#include "harness/cli/command.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>

#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"

namespace gpugauge {
namespace {

std::vector<std::string> words_between(std::string_view text, char separator) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// `a whole number from 1 to 8`.
std::string expected_number(const CommandOption& option) {
  const std::string kind = option.is_whole ? "a whole number" : "a number";
  const bool is_positive = option.low == kAboveZero || (option.is_whole && option.low == 1);
  const bool has_end = option.high != kAnyHigh;
  if (is_positive && has_end && option.low == kAboveZero)
    return fmt::format("{} above 0, up to {}", kind, option.high);
  if (has_end) return fmt::format("{} from {} to {}", kind, option.low, option.high);
  if (is_positive) return kind + " above 0";
  if (option.low != kAnyLow) return fmt::format("{} of at least {}", kind, option.low);
  return kind;
}

template <typename Number>
Number number_of(const CommandOption& option, const std::string& text) {
  const std::optional<Number> number = parse_number<Number>(text);
  const double value = number ? static_cast<double>(*number) : std::nan("");
  if (std::isfinite(value) && value >= option.low && value <= option.high) return *number;
  option.refuse(text, expected_number(option));
}

}  // namespace

namespace {

/// Whether `PATH` or `NAME=PATH` is there.
bool names_a_file(const std::string& text) {
  std::error_code ignored;
  return std::filesystem::exists(text, ignored) ||
         std::filesystem::exists(text.substr(text.find('=') + 1), ignored);
}

}  // namespace

namespace detail {

std::string default_text(const std::string& value) { return value; }
std::string default_text(double value) { return fmt::format("{}", value); }

std::vector<std::string> split_values(const CommandOption& option, const std::string& text) {
  if (option.is_argument() || option.many_as != ManyAs::kCommas) return {text};
  if (option.are_paths && names_a_file(text)) return {text};
  std::vector<std::string> values = words_between(text, ',');
  if (values.empty()) values.push_back(text);
  return values;
}

}  // namespace detail

CommandOption::CommandOption(const OptionDefinition& definition, std::string_view of_command)
    : value(definition.value),
      help(definition.help),
      asked(definition.value),
      command(of_command),
      expected(definition.expected),
      words(definition.one_of.begin(), definition.one_of.end()),
      synonyms(definition.synonyms),
      name_of(definition.name_of),
      low(definition.low),
      high(definition.high),
      is_valid(definition.is_valid),
      are_paths(definition.are_paths),
      many_as(definition.many_as) {
  names = value == definition.names ? std::vector{value} : words_between(definition.names, ',');
}

CommandOption& CommandOption::required() {
  is_required = true;
  default_text.clear();
  return *this;
}

CommandOption& CommandOption::detail(std::string text) {
  details.push_back(std::move(text));
  return *this;
}

CommandOption& CommandOption::one_of(std::vector<std::string> known) {
  words = std::move(known);
  return *this;
}

CommandOption& CommandOption::names_of(std::string_view kind) {
  asked = kind;
  return *this;
}

CommandOption& CommandOption::named_by(std::string (*reads)(const std::string&)) {
  name_of = reads;
  return *this;
}

std::string CommandOption::meant(const std::string& text) {
  if (name_of != nullptr) {
    const std::string named = name_of(text);
    if (named != text) taken.push_back(fmt::format("{} is taken as {}", text, named));
    return named;
  }
  const std::string lower = in_lower_case(text);
  const auto says_it = [&](std::string_view word) {
    return std::find(synonyms.begin(), synonyms.end(), word) != synonyms.end();
  };
  for (const std::string& word : words) {
    if (in_lower_case(word) == lower || (says_it(word) && says_it(lower))) return word;
  }
  return text;
}

CommandOption& CommandOption::old_name(std::string_view old) {
  old_names.emplace_back(old);
  return *this;
}

CommandOption& CommandOption::mistaken_for(std::string_view other) {
  mistaken_names.emplace_back(other);
  return *this;
}

CommandOption& CommandOption::old_word(std::string_view word) {
  old_value = word;
  return *this;
}

CommandOption& CommandOption::environment(std::string_view name) {
  variable = name;
  default_text += fmt::format("{}${}", default_text.empty() ? "" : ", or ", name);
  return *this;
}

CommandOption& CommandOption::count(std::size_t at_least, std::size_t at_most) {
  least = at_least;
  most = at_most;
  is_required = least > 0;
  return *this;
}

void CommandOption::refuse(std::string_view found, std::string_view wanted) const {
  const bool is_surplus =
      !is_list && (is_number || !words.empty()) && found.find(',') != std::string_view::npos;
  throw UsageError(
      fmt::format("{}: {} is {}{}, expected {}", command, name(), in_quotes(found),
                  is_surplus ? ", a list" : "",
                  is_surplus ? fmt::format("one value: {}", wanted) : std::string(wanted)));
}

void CommandOption::refuse_word(std::string_view found, std::span<const std::string> known) const {
  // expected_names begins with `expected`, which refuse says.
  refuse(found, std::string_view(expected_names(found, known)).substr(sizeof("expected")));
}

std::string CommandOption::text() const {
  std::string result = help;
  if (is_required && !is_argument()) result += " (required)";
  if (!default_text.empty()) result += fmt::format(" (default: {})", default_text);
  for (const std::string& more : details) result += fmt::format(" ({})", more);
  return result;
}

void read_value(const CommandOption& option, const std::string& text, std::string& target) {
  const auto& words = option.words;
  if (!words.empty() && std::find(words.begin(), words.end(), text) == words.end())
    option.refuse_word(text, words);
  if (option.is_valid != nullptr && !option.is_valid(text)) option.refuse(text, option.expected);
  target = text;
}

void read_value(const CommandOption& option, const std::string& text, double& target) {
  target = number_of<double>(option, text);
}

void read_value(const CommandOption& option, const std::string& text, std::int64_t& target) {
  std::string word;
  read_value(option, text, word);  // refuses a number that is not among those listed
  target = number_of<std::int64_t>(option, text);
}

Command& Command::add_command(std::string word, std::string says, std::string ends) {
  Command& added = commands.emplace_back(std::move(says));
  added.parent = this;
  added.path = path.empty() ? word : path + " " + word;
  added.name = std::move(word);
  added.footer = std::move(ends);
  return added;
}

CommandOption& Command::flag(const OptionDefinition& definition, bool& target) {
  CommandOption& added = options.emplace_back(definition, path);
  added.store = [&target](const std::string&) { target = true; };
  return added;
}

CommandOption* Command::find_option(std::string_view wanted) {
  const auto has = [&](const std::vector<std::string>& names) {
    return std::find(names.begin(), names.end(), wanted) != names.end();
  };
  for (CommandOption& option : options) {
    if (has(option.names) || has(option.old_names)) return &option;
  }
  return parent == nullptr ? nullptr : parent->find_option(wanted);
}

Command* Command::find_command(std::string_view wanted) {
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [&](const Command& c) { return c.name == wanted; });
  return found == commands.end() ? nullptr : &*found;
}

std::vector<const Command*> all_commands(const Command& root) {
  std::vector<const Command*> all{&root};
  for (const Command& command : root.commands) {
    const auto below = all_commands(command);
    all.insert(all.end(), below.begin(), below.end());
  }
  return all;
}

}  // namespace gpugauge
