#include "harness/config/text_file.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

TEST(ReadTextFile, KeepsEveryByte) {
  const TemporaryFolder folder;
  const std::string text("a\r\n\0b", 5);
  EXPECT_EQ(read_text_file(folder.write("x", text)), text);
  EXPECT_EQ(read_text_file(folder.write("empty", "")), "");
}

TEST(ReadTextFile, SaysWhyAFileCannotBeRead) {
  const TemporaryFolder folder;
  const auto message_of = [](const std::filesystem::path& file) {
    try {
      read_text_file(file);
    } catch (const UsageError& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  const std::string path = folder.path().string();
  EXPECT_EQ(message_of(folder.path() / "absent"),
            path + "/absent: cannot be read: No such file or directory");
  EXPECT_EQ(message_of(folder.path()), path + ": is a folder, expected a file");
}

}  // namespace
}  // namespace gpugauge
