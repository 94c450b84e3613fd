#include "harness/cli/commands/run_session.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <unordered_set>

#include "build_info.hpp"
#include "harness/base/error.hpp"
#include "harness/measure/benchmark_host.hpp"
#include "harness/record/provenance.hpp"
#include "harness/record/run_id.hpp"
#include "harness/record/sha256.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// `20261122T140305Z` from an ISO time, fit for a file name.
std::string compact_time(const std::string& utc) {
  std::string compact;
  for (char c : utc) {
    if (c == '.') break;
    if (c != '-' && c != ':' && c != 'Z') compact += c;
  }
  return compact + "Z";
}

fs::path default_output(const Suite& suite, const DeviceInfo& device) {
  return fs::path("results") / slug_of(device.name) /
         fmt::format("{}_{}.json", compact_time(utc_now()), suite.name);
}

Session new_session(const std::vector<std::string>& argv, Device& device) {
  return {
      .started_utc = utc_now(), .ended_utc = {}, .argv = argv, .health_before = device.health()};
}

void describe_suite(const Suite& suite, Provenance& provenance) {
  provenance.suite = suite.name;
  provenance.suite_path = suite.path.string();
  provenance.suite_sha256 = sha256_of_file(suite.path);
  provenance.contexts = suite.contexts;
}

/// What would tell a reader whose machine it was.
void redact(Record& record) {
  record.provenance.host_name = "redacted";
  record.device.uuid.reset();
}

}  // namespace

RunSession start_session(const RunOptions& options, const Suite& suite, Device& device, Plan plan,
                         const std::vector<std::string>& argv) {
  Record record;
  record.provenance = collect_provenance(argv);
  record.provenance.sessions.back().health_before = device.health();
  describe_suite(suite, record.provenance);
  record.provenance.benchmark_host = benchmark_host();
  record.device = device.info();
  for (const PlannedCase& planned : plan.cases) record.planned.push_back(planned.name);
  if (options.redact) redact(record);
  const fs::path output =
      options.output.empty() ? default_output(suite, device.info()) : fs::path(options.output);
  Journal journal = Journal::create(output, record, options.overwrite);
  return {std::move(record), std::move(journal), std::move(plan)};
}

std::string suite_to_resume(const Catalog& catalog, const Record& record) {
  const Provenance& provenance = record.provenance;
  const std::vector<std::string> known = catalog.suite_names();
  const bool is_known = std::find(known.begin(), known.end(), provenance.suite) != known.end();
  return is_known ? provenance.suite : provenance.suite_path;
}

void check_same_suite(const std::string& file, const Record& so_far, const Suite& suite) {
  if (so_far.provenance.suite != suite.name) {
    throw UsageError(fmt::format("{}: is of suite {}, and --suite is {}", file,
                                 so_far.provenance.suite, suite.name));
  }
  if (so_far.provenance.suite_sha256 != sha256_of_file(suite.path)) {
    throw UsageError(
        fmt::format("{}: suite {} has changed since ({})", file, suite.name, suite.path.string()));
  }
}

void check_resumable(const std::string& file, const Record& so_far, const DeviceInfo& device,
                     const Suite& suite, const Plan& plan) {
  const auto refuse = [&](const std::string& why) {
    throw UsageError(fmt::format("{}: {}", file, why));
  };
  if (so_far.device.name != device.name) {
    refuse(
        fmt::format("was measured on '{}', this device is '{}'", so_far.device.name, device.name));
  }
  if (so_far.device.uuid && device.uuid && *so_far.device.uuid != *device.uuid) {
    refuse(fmt::format("was measured on another {}: {}, this one is {}", device.name,
                       *so_far.device.uuid, *device.uuid));
  }
  check_same_suite(file, so_far, suite);
  std::unordered_set<std::string> offered;
  for (const PlannedCase& planned : plan.cases) offered.insert(planned.name);
  for (const std::string& name : so_far.planned) {
    if (offered.count(name) == 0) {
      refuse(
          fmt::format("planned {}, which suite {} does not plan with these options; use the "
                      "options of the first run",
                      name, suite.name));
    }
  }
  if (so_far.provenance.git_sha != build_info::kGitSha) {
    spdlog::warn("{}: was begun by another build of gpugauge ({})", file,
                 so_far.provenance.git_sha);
  }
}

RunSession resume_session(const RunOptions& options, Device& device, Plan plan,
                          const std::vector<std::string>& argv) {
  Record record;
  Journal journal =
      Journal::resume(options.resume, new_session(argv, device), record, options.again);
  std::unordered_set<std::string> settled;
  for (const Measurement& m : record.measurements) settled.insert(m.name);
  for (const NotMeasured& none : record.not_measured) settled.insert(none.name);
  const std::unordered_set<std::string> wanted(record.planned.begin(), record.planned.end());
  std::erase_if(plan.cases, [&](const PlannedCase& planned) {
    return wanted.count(planned.name) == 0 || settled.count(planned.name) != 0;
  });
  return {std::move(record), std::move(journal), std::move(plan)};
}

void end_session(Session& session, Device& device) {
  session.ended_utc = utc_now();
  session.health_after = device.health();
}

}  // namespace gpugauge
