#include "tests/emulated/broken_rule.hpp"

#include <cstdio>
#include <cstdlib>

#include "tests/emulated/library_call.hpp"

namespace gpugauge::emulated {
namespace {

bool breaks_throw = false;

}  // namespace

void broken(const std::string& call, const std::string& rule) {
  const std::string message = "broken rule: " + call + ": " + rule;
  if (breaks_throw) throw BrokenRule(message);
  (void)std::fflush(stdout);
  (void)std::fprintf(stderr, "emulated card: %s\n", message.c_str());
  std::_Exit(kBrokenRuleStatus);
}

RuleBreaksThrow::RuleBreaksThrow() { breaks_throw = true; }
RuleBreaksThrow::~RuleBreaksThrow() { breaks_throw = false; }

}  // namespace gpugauge::emulated

void emulated_broken_rule(const char* call, const char* rule) {
  gpugauge::emulated::broken(call, rule);
}
