#include "harness/cli/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>

#include "build_info.hpp"
#include "harness/base/nearest.hpp"
#include "harness/cli/command.hpp"
#include "harness/cli/exit_statuses.hpp"
#include "harness/cli/logging.hpp"
#include "harness/record/schema.hpp"

namespace gpugauge {
namespace {

constexpr const char* kDescription =
    "gpugauge measures what a GPU (or this CPU) really does and says what that is worth.";
constexpr const char* kFooter = R"(
Begin with:
  gpugauge run                          measure the best device here, print the tables
  gpugauge doctor                       what is here, what is missing, what mends it
  gpugauge list --suite quick           what would be measured, without measuring
Then, from result files:
  gpugauge report FILE… -o page.html    all of it on one page, to look at and to hand on
  gpugauge datasheet FILE…              does it deliver its datasheet?
  gpugauge tokens FILE…                 tokens per second of a model's decode step
  gpugauge cost FILE… --hourly 2.49     dollars per million tokens
  gpugauge serve FILE… --model …        TTFT, TPOT and tokens per second of requests
  gpugauge advise FILE… --model …       which card to rent, and what would change that
  gpugauge break-even A.json B.json …   which of two cards is cheaper, and what would flip that
  gpugauge forward FILE… --model …      embeddings or images per hour
  gpugauge compare BASE OTHER…          what changed, and is it more than noise?
  gpugauge audit CLAIMS FILE…           what holds of what somebody wrote
  gpugauge track check FILE…            is it as fast as on the nights before?
Anything on the screen:
  gpugauge explain WORD…                what a case, metric, flag or column means, and what to try
)";

/// Every name that the parser would have taken at this place: of `app` and of the commands given.
std::vector<std::string> known_words(const CLI::App& app) {
  std::vector<std::string> words;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
  }
  for (const CLI::App* command : app.get_subcommands()) {
    for (std::string& word : known_words(*command)) words.push_back(std::move(word));
  }
  return words;
}

/// The parser's complaint, with the nearest name where a word was not known.
std::string explain(const CLI::App& app, const CLI::ParseError& error) {
  std::vector<std::string> unknown = app.remaining(true);
  if (unknown.empty()) return error.what();
  const std::string word = unknown.front().substr(0, unknown.front().find('='));
  std::string message = fmt::format("'{}' is neither a command nor an option here", word);
  if (const auto meant = nearest(word, known_words(app)))
    message += fmt::format("; did you mean '{}'?", *meant);
  return message + " (gpugauge --help lists them)";
}

}  // namespace

ExitStatus run_app(const std::vector<std::string>& arguments) {
  if (arguments == std::vector<std::string>{"__schema"}) {
    std::cout << result_schema();
    return ExitStatus::kDone;
  }
  GlobalOptions global;
  global.command_line = arguments;
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes != arguments.end()) global.benchmark_arguments.assign(dashes + 1, arguments.end());

  CLI::App app(kDescription, "gpugauge");
  app.footer(kFooter + exit_status_help());
  app.set_version_flag("--version",
                       fmt::format("gpugauge {} ({})", build_info::kVersion, build_info::kGitSha));
  app.add_flag("-q,--quiet", global.quiet, "no progress; log only warnings and errors");
  app.add_flag("-v,--verbose", global.verbose, "log what happens, to stderr");
  app.require_subcommand(1);
  app.fallthrough();

  Action action;
  for (auto* add :
       {add_run_command,        add_list_command,    add_show_command,    add_datasheet_command,
        add_tokens_command,     add_cost_command,    add_serve_command,   add_export_command,
        add_break_even_command, add_forward_command, add_compare_command, add_ab_command,
        add_selftest_command,   add_audit_command,   add_track_command,   add_advise_command,
        add_report_command,     add_explain_command, add_man_command,     add_completion_command,
        add_doctor_command,     add_prices_command}) {
    add(app, global, action);
  }

  // CLI11 wants the words in reverse order.
  std::vector<std::string> words(arguments.begin(), dashes);
  std::reverse(words.begin(), words.end());
  try {
    app.parse(words);
  } catch (const CLI::Success& shown) {  // --help and --version
    app.exit(shown, std::cout, std::cerr);
    return ExitStatus::kDone;
  } catch (const CLI::ParseError& error) {
    throw UsageError(explain(app, error));
  }
  if (!global.benchmark_arguments.empty() && !app.got_subcommand("run")) {
    throw UsageError("only 'gpugauge run' takes arguments after '--'");
  }
  set_up_logging(global);
  return action();
}

}  // namespace gpugauge
