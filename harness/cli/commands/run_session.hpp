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
  /// Of the run that goes on: what failed, and what --filter names.
  TriedAgain again = is_failed;
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

/// Throws UsageError if `so_far` is not of this suite as it is now.
void check_same_suite(const std::string& file, const Record& so_far, const Suite& suite);

/// Throws UsageError if going on with `file`, of which `so_far` was read, would mix two devices,
/// suites or plans in it. `plan` is the whole plan, before a filter.
void check_resumable(const std::string& file, const Record& so_far, const DeviceInfo& device,
                     const Suite& suite, const Plan& plan);

/// Goes on with the file `options.resume`: keeps what has a number or can have none, and of `plan`
/// what is left.
RunSession resume_session(const RunOptions& options, Device& device, Plan plan,
                          const std::vector<std::string>& argv);

/// Notes when a session ended, and the card's health then.
void end_session(Session& session, Device& device);

}  // namespace gpugauge
