#pragma once

#include <string>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// What this process knows about itself and its host: a new run id, one session that starts now,
/// the build, the operating system. The suite, Google Benchmark's host facts, libraries that are
/// only known at run time and the durations are the runner's to add. What the host does not say is
/// `unknown`.
Provenance collect_provenance(std::vector<std::string> argv);

/// The value of `key` in the text of an os-release(5) file, without its quotes; empty if it is not
/// there.
std::string os_release_value(std::string_view text, std::string_view key);

}  // namespace gpugauge
