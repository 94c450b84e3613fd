#include "harness/analyze/track/gate.hpp"

namespace gpugauge {

std::string_view name_of(QuarantineReason reason) {
  switch (reason) {
    case QuarantineReason::kThrottled:
      return "throttled";
    case QuarantineReason::kOtherProcesses:
      return "other processes";
    case QuarantineReason::kDeviceErrors:
      return "errors of the card";
    case QuarantineReason::kNotVerified:
      return "not verified";
    case QuarantineReason::kIncomplete:
      return "too few processes";
    case QuarantineReason::kClockLow:
      return "clock low";
    case QuarantineReason::kLinkChanged:
      return "link changed";
  }
  return {};
}

std::string_view name_of(GateStatus status) {
  switch (status) {
    case GateStatus::kPass:
      return "pass";
    case GateStatus::kAdvice:
      return "advice";
    case GateStatus::kNeedsRerun:
      return "needs rerun";
    case GateStatus::kRegression:
      return "regression";
    case GateStatus::kInconclusive:
      return "inconclusive";
    case GateStatus::kNoBaseline:
      return "no baseline";
  }
  return {};
}

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::kQuarantine:
      return "quarantine";
    case Stage::kBaseline:
      return "baseline";
    case Stage::kTonight:
      return "tonight";
    case Stage::kHistory:
      return "history";
    case Stage::kRatchet:
      return "ratchet";
  }
  return {};
}

}  // namespace gpugauge
