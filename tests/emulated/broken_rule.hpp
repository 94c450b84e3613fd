#pragma once

#include <stdexcept>
#include <string>

namespace gpugauge::emulated {

/// The exit status of a program that broke a rule of the API.
inline constexpr int kBrokenRuleStatus = 97;

/// The same in a unit test, where a RuleBreaksThrow lives.
class BrokenRule : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// `call` did what its documentation forbids: prints `emulated card: broken rule: CALL: RULE` and
/// ends the process with kBrokenRuleStatus, or throws BrokenRule.
[[noreturn]] void broken(const std::string& call, const std::string& rule);

/// Makes broken rules exceptions while it lives.
class RuleBreaksThrow {
 public:
  RuleBreaksThrow();
  ~RuleBreaksThrow();
  RuleBreaksThrow(const RuleBreaksThrow&) = delete;
  RuleBreaksThrow& operator=(const RuleBreaksThrow&) = delete;
};

}  // namespace gpugauge::emulated
