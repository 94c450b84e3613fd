#include "harness/base/text_file.hpp"

#include <gtest/gtest.h>

#include "harness/base/error.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

std::string message_of(const std::filesystem::path& file) {
  try {
    read_text_file(file);
  } catch (const UsageError& error) {
    return error.what();
  }
  return "no error";
}

TEST(ReadTextFile, KeepsEveryByte) {
  const TemporaryFolder folder;
  const std::string text("a\r\n\0b", 5);
  EXPECT_EQ(read_text_file(folder.write("x", text)), text);
  EXPECT_EQ(read_text_file(folder.write("empty", "")), "");
}

TEST(ReadTextFile, SaysWhyAFileCannotBeRead) {
  const TemporaryFolder folder;
  const std::string path = folder.path().string();
  EXPECT_EQ(message_of(folder.path() / "absent"),
            path + "/absent: cannot be read: No such file or directory");
  EXPECT_EQ(message_of(folder.path()), path + ": is a folder, expected a file");
}

TEST(ReadTextFile, SaysWhatIsNoTextAndWhatHelps) {
  const TemporaryFolder folder;
  const auto about = [&](std::string_view content) {
    return message_of(folder.write("a", content)).substr((folder.path() / "a").string().size());
  };
  EXPECT_EQ(about("version https://git-lfs.github.com/spec/v1\noid sha256:0"),
            ": is a Git LFS pointer, not the file itself: git lfs pull fetches it");
  EXPECT_EQ(about("\x1f\x8b\x08"), ": is compressed with gzip, expected text: gunzip unpacks it");
  EXPECT_EQ(about("PK\x03\x04"), ": is a ZIP archive, expected text: unzip unpacks it");
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
