#include "harness/device/text_file.hpp"

#include <gtest/gtest.h>

#include "fake_root.hpp"

namespace gpugauge {
namespace {

TEST(ReadText, DropsWhiteSpaceAtTheEnd) {
  FakeRoot root;
  root.with("a", "one\ntwo \n\n").with("blank", "\n");
  EXPECT_EQ(read_text(root.path() / "a"), "one\ntwo");
  EXPECT_EQ(read_text(root.path() / "blank"), "");
  EXPECT_EQ(read_text(root.path() / "missing"), "");
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
