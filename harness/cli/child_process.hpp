#pragma once

#include <sys/types.h>

#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace gpugauge {

/// How a child process came to its end.
struct ChildEnd {
  enum class Kind : std::uint8_t {
    kExited,       ///< by itself; `code` is its exit status
    kKilled,       ///< by a signal that is not ours; `code` is its number
    kInterrupted,  ///< the user asked to stop, and it was stopped
    kTimedOut,     ///< the deadline passed, and it was stopped
  };
  Kind kind = Kind::kExited;
  int code = 0;
};

/// Runs child processes one after another, each alone and in a process group of its own. While it
/// lives SIGINT and SIGTERM do not end this process: they stop the child.
class ChildRunner {
 public:
  using Clock = std::chrono::steady_clock;

  ChildRunner();
  ~ChildRunner();
  ChildRunner(const ChildRunner&) = delete;
  ChildRunner& operator=(const ChildRunner&) = delete;

  /// Runs the program `argv[0]`, a path, with these arguments: no shell, nothing on its standard
  /// input, what it prints appended to `log`. Waits for its end; where it must be stopped its group
  /// gets SIGINT, and SIGKILL three seconds later. Throws EnvironmentError if it cannot be started.
  ChildEnd run(const std::vector<std::string>& argv, const std::filesystem::path& log,
               Clock::time_point deadline);

 private:
  sigset_t watched_;
  sigset_t before_;
};

}  // namespace gpugauge
