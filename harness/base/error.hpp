#pragma once

#include <stdexcept>
#include <string>

namespace gpugauge {

/// What the process tells its caller. The README carries the same table.
enum class ExitStatus : int {
  kDone = 0,
  kCheckFailed = 1,    ///< done, and a check failed: a regression, a card under its datasheet
  kUsage = 2,          ///< the command line, a config or an input file is wrong
  kEnvironment = 3,    ///< the device or the environment cannot do it
  kVerification = 4,   ///< a case computed something wrong
  kInconclusive = 5,   ///< done, and there was something that a check could not judge
  kNoBaseline = 6,     ///< done, and a check has too little history
  kNeedsRerun = 7,     ///< done, and a check wants the confirming rerun
  kInterrupted = 130,  ///< stopped by the user; the partial file is kept
};

/// An error with the exit status that it means. Only main() turns it into one.
class Error : public std::runtime_error {
 public:
  Error(ExitStatus status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  ExitStatus status() const { return status_; }

 private:
  ExitStatus status_;
};

/// The command line, a config or an input file is wrong: what, where, expected, nearest.
class UsageError : public Error {
 public:
  explicit UsageError(const std::string& message) : Error(ExitStatus::kUsage, message) {}
};

/// The device or the environment cannot do what was asked.
class EnvironmentError : public Error {
 public:
  explicit EnvironmentError(const std::string& message)
      : Error(ExitStatus::kEnvironment, message) {}
};

/// A device allocation failed: the case cannot run here, others may.
class OutOfMemory : public EnvironmentError {
 public:
  using EnvironmentError::EnvironmentError;
};

/// The user asked to stop.
class Interrupted : public Error {
 public:
  Interrupted() : Error(ExitStatus::kInterrupted, "interrupted") {}
};

}  // namespace gpugauge
