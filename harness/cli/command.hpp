#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>
#include <vector>

#include "harness/base/error.hpp"

namespace gpugauge {

/// What holds for every command.
struct GlobalOptions {
  bool quiet = false;    ///< no progress, only warnings and errors in the log
  bool verbose = false;  ///< debug log
  std::vector<std::string> benchmark_arguments;  ///< what stood after `--`
  std::vector<std::string> command_line;
};

/// What the command line asked for. The parser sets it; it is run after parsing, so that its errors
/// are not the parser's.
using Action = std::function<ExitStatus()>;

// One function a command, each in the file of its name: it declares the command's options and sets
// `action` when the command was given.
void add_run_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_list_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_show_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_datasheet_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_tokens_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_cost_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_serve_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_export_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_break_even_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_forward_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_compare_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_ab_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_selftest_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_audit_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_track_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_advise_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_report_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_doctor_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_prices_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_explain_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_man_command(CLI::App& app, const GlobalOptions& global, Action& action);
void add_completion_command(CLI::App& app, const GlobalOptions& global, Action& action);

}  // namespace gpugauge
