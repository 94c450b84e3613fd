#pragma once

#include <string>
#include <vector>

#include "harness/cli/command.hpp"

namespace gpugauge {

/// What holds for every command.
struct GlobalOptions {
  bool quiet = false;    ///< no progress, only warnings and errors in the log
  bool verbose = false;  ///< debug log
  std::vector<std::string> benchmark_arguments;  ///< what stood after `--`
  std::vector<std::string> command_line;
  /// The journal of the process that this one continues: `gpugauge __continue JOURNAL … run …`,
  /// which only a run itself calls.
  std::string continued_journal;
};
inline constexpr const char* kContinueWord = "__continue";

// One function a command, each in the file of its name: it declares what the command takes and what
// it does.
void add_run_command(Command& program, const GlobalOptions& global);
void add_list_command(Command& program);
void add_show_command(Command& program);
void add_datasheet_command(Command& program);
void add_tokens_command(Command& program);
void add_cost_command(Command& program);
void add_serve_command(Command& program);
void add_export_command(Command& program);
void add_break_even_command(Command& program);
void add_forward_command(Command& program);
void add_compare_command(Command& program);
void add_ab_command(Command& program);
void add_selftest_command(Command& program);
void add_audit_command(Command& program);
void add_track_command(Command& program);
void add_advise_command(Command& program);
void add_report_command(Command& program);
void add_explain_command(Command& program);
void add_help_command(Command& program);
void add_man_command(Command& program);
void add_completion_command(Command& program);
void add_doctor_command(Command& program);
void add_prices_command(Command& program);

/// Those that the help shows, in its order.
void add_commands(Command& program, const GlobalOptions& global);

}  // namespace gpugauge
