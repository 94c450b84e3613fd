#include "harness/cli/commands/case_guard.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/cli/commands.hpp"
#include "harness/device/device_wait.hpp"
#include "harness/measure/search_budget.hpp"

namespace gpugauge {
namespace {

/// Beyond it a case is given up: each costs a process, and one that hangs half a minute.
constexpr std::ptrdiff_t kMostLostCandidates = 5;

/// Every file but the standard ones is closed by exec. Not close_range: it needs Linux 5.11 and
/// glibc 2.34.
void close_files_at_exec() {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int file = std::atoi(entry.path().filename().c_str());
    if (file > STDERR_FILENO) (void)fcntl(file, F_SETFD, FD_CLOEXEC);
  }
}

/// Becomes the same program in this process: the same command line, going on with the journal. The
/// driver's threads and mappings go with the address space, its files are closed, and the device's
/// context with them. Blocked signals stay blocked, so that a Ctrl-C in between is not lost.
[[noreturn]] void become_fresh_process(const std::filesystem::path& journal,
                                       const std::vector<std::string>& command_line) {
  std::vector<std::string> words{"gpugauge", kContinueWord, journal.string()};
  words.insert(words.end(), command_line.begin(), command_line.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  std::fflush(nullptr);
  close_files_at_exec();
  execv("/proc/self/exe", argv.data());
  throw EnvironmentError(
      fmt::format("the program could not be started anew: {}; what was measured is in {}",
                  std::generic_category().message(errno), journal.string()));
}

}  // namespace

CaseGuard::CaseGuard(RunSession& session, const DeviceInfo& device,
                     std::vector<std::string> command_line, InterruptWatch& watch,
                     std::string farewell)
    : session_(session),
      device_(device),
      command_line_(std::move(command_line)),
      watch_(watch),
      farewell_(std::move(farewell)),
      hang_watch_(DeviceWait::seconds, [this](double seconds) { hung(seconds); }) {
  watch_.set_farewell(farewell_, [this] { withdraw(); });
}

void CaseGuard::begin(const PlannedCase& planned) {
  session_.journal.append_started(planned.name);
  {
    const std::lock_guard lock(mutex_);
    running_ = planned.name;
  }
  search_.emplace(search_rules(planned));
  hang_watch_.watch(hang_limit_seconds(planned, device_));
}

SearchRules CaseGuard::search_rules(const PlannedCase& planned) {
  SearchRules rules;
  rules.budget_seconds = search_budget_seconds(planned, device_);
  rules.stop_requested = [this] { return watch_.requested(); };
  for (const LostCandidate& lost : session_.journal.lost_candidates()) {
    if (lost.case_name == planned.name) rules.lost.emplace(lost.candidate, lost.how);
  }
  rules.on_candidate = [this](const std::string& name) {
    const std::lock_guard lock(mutex_);
    candidate_ = name;
  };
  return rules;
}

void CaseGuard::end() {
  hang_watch_.rest();
  search_.reset();
  const std::lock_guard lock(mutex_);
  running_.clear();
}

void CaseGuard::withdraw() {
  hang_watch_.rest();
  const std::lock_guard lock(mutex_);
  if (!running_.empty()) session_.journal.append_interrupted(std::exchange(running_, {}));
}

void CaseGuard::go_on(const std::string& why) const {
  if (isatty(STDERR_FILENO) != 0) std::fputc('\n', stderr);  // below the line of progress
  spdlog::warn("{}; the run goes on in a fresh process", why);
  become_fresh_process(session_.journal.path(), command_line_);
}

void CaseGuard::go_on_without(const std::string& candidate, NotMeasuredStatus how,
                              const std::string& why) {
  const auto& before = session_.journal.lost_candidates();
  const auto count = std::count_if(before.begin(), before.end(), [&](const LostCandidate& lost) {
    return lost.case_name == running_;
  });
  if (count + 1 < kMostLostCandidates) {
    session_.journal.append(LostCandidate{running_, candidate, std::string(name_of(how))});
  } else {
    session_.journal.append(NotMeasured{
        running_, how, fmt::format("{}; the last of {} candidates lost", why, count + 1)});
  }
  go_on(fmt::format("{}: {}", running_, why));
}

void CaseGuard::hung(double seconds) {
  try {
    std::string name, candidate;
    {
      const std::lock_guard lock(mutex_);
      name = running_;
      candidate = candidate_;
    }
    const std::string why = fmt::format("the device was still at work after {:.0f} s", seconds);
    if (!candidate.empty()) {
      go_on_without(candidate, NotMeasuredStatus::kHung,
                    fmt::format("candidate {} of a search: {}", candidate, why));
    }
    const NotMeasured none{name, NotMeasuredStatus::kHung, why};
    session_.journal.append(none);
    go_on(fmt::format("{}: {}", none.name, none.reason));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "gpugauge: %s\n", error.what());
    _exit(static_cast<int>(ExitStatus::kEnvironment));  // whoever waits for the device never ends
  }
}

}  // namespace gpugauge
