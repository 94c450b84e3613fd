#include "harness/cli/exit_statuses.hpp"

#include <fmt/format.h>

namespace gpugauge {

std::string exit_status_help() {
  std::string help = "\nExit status:";
  for (const ExitStatusRow& row : kExitStatuses)
    help += fmt::format("\n  {:<4} {}", static_cast<int>(row.status), row.means);
  return help;
}

}  // namespace gpugauge
