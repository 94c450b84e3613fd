#include "harness/cli/parse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "harness/cli/commands.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// The program's own commands.
struct Program {
  Program() { add_commands(root, global); }
  GlobalOptions global;
  Command root{"all of it"};
};

TEST(Options, HaveOneMeaningOnEveryCommand) {
  using Meaning = std::tuple<std::string, std::string, double, double, int, bool, bool>;
  std::map<std::string, Meaning> meanings;
  std::size_t uses = 0;
  Program program;
  for (const Command* command : all_commands(program.root)) {
    for (const CommandOption& option : command->options) {
      const Meaning meaning{option.help,
                            option.value,
                            option.low,
                            option.high,
                            static_cast<int>(option.many_as),
                            option.is_number,
                            option.is_whole};
      for (const std::string& name : option.names) {
        const auto [known, is_new] = meanings.try_emplace(name, meaning);
        EXPECT_EQ(known->second, meaning) << command->path << " " << name;
        ++uses;
      }
    }
  }
  EXPECT_GT(uses, 150u);
}

TEST(Options, HaveTheSameWordsEverywhereButWhereTheCommandDefinesThem) {
  std::map<std::string, std::vector<std::string>> words;
  Program program;
  for (const Command* command : all_commands(program.root)) {
    for (const CommandOption& option : command->options) {
      if (option.name() == "--fail-on" || command->path == "export") continue;
      if (command->path == "track check" && option.name() == "--format") continue;  // github, too
      const auto [known, is_new] = words.try_emplace(option.name(), option.words);
      EXPECT_EQ(known->second, option.words) << command->path << " " << option.name();
    }
  }
}

/// `--context` of one command must not be the prompt where it is the cache on the others.
TEST(Options, OldNamesAreTakenByNoOptionOfAnyCommand) {
  Program program;
  std::set<std::string> names;
  for (const Command* command : all_commands(program.root)) {
    for (const CommandOption& option : command->options)
      names.insert(option.names.begin(), option.names.end());
  }
  for (const Command* command : all_commands(program.root)) {
    for (const CommandOption& option : command->options) {
      for (const std::string& name : option.old_names)
        EXPECT_FALSE(names.contains(name)) << command->path << " " << name;
    }
  }
}

