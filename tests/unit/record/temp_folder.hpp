#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace gpugauge::test {

/// A folder of its own for a test, removed with everything in it.
class TempFolder {
 public:
  TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  ~TempFolder();
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::filesystem::path& file);
void write_text(const std::filesystem::path& file, std::string_view text);
/// How many files a folder holds.
std::size_t file_count(const std::filesystem::path& folder);

}  // namespace gpugauge::test
