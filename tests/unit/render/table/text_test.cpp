#include "harness/render/table/text.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(Printable, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable("NVIDIA H100 80GB · ±1% · 日本 · é · 🚀"),
            "NVIDIA H100 80GB · ±1% · 日本 · é · 🚀");
  EXPECT_EQ(printable("C:\\temp"), "C:\\temp");
}

TEST(Printable, ShowsControlCharacters) {
  EXPECT_EQ(printable("\x1b[31mred\x1b]0;title\x07"), "\\x1b[31mred\\x1b]0;title\\x07");
  EXPECT_EQ(printable("a\nb\rc\td"), "a\\nb\\rc\\td");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(printable("\xC2\x9B"
                      "31m"),
            "\\x9b31m");  // the one-character CSI of C1
}

TEST(Printable, ShowsWhatReordersOrBreaksLines) {
  EXPECT_EQ(printable("a\u202Eb"), "a\\u202eb");
  EXPECT_EQ(printable("a\u2028b\u2066c\uFEFF"), "a\\u2028b\\u2066c\\ufeff");
}

TEST(Printable, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(printable("\xFFgo"), "\\xffgo");
  EXPECT_EQ(printable("\xC2"), "\\xc2");                             // cut off
  EXPECT_EQ(printable("\xE2\x82"), "\\xe2\\x82");                    // cut off
  EXPECT_EQ(printable("\xC0\xAF"), "\\xc0\\xaf");                    // overlong
  EXPECT_EQ(printable("\xED\xA0\x80"), "\\xed\\xa0\\x80");           // a surrogate
  EXPECT_EQ(printable("\xF4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80");  // beyond Unicode
  EXPECT_EQ(printable("\x80"), "\\x80");
}

TEST(DisplayWidth, CountsColumnsAndNotBytes) {
  EXPECT_EQ(display_width(""), 0u);
  EXPECT_EQ(display_width("abc"), 3u);
  EXPECT_EQ(display_width("±1 µs"), 5u);
  EXPECT_EQ(display_width("日本"), 4u);
}

TEST(BeginningAndEnd, CutNoCharacterInHalf) {
  EXPECT_EQ(beginning_of("日本語", 3), "日");
  EXPECT_EQ(end_of("日本語", 3), "語");
  EXPECT_EQ(beginning_of("aµb", 2), "aµ");
  EXPECT_EQ(end_of("aµb", 2), "µb");
  EXPECT_EQ(beginning_of("ab", 5), "ab");
  EXPECT_EQ(end_of("ab", 5), "ab");
  EXPECT_EQ(beginning_of("日", 1), "");
}

TEST(LinesOf, BreaksAtSpacesAndInLongWords) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(lines_of("", 5), Lines{""});
  EXPECT_EQ(lines_of("a  b", 5), Lines{"a  b"});
  EXPECT_EQ(lines_of("one two three", 8), (Lines{"one two", "three"}));
  EXPECT_EQ(lines_of("a/long/path b", 6), (Lines{"a/long", "/path", "b"}));
  EXPECT_EQ(lines_of("x abcdef y", 3), (Lines{"x", "abc", "def", "y"}));
  EXPECT_EQ(lines_of("日本語", 4), (Lines{"日本", "語"}));
  EXPECT_EQ(lines_of("日本", 1), (Lines{"日", "本"}));
  EXPECT_EQ(lines_of("ab ", 2), Lines{"ab"});
}

}  // namespace
}  // namespace gpugauge
