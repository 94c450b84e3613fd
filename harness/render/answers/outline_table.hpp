#pragma once

#include <cstddef>
#include <string>

#include "harness/plan/outline.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// A time that is known beforehand only as a limit: `48 s`, `6 min 39 s`.
std::string format_budget(double seconds);

/// `22 cases, 3 of them unsupported here; at most about 48 s of sampling, …`.
std::string total_of(const PlanOutline& outline);

/// What stands around the outline of a run.
struct RunAhead {
  std::string suite, device_name, device_id;
  std::string suite_option;  ///< what `--suite` takes for it: its name or its file
  std::string result_path;
  std::size_t already_done = 0;  ///< cases that a run which is resumed has in its file
};

/// The plan of a run in a few lines: a row a family, under it the total, why some cases are left
/// out, and where the result goes.
Table outline_table(const PlanOutline& outline, const RunAhead& run);

}  // namespace gpugauge
