#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "harness/cli/commands/run_session.hpp"
#include "harness/device/search_rules.hpp"
#include "harness/measure/hang_watch.hpp"
#include "harness/measure/interrupt.hpp"

namespace gpugauge {

/// Confines what a case can do to the run that it is part of: the journal names it before it runs,
/// and where it does not end the run goes on without it, in a fresh process.
class CaseGuard {
 public:
  /// Lets `watch` note which case the user stopped. All of it must outlive the guard.
  CaseGuard(RunSession& session, const DeviceInfo& device, std::vector<std::string> command_line,
            InterruptWatch& watch, std::string farewell);
  ~CaseGuard() { watch_.set_farewell(farewell_); }
  CaseGuard(const CaseGuard&) = delete;
  CaseGuard& operator=(const CaseGuard&) = delete;

  void begin(const PlannedCase& planned);
  /// Before its outcome is written.
  void end();
  /// The case under way, if there is one, stops without an outcome and is not to blame: the user
  /// stopped it, or it was only warmed up on.
  void withdraw();
  /// Goes on after a case that was recorded as crashed. Throws EnvironmentError if it cannot.
  [[noreturn]] void go_on(const std::string& why) const;
  /// Goes on with the case under way, whose search had this candidate: without it, unless the case
  /// has lost so many that it is to blame itself.
  [[noreturn]] void go_on_without(const std::string& candidate, NotMeasuredStatus how,
                                  const std::string& why);

 private:
  SearchRules search_rules(const PlannedCase& planned);
  void hung(double seconds);

  RunSession& session_;
  const DeviceInfo& device_;
  std::vector<std::string> command_line_;
  InterruptWatch& watch_;
  std::string farewell_;
  std::mutex mutex_;  ///< of the next two
  std::string running_;
  std::string candidate_;  ///< of the search of `running_`; empty where none runs
  std::optional<SearchScope> search_;
  HangWatch hang_watch_;  ///< last: its thread uses the rest
};

}  // namespace gpugauge
