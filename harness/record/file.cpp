#include "harness/record/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

std::filesystem::path folder_of(const std::filesystem::path& file) {
  return file.has_parent_path() ? file.parent_path() : ".";
}

/// A rename is only on the disk once its folder is. Some file systems cannot sync a folder; they
/// say EINVAL, and nothing more can be done there.
void sync_folder_of(const std::filesystem::path& file) {
  const int fd = ::open(folder_of(file).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  ::fsync(fd);
  ::close(fd);
}

/// The error, or 0.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno;
    }
  }
  return 0;
}

/// What a chain of links ends at, whether it is there or not.
std::filesystem::path end_of_links(std::filesystem::path path) {
  constexpr int kMostLinks = 40;  // as the kernel follows
  std::error_code error;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(path, error); ++i)
    path = path.parent_path() / std::filesystem::read_symlink(path);
  return path;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path, int extra_flags, std::filesystem::path wanted)
    : path_(std::move(path)), wanted_(wanted.empty() ? path_ : std::move(wanted)) {
  constexpr mode_t kMode = 0666;  // less the umask
  fd_ = ::open(path_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | extra_flags, kMode);
  if (fd_ < 0) fail("cannot be opened for writing");
}

OutputFile& OutputFile::operator=(OutputFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(wanted_, other.wanted_);
  std::swap(fd_, other.fd_);
  return *this;
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

void OutputFile::lock() {
  // Some network file systems cannot lock at all; a run there goes without.
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    throw UsageError(fmt::format("{}: another process is writing it", path_.string()));
  struct stat opened = {};
  struct stat named = {};
  if (::fstat(fd_, &opened) != 0) fail("cannot be read");
  if (::stat(path_.c_str(), &named) != 0 || named.st_ino != opened.st_ino ||
      named.st_dev != opened.st_dev)
    throw UsageError(fmt::format("{}: another process has just moved it away", path_.string()));
}

off_t OutputFile::size() const {
  const off_t end = ::lseek(fd_, 0, SEEK_END);
  if (end < 0) fail("cannot be read");
  return end;
}

void OutputFile::truncate(off_t size) {
  if (::ftruncate(fd_, size) != 0) fail("cannot be truncated");
}

void OutputFile::append(std::string_view text) {
  const off_t before = size();
  int error = write_all(fd_, text);
  // Some file systems only find out here that they are full.
  if (error == 0 && ::fdatasync(fd_) != 0) error = errno;
  if (error == 0) return;
  // If even this fails, a reader finds the torn line and leaves it out.
  [[maybe_unused]] const int ignored = ::ftruncate(fd_, before);
  errno = error;
  fail("cannot be written, what was there is kept");
}

void OutputFile::stream(std::string_view text) {
  if (const int error = write_all(fd_, text); error != 0) {
    errno = error;
    fail("cannot be written");
  }
}

void OutputFile::take_after(const struct stat& other) {
  // An owner that the user may not give away is not worth an error.
  [[maybe_unused]] const int ignored = ::fchown(fd_, other.st_uid, other.st_gid);
  constexpr mode_t kModeBits = 07777;
  if (::fchmod(fd_, other.st_mode & kModeBits) != 0) fail("cannot be given its mode");
}

void OutputFile::rename_to(const std::filesystem::path& target) {
  if (::rename(path_.c_str(), target.c_str()) != 0)
    fail(fmt::format("cannot be renamed to {}", target.string()));
  path_ = target;
  sync_folder_of(target);
}

void OutputFile::fail(std::string_view doing) const {
  const int error = errno;  // before anything else can change it
  throw EnvironmentError(fmt::format("{}: {}: {}", wanted_.string(), doing, reason(error)));
}

void replace_file(const std::filesystem::path& path, std::string_view text,
                  const std::function<void(const std::filesystem::path&)>& check) {
  struct stat present = {};
  const bool is_there = ::stat(path.c_str(), &present) == 0;
  if (is_there && !S_ISREG(present.st_mode)) return OutputFile(path, 0).stream(text);
  const std::filesystem::path target = end_of_links(path);
  std::filesystem::path temporary = target;
  temporary += fmt::format(".{}.tmp", ::getpid());
  OutputFile file(temporary, O_CREAT | O_TRUNC, path);
  try {
    if (is_there) file.take_after(present);
    file.append(text);
    if (check) check(temporary);
    file.rename_to(target);
  } catch (const Error&) {
    ::unlink(temporary.c_str());
    throw;
  }
}

void make_parent_folder(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(folder_of(file), error);
  if (error) {
    throw EnvironmentError(fmt::format("{}: the folder cannot be made: {}",
                                       folder_of(file).string(), reason(error.value())));
  }
}

}  // namespace gpugauge
