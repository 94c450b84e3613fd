#include "tests/unit/record/temp_folder.hpp"

#include <stdlib.h>

#include <fstream>
#include <iterator>
#include <sstream>

namespace gpugauge::test {

TempFolder::TempFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "gpugauge-record-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string text_of(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void write_text(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::remove(file);  // ext4 syncs a file that is truncated and written again: slow
  std::ofstream(file, std::ios::binary) << text;
}

std::size_t file_count(const std::filesystem::path& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

}  // namespace gpugauge::test
