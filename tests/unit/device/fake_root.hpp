#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace gpugauge {

/// A folder that stands for `/`, with what a test writes into it; removed afterwards.
class FakeRoot {
 public:
  FakeRoot() {
    std::string name = testing::TempDir() + "gpugauge-root-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;
  ~FakeRoot() { std::filesystem::remove_all(path_); }

  const std::filesystem::path& path() const { return path_; }

  FakeRoot& with(const std::string& file, const std::string& content) {
    const std::filesystem::path target = path_ / file;
    std::filesystem::create_directories(target.parent_path());
    std::ofstream(target) << content;
    return *this;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace gpugauge
