#include "harness/base/shell_word.hpp"

#include <gtest/gtest.h>

namespace gpugauge {
namespace {

TEST(ShellWord, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_word("results/h100_a.json"), "results/h100_a.json");
  EXPECT_EQ(shell_word("my card.json"), "'my card.json'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

}  // namespace
}  // namespace gpugauge
