#pragma once

#include <chrono>
#include <filesystem>

namespace gpugauge {

/// Takes a history's folder for this process alone, until it is destroyed; another process waits.
/// Its end releases the lock however it ends (flock(2)). Does nothing where the file system cannot
/// lock.
class FolderLock {
 public:
  /// Throws EnvironmentError if the lock file cannot be made, or another process, which the message
  /// names, still has it after `limit`.
  FolderLock(const std::filesystem::path& folder, std::chrono::milliseconds limit);
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  ~FolderLock();

 private:
  int fd_;
};

}  // namespace gpugauge
