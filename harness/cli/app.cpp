#include "harness/cli/app.hpp"

#include <fmt/ostream.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iostream>

#include "build_info.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/complete.hpp"
#include "harness/cli/exit_statuses.hpp"
#include "harness/cli/help_text.hpp"
#include "harness/cli/logging.hpp"
#include "harness/cli/parse.hpp"
#include "harness/record/schema.hpp"

/// The C library that scripts/portable.sh linked it for; of other builds it is not there.
extern "C" [[gnu::weak]] const char* const gpugauge_portable;

namespace gpugauge {
namespace {

constexpr const char* kDescription =
    "gpugauge measures what a GPU (or this CPU) really does and says what that is worth.";
constexpr const char* kFooter = R"(
Begin with:
  gpugauge run                          measure the best device here, print the tables
  gpugauge doctor                       what is installed, what is missing, how to fix it
  gpugauge list --suite quick           what would be measured, without measuring
Without a card, from numbers that others measured:
  gpugauge advise --model llama-3.1-8b  which card to rent
Then, from result files or by the names of such cards (h100-sxm5, l40s, …):
  gpugauge report FILE…                 all of it on one page for a browser
  gpugauge datasheet FILE…              does it deliver its datasheet?
  gpugauge tokens FILE…                 tokens per second of a model's decode step
  gpugauge cost FILE… --hourly 2.49     dollars per million tokens
  gpugauge serve FILE… --model …        TTFT, TPOT and tokens per second of requests
  gpugauge advise FILE… --model …       which card to rent, and what would change the answer
  gpugauge break-even A B --model …     where two cards cost the same
  gpugauge forward FILE… --model …      embeddings or images per hour
  gpugauge compare BASE OTHER…          which cases changed beyond noise?
  gpugauge audit CLAIMS FILE…           which claims of a text hold
  gpugauge track check FILE…            is it slower than the nights before?
Anything on the screen:
  gpugauge explain WORD…                what a case, metric, flag or column means, and what to try
)";

constexpr const char* kBareText =
    R"(gpugauge measures what a GPU does and says what that is worth. Ask:
  with a card:     gpugauge run        its peaks, tokens per second and price
  without a card:  gpugauge advise --model llama-3.1-8b       which card to rent
                   gpugauge tokens h100-sxm5 --model llama-3.1-8b    also cost …
  more:            gpugauge help [COMMAND], gpugauge explain WORD
)";

// What holds for every command.
constexpr OptionDefinition kHelp{"-h,--help", "", "print this help message and exit"};
constexpr OptionDefinition kVersion{"--version", "",
                                    "print the version, how it was built, and exit"};
constexpr OptionDefinition kQuiet{"-q,--quiet", "",
                                  "no progress line; log only warnings and errors"};
constexpr OptionDefinition kVerbose{"-v,--verbose", "", "log details to stderr"};

std::string version_text() {
  std::string text =
      fmt::format("gpugauge {} ({})\n{} {}", build_info::kVersion, build_info::kGitSha,
                  build_info::kCompiler, build_info::kBuildType);
  if (build_info::kCudaToolkitVersion.empty()) {
    text += ", no CUDA";
  } else {
    text += fmt::format(", CUDA {} for {}", build_info::kCudaToolkitVersion,
                        build_info::kCudaArchitectures);
  }
  if (&gpugauge_portable != nullptr) text += fmt::format(", {} or newer", gpugauge_portable);
  return text + "\n";
}

}  // namespace

void add_commands(Command& program, const GlobalOptions& global) {
  add_run_command(program, global);
  for (auto* add :
       {add_list_command,    add_show_command,    add_datasheet_command, add_tokens_command,
        add_cost_command,    add_serve_command,   add_export_command,    add_break_even_command,
        add_forward_command, add_compare_command, add_ab_command,        add_selftest_command,
        add_audit_command,   add_track_command,   add_advise_command,    add_report_command,
        add_explain_command, add_help_command,    add_man_command,       add_completion_command,
        add_doctor_command})
    add(program);
}

ExitStatus run_app(const std::vector<std::string>& given) {
  std::vector<std::string> arguments = given;
  if (arguments == std::vector<std::string>{"__schema"}) {
    std::cout << result_schema();
    return ExitStatus::kDone;
  }
  GlobalOptions global;
  if (arguments.size() > 2 && arguments[0] == kContinueWord) {
    global.continued_journal = arguments[1];
    arguments.erase(arguments.begin(), arguments.begin() + 2);
  }
  global.command_line = arguments;
  Command program(kDescription);
  program.footer = kFooter + exit_status_help();
  bool help = false, version = false;
  program.flag(kHelp, help);
  program.flag(kVersion, version);
  program.flag(kQuiet, global.quiet);
  program.flag(kVerbose, global.verbose);
  add_commands(program, global);
  // For scripts/refresh_prices.py: neither help nor completion shows it.
  if (!arguments.empty() && arguments.front() == "prices") add_prices_command(program);

  if (!arguments.empty() && arguments.front() == "__complete") {
    complete(std::cout, program, std::span(arguments).subspan(1));
    return ExitStatus::kDone;
  }
  if (arguments == std::vector<std::string>{"__options", "run"}) {
    print_options(std::cout, *program.find_command("run"));
    return ExitStatus::kDone;
  }
  const auto dashes = std::find(arguments.begin(), arguments.end(), "--");
  if (dashes != arguments.end()) global.benchmark_arguments.assign(dashes + 1, arguments.end());
  const Parsed parsed = parse(program, {arguments.begin(), dashes});
  if (version) {
    std::cout << version_text();
    return ExitStatus::kDone;
  }
  if (help) {
    std::cout << help_text(*parsed.command);
    return ExitStatus::kDone;
  }
  if (parsed.needs_command) {
    std::cout << (parsed.command == &program ? kBareText : help_text(*parsed.command));
    return ExitStatus::kUsage;
  }
  if (!global.benchmark_arguments.empty() && parsed.command->path != "run")
    throw UsageError("only 'gpugauge run' takes arguments after '--'");
  set_up_logging(global);
  if (!parsed.hints.empty())
    spdlog::info("{}: {}", parsed.command->path, fmt::join(parsed.hints, ", "));
  return parsed.command->run();
}

}  // namespace gpugauge