TEST(Options, ANameOfAnotherMeaningIsRefusedWithTheRightOne) {
  const auto refusal = [](const std::vector<std::string>& words) {
    try {
      Program program;
      parse(program.root, words);
      return std::string("taken");
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
  };
  EXPECT_EQ(refusal({"advise", "--context", "1024"}),
            "advise: found --context, expected --input-tokens (tokens of a request's prompt)");
  EXPECT_EQ(refusal({"serve", "--context=1024"}),
            "serve: found --context, expected --input-tokens (tokens of a request's prompt)");
  EXPECT_EQ(refusal({"break-even", "--output", "9"}),
            "break-even: found --output, expected --output-tokens (output length, in tokens)");
  EXPECT_EQ(refusal({"cost", "--gpus", "2"}),
            "cost: found --gpus, expected --billed-gpus (GPUs that are billed)");
}

/// Each option of each command refuses what is none of its values in one line that names the
/// command, the option, what was found and what is expected.
TEST(Options, RefuseWhatIsNoneOfTheirValues) {
  std::size_t refused = 0;
  const auto refuses = [&](const std::string& path, const std::string& name,
                           const std::string& value, const std::string& found) {
    Program program;
    std::vector<std::string> words;
    for (std::size_t at = 0; at < path.size();) {
      const std::size_t end = std::min(path.find(' ', at), path.size());
      words.push_back(path.substr(at, end - at));
      at = end + 1;
    }
    words.push_back(name + "=" + value);
    try {
      parse(program.root, words);
      ADD_FAILURE() << path << " takes " << name << " " << value;
    } catch (const UsageError& error) {
      const std::string message = error.what();
      EXPECT_THAT(message, testing::StartsWith(path + ": " + name + " is '" + found + "'"));
      EXPECT_THAT(message, HasSubstr("expected "));
      EXPECT_LT(message.size(), 200u) << message;
      EXPECT_EQ(message.find('\n'), std::string::npos);
      ++refused;
    }
  };
  Program program;
  for (const Command* command : all_commands(program.root)) {
    for (const CommandOption& option : command->options) {
      const auto wrong = [&](const std::string& value) {
        refuses(command->path, option.name(), value, value);
      };
      if (option.is_number || !option.words.empty()) wrong("many");
      if (option.is_number) {
        wrong("nan");
        wrong("1e999");
        if (option.low != kAnyLow) wrong("-1");
        if (option.low > 0) wrong("0");
        if (option.is_whole) wrong("1.5");
      }
      const bool has_values = option.is_number || !option.words.empty();
      if (has_values && option.is_list) refuses(command->path, option.name(), "wrnng,", "wrnng");
      if (has_values && !option.is_list) {
        const std::string two = option.words.empty() ? "1,2" : option.words[0] + ",x";
        wrong(two);
      }
    }
  }
  EXPECT_GT(refused, 200u);
}

/// A command with an option of each kind.
struct Small {
  Small() {
    Command& run = root.add_command("run", "runs");
    run.option({.names = "-n,--number", .value = "N", .help = "a number", .low = 1}, number);
    run.option({.names = "--list", .value = "N", .help = "numbers"}, list).old_name("--numbers");
    run.option({.names = "--files", .value = "FILE", .help = "f", .many_as = ManyAs::kWords},
               files);
    run.flag({.names = "-a,--all", .value = "", .help = "all"}, all).old_word("ok");
    run.flag({.names = "-b", .value = "", .help = "b"}, b);
    run.argument("FILE", arguments, "files").count(1, 2);
    run.run = [] { return ExitStatus::kDone; };
  }
  Parsed parsed(std::vector<std::string> words) {
    words.insert(words.begin(), "run");
    return parse(root, words);
  }
  std::string refusal(std::vector<std::string> words) {
    try {
      parsed(std::move(words));
    } catch (const UsageError& error) {
      return error.what();
    }
    return "taken";
  }

  Command root{"small"};
  std::int64_t number = 7;
  std::vector<int> list{1, 2};
  std::vector<std::string> files, arguments;
  bool all = false, b = false;
};

TEST(Parser, TakesValuesInEveryWayOfWritingThem) {
  Small small;
  small.parsed({"-n", "3", "a", "--list=4,5", "--list", "6", "-ab"});
  EXPECT_EQ(small.number, 3);
  EXPECT_THAT(small.list, ElementsAre(4, 5, 6));  // in place of the default
  EXPECT_THAT(small.arguments, ElementsAre("a"));
  EXPECT_TRUE(small.all && small.b);

  Small attached;
  attached.parsed({"-n4", "a", "--files", "x", "y", "-a", "b"});
  EXPECT_EQ(attached.number, 4);
  EXPECT_THAT(attached.files, ElementsAre("x", "y"));
  EXPECT_THAT(attached.arguments, ElementsAre("a", "b"));
}

TEST(Parser, OldSpellingsAreTakenWithAHint) {
  Small small;
  EXPECT_THAT(small.parsed({"a", "--numbers", "3", "--all", "ok"}).hints,
              ElementsAre("--numbers is now --list", "--all ok is now --all"));
  EXPECT_THAT(small.list, ElementsAre(3));
  EXPECT_THAT(small.arguments, ElementsAre("a"));
  EXPECT_TRUE(small.parsed({"a"}).hints.empty());
}

TEST(Parser, SaysWhatWasFoundWhereAndWhatIsExpected) {
  const std::vector<std::pair<std::vector<std::string>, std::string>> refusals{
      {{"a", "-n", "0"}, "run: --number is '0', expected a whole number above 0"},
      {{"a", "-n", "1,2"}, "run: --number is '1,2', a list, expected one value: a whole number"},
      {{"a", "-n", "1", "-n", "2"}, "run: --number is given twice, expected once"},
      {{"a", "--list", "1,x"}, "run: --list is 'x', expected a whole number"},
      {{"a", "--list", "99999999999"}, "run: --list is '99999999999', expected a smaller number"},
      {{"a", "--list"}, "run: --list has no value, expected N: numbers"},
      {{"a", "--list", "--all"}, "run: --list has no value"},
      {{"a", "--list="}, "run: --list has no value"},
      {{"a", "--all=yes"}, "run: --all takes no value, found 'yes'"},
      {{"a", "--lst", "3"},
       "run: '--lst' is neither a command nor an option here; did you mean '--list'?"},
      {{}, "run needs FILE (files)"},
      {{"a", "b", "c"}, "run: 'c' is one FILE too many, expected 2"}};
  for (const auto& [words, expected] : refusals)
    EXPECT_THAT(Small().refusal(words), testing::StartsWith(expected));
}

TEST(Options, AModelsPathHoldsWhatCommasItHas) {
  const auto folder = std::filesystem::path(testing::TempDir()) / "a,b" / "m";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "config.json") << "{}";
  const std::string path = (folder / "config.json").string();
  const auto values = [](const std::string& text) {
    std::vector<std::string> models;
    Command command("does");
    command.option(
        OptionDefinition{.names = "--model", .value = "MODEL", .help = "", .are_paths = true},
        models);
    const std::vector<std::string> words{"--model", text};
    parse(command, words);
    return models;
  };
  EXPECT_THAT(values(path), ElementsAre(path));
  EXPECT_THAT(values("x=" + path), ElementsAre("x=" + path));
  EXPECT_THAT(values("p,q"), ElementsAre("p", "q"));
}

}  // namespace
}  // namespace gpugauge
