#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>
#include <utility>

namespace gpugauge {

/// An owned file descriptor for writing. Every failure is an EnvironmentError with the path and the
/// system's reason.
class OutputFile {
 public:
  OutputFile() = default;
  /// Opens to append; `extra_flags` as for open(2), e.g. O_CREAT. Errors name `wanted`, if given:
  /// the file that this one is to become.
  OutputFile(std::filesystem::path path, int extra_flags, std::filesystem::path wanted = {});
  OutputFile(OutputFile&& other) noexcept
      : path_(std::move(other.path_)),
        wanted_(std::move(other.wanted_)),
        fd_(std::exchange(other.fd_, -1)) {}
  OutputFile& operator=(OutputFile&& other) noexcept;
  ~OutputFile();

  const std::filesystem::path& path() const { return path_; }
  bool is_open() const { return fd_ >= 0; }

  /// Takes the file for this process alone, until it is closed. Throws UsageError if another
  /// process has it, or has moved it away since it was opened. Does nothing where the file system
  /// cannot lock.
  void lock();
  void truncate(off_t size);
  /// Writes and syncs the whole of `text`, or leaves the file as it was.
  void append(std::string_view text);
  /// Gives the file another name, over what was there, and syncs the folder.
  void rename_to(const std::filesystem::path& target);

 private:
  [[noreturn]] void fail(std::string_view doing) const;
  off_t size() const;

  std::filesystem::path path_, wanted_;
  int fd_ = -1;
};

/// Puts `text` under the name `path`, whole or not at all, over what was there. It is written
/// beside it as `<path>.<process>.tmp`, which a failure removes. Throws EnvironmentError that names
/// `path`.
void replace_file(const std::filesystem::path& path, std::string_view text);

/// Makes the folder that `file` is to be in, with those above it. Throws EnvironmentError.
void make_parent_folder(const std::filesystem::path& file);

}  // namespace gpugauge
