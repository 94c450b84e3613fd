#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"

namespace gpugauge {

/// A folder that is gone when the test is.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "gpugauge-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(std::string_view name, std::string_view text) const {
    const std::filesystem::path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }

  /// The message of the UsageError that `load` throws on a file with this text, without the folder;
  /// `no error` if there is none.
  template <typename Load>
  std::string error_of(Load load, std::string_view name, std::string_view text) const {
    const std::filesystem::path file = write(name, text);
    try {
      load(file);
    } catch (const UsageError& error) {
      std::string message = error.what();
      const std::string folder = path_.string() + "/";
      if (message.starts_with(folder)) message.erase(0, folder.size());
      return message;
    }
    return "no error";
  }

 private:
  std::filesystem::path path_;
};

}  // namespace gpugauge
