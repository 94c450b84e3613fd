#include "harness/base/text_file.hpp"

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

TEST(ReadText, DropsWhiteSpaceAtTheEnd) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_text(folder.write("a", "one\ntwo \n\n")), "one\ntwo");
  EXPECT_EQ(read_text(folder.write("blank", "\n")), "");
  EXPECT_EQ(read_text(folder.path() / "missing"), "");
}

TEST(NumberIn, ReadsTheNumberAtTheBeginning) {
  EXPECT_EQ(number_in("266240K"), 266240.0);
  EXPECT_EQ(number_in("  -12.5 kB"), -12.5);
  EXPECT_EQ(number_in("max 100000"), std::nullopt);
  EXPECT_EQ(number_in(""), std::nullopt);
}

TEST(FieldOf, FindsTheWholeKeyAtTheBeginningOfALine) {
  const std::string text =
      "vendor_id\t: Intel\nmodel\t\t: 207\nmodel name\t: Xeon: 2\ncpu 1 2\ncpu0 3";
  EXPECT_EQ(field_of(text, "model"), "207");
  EXPECT_EQ(field_of(text, "model name"), "Xeon: 2");
  EXPECT_EQ(field_of(text, "cpu"), "1 2");
  EXPECT_EQ(field_of(text, "cpu0"), "3");
  EXPECT_EQ(field_of(text, "id"), std::nullopt);
  EXPECT_EQ(field_of("", "id"), std::nullopt);
}

}  // namespace
}  // namespace gpugauge
