#include "harness/history/folder_lock.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/record/run_id.hpp"

namespace gpugauge {
namespace {

/// What the process that has the lock wrote into it.
std::string holder(int fd) {
  std::array<char, 128> text{};
  const ssize_t size = ::pread(fd, text.data(), text.size(), 0);
  return size > 0 ? std::string(text.data(), static_cast<std::size_t>(size)) : "another process";
}

/// For whoever waits; the lock holds without it.
void sign(int fd) {
  const std::string text = fmt::format("process {} since {}", ::getpid(), utc_now());
  if (::ftruncate(fd, 0) != 0) return;
  [[maybe_unused]] const ssize_t ignored = ::pwrite(fd, text.data(), text.size(), 0);
}

}  // namespace

FolderLock::FolderLock(const std::filesystem::path& folder, std::chrono::milliseconds limit) {
  constexpr std::chrono::milliseconds kPause{20};
  const std::filesystem::path file = folder / ".lock";
  fd_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (fd_ < 0)
    throw EnvironmentError(fmt::format("{}: cannot be locked: {}", file.string(),
                                       std::generic_category().message(errno)));
  const auto end = std::chrono::steady_clock::now() + limit;
  while (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return;
    if (std::chrono::steady_clock::now() >= end) {
      const std::string who = in_quotes(holder(fd_));
      ::close(fd_);
      throw EnvironmentError(fmt::format("{}: still locked after {:.1f} s by {}", folder.string(),
                                         std::chrono::duration<double>(limit).count(), who));
    }
    std::this_thread::sleep_for(kPause);
  }
  sign(fd_);
}

FolderLock::~FolderLock() { ::close(fd_); }

}  // namespace gpugauge
