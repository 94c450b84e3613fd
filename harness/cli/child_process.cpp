#include "harness/cli/child_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <optional>
#include <system_error>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr auto kPoll = 100ms;  // the deadline's resolution; the child's end wakes us at once
constexpr auto kGrace = 3s;    // for the child to write what it has

/// posix_spawn's attributes and file actions, released together.
class SpawnSettings {
 public:
  explicit SpawnSettings(const std::filesystem::path& log) {
    posix_spawnattr_init(&attributes_);
    posix_spawn_file_actions_init(&actions_);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &defaults);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions_, STDOUT_FILENO, log.c_str(),
                                     O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&actions_, STDOUT_FILENO, STDERR_FILENO);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_;
  posix_spawn_file_actions_t actions_;
};

pid_t spawn(const std::vector<std::string>& argv, const std::filesystem::path& log) {
  const SpawnSettings settings(log);
  std::vector<char*> arguments;
  for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  pid_t pid = -1;
  const int error = posix_spawn(&pid, argv.front().c_str(), settings.actions(),
                                settings.attributes(), arguments.data(), environ);
  if (error != 0)
    throw EnvironmentError(fmt::format("{}: could not be started: {}", argv.front(),
                                       std::generic_category().message(error)));
  return pid;
}

std::optional<ChildEnd> ended(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, WNOHANG) != pid) return std::nullopt;
  if (WIFSIGNALED(status)) return ChildEnd{ChildEnd::Kind::kKilled, WTERMSIG(status)};
  return ChildEnd{ChildEnd::Kind::kExited, WEXITSTATUS(status)};
}

timespec timespec_of(std::chrono::nanoseconds duration) {
  return {.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(duration).count(),
          .tv_nsec = (duration % 1s).count()};
}

}  // namespace

ChildRunner::ChildRunner() {
  sigemptyset(&watched_);
  for (const int signal : {SIGINT, SIGTERM, SIGCHLD}) sigaddset(&watched_, signal);
  pthread_sigmask(SIG_BLOCK, &watched_, &before_);
}

ChildRunner::~ChildRunner() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

ChildEnd ChildRunner::run(const std::vector<std::string>& argv, const std::filesystem::path& log,
                          Clock::time_point deadline) {
  const timespec poll = timespec_of(kPoll);
  const pid_t pid = spawn(argv, log);
  std::optional<ChildEnd::Kind> stopped;
  auto patience = Clock::time_point::max();
  for (;;) {
    const int signal = sigtimedwait(&watched_, nullptr, &poll);
    if (const auto end = ended(pid)) return stopped ? ChildEnd{*stopped, end->code} : *end;
    const auto now = Clock::now();
    if (!stopped && (signal == SIGINT || signal == SIGTERM))
      stopped = ChildEnd::Kind::kInterrupted;
    else if (!stopped && now >= deadline)
      stopped = ChildEnd::Kind::kTimedOut;
    else {
      if (now >= patience) kill(-pid, SIGKILL);
      continue;
    }
    kill(-pid, SIGINT);
    patience = now + kGrace;
  }
}

}  // namespace gpugauge
