#pragma once

#include <string>
#include <vector>

#include "harness/cli/options/plan_options.hpp"
#include "harness/device/device.hpp"
#include "harness/plan/plan.hpp"
#include "harness/record/journal.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What `gpugauge run` was asked for.
struct RunOptions : PlanOptions {
  std::string output;
  std::string resume;
  std::string turn = "1/1";  ///< as turn_from_text reads it
  bool overwrite = false;
  bool redact = false;
};

/// A record that is being measured, with the journal it is kept in.
struct RunSession {
  Record record;
  Journal journal;
  Plan plan;  ///< what is left to measure
};

/// Starts a new result file: `output`, else `results/<device>/<UTC time>_<suite>.json`.
RunSession start_session(const RunOptions& options, const Suite& suite, Device& device, Plan plan,
                         const std::vector<std::string>& argv);

/// The suite that a record was made from: its name if the catalog has it, else its
/// path.
std::string suite_to_resume(const Catalog& catalog, const Record& record);

/// Goes on with the file `options.resume`, of which `so_far` was read: keeps what has a number or
/// can have none, and plans the rest. Throws UsageError, before anything is written, if the file is
/// of another device, or if the suite has changed or no longer asks for what the file planned.
RunSession resume_session(const RunOptions& options, const Record& so_far, const Suite& suite,
                          Device& device, Plan plan, const std::vector<std::string>& argv);

/// Notes when a session ended, and the card's health then.
void end_session(Session& session, Device& device);

}  // namespace gpugauge
