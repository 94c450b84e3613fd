#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <filesystem>
#include <functional>
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
  /// Writes `text` into what is no regular file: a pipe, a device.
  void stream(std::string_view text);
  /// Gives the file the mode and, where the user may, the owner of another.
  void take_after(const struct stat& other);
  /// Gives the file another name, over what was there, and syncs the folder.
  void rename_to(const std::filesystem::path& target);

 private:
  [[noreturn]] void fail(std::string_view doing) const;
  off_t size() const;

  std::filesystem::path path_, wanted_;
  int fd_ = -1;
};

/// Puts `text` under the name `path`, whole or not at all: it is written beside it as
/// `<path>.<process>.tmp`, which a failure removes, and renamed over what was there. Of a link the
/// file that it names is replaced; its mode stays. What is no regular file (a pipe, a device) gets
/// the text written into it. `check` may refuse the file before it is put in place, by an
/// exception. Throws EnvironmentError that names `path`.
void replace_file(const std::filesystem::path& path, std::string_view text,
                  const std::function<void(const std::filesystem::path&)>& check = {});

/// Makes the folder that `file` is to be in, with those above it. Throws EnvironmentError.
void make_parent_folder(const std::filesystem::path& file);

}  // namespace gpugauge
