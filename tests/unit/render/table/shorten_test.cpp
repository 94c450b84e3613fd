#include "harness/render/table/shorten.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <vector>

#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

using Texts = std::vector<std::string>;

TEST(MiddleCut, KeepsBothEnds) {
  EXPECT_EQ((MiddleCut{3, 4}("gemm/bf16/cold")), "gem…cold");
  EXPECT_EQ((MiddleCut{3, 4}("gemm/bf1")), "gemm/bf1");  // it fits
  EXPECT_EQ((MiddleCut{3, 3}("日本語日本語")), "日…語");
}

TEST(DistinctCut, IsAsEvenAsItCanBe) {
  const auto cut = distinct_cut(Texts{"aaaaaaaaaa"}, 7);
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->head, 3u);
  EXPECT_EQ(cut->tail, 3u);
}

TEST(DistinctCut, GivesTheEndThatDiffersMoreRoom) {
  const Texts names{"gemm/m:1/n:4096/cold", "gemm/m:2/n:4096/cold"};
  const auto cut = distinct_cut(names, 11);
  ASSERT_TRUE(cut);
  EXPECT_NE((*cut)(names[0]), (*cut)(names[1]));
  EXPECT_LE(display_width((*cut)(names[0])), 11u);
}

TEST(DistinctCut, TakesOutWhatAllHaveInCommon) {
  const Texts names{"gemm/bf16/llama-3.1-8b/qkv/m:*/n:6144/k:4096/onednn/cold",
                    "gemm/bf16/llama-3.1-8b/down/m:*/n:4096/k:14336/onednn/cold"};
  const auto cut = distinct_cut(names, 46);
  ASSERT_TRUE(cut);
  EXPECT_EQ((*cut)(names[0]), "gemm/bf16/…b/qkv/m:*/n:6144/k:4096/onednn/cold");
  EXPECT_EQ((*cut)(names[1]), "gemm/bf16/…down/m:*/n:4096/k:14336/onednn/cold");
}

TEST(DistinctCut, RefusesWhatWouldMakeTwoTextsOne) {
  // What differs is in the middle: a cut must leave it on one side.
  EXPECT_FALSE(distinct_cut(Texts{"aaaa1bbbb", "aaaa2bbbb"}, 6));
  EXPECT_TRUE(distinct_cut(Texts{"aaaa1bbbb", "aaaa2bbbb"}, 7));
  EXPECT_FALSE(distinct_cut(Texts{"abcdef", "a…f"}, 3));  // one looks shortened as it is
  EXPECT_TRUE(distinct_cut(Texts{"abcdefgh", "abcdefgh"}, 5));
  EXPECT_FALSE(distinct_cut(Texts{"abcdef"}, 2));  // no room for both ends
}

TEST(LeastDistinctWidth, IsTheLeastWithACut) {
  const Texts names{"aaaa1bbbb", "aaaa2bbbb"};
  EXPECT_EQ(least_distinct_width(names, 3), 7u);
  EXPECT_EQ(least_distinct_width(names, 8), 8u);
  EXPECT_EQ(least_distinct_width(names, 100), 9u);
  EXPECT_EQ(least_distinct_width(Texts{}, 5), 0u);
}

/// Against trying every width, on many small sets of names.
TEST(LeastDistinctWidth, AgreesWithASearchOfAllWidths) {
  for (unsigned seed = 1; seed < 200; ++seed) {
    unsigned state = seed;
    const auto next = [&](unsigned below) {
      return (state = state * 1103515245 + 12345) / 65536 % below;
    };
    Texts names;
    for (unsigned i = 0; i < 2 + seed % 9; ++i) {
      std::string name;
      for (unsigned c = 0; c < 4 + next(8); ++c) name += static_cast<char>('a' + next(2));
      names.push_back(name);
    }
    const std::size_t least = least_distinct_width(names, 3);
    std::size_t widest = 0;
    for (const std::string& name : names) widest = std::max(widest, name.size());
    for (std::size_t width = 3; width < widest; ++width)
      EXPECT_EQ(distinct_cut(names, width).has_value(), width >= least) << seed << " " << width;
    if (const auto cut = distinct_cut(names, least)) {
      std::set<std::string> shortened;
      for (const std::string& name : names) shortened.insert((*cut)(name));
      EXPECT_EQ(shortened.size(), std::set<std::string>(names.begin(), names.end()).size());
    }
  }
}

}  // namespace
}  // namespace gpugauge
