#include "kernels/cuda/attention/paged_cache.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace gpugauge {
namespace {

TEST(PagedCache, EveryTokenOfEveryHeadHasARowOfItsOwn) {
  for (int shift : {0, 1, 4, 8}) {
    const PagedCache cache{3, shift};
    const int tokens = 5 * cache.page_tokens() - cache.page_tokens() / 2;
    EXPECT_EQ(cache.pages_of(tokens), 5);
    EXPECT_EQ(cache.entry_of(tokens - 1), 4);
    const auto pages = scattered_pages(5);
    std::set<std::int64_t> rows;
    for (int token = 0; token < tokens; ++token) {
      for (int head = 0; head < 3; ++head) {
        const int page = pages[static_cast<std::size_t>(cache.entry_of(token))];
        const std::int64_t row = cache.row_of(page, head, token);
        EXPECT_TRUE(rows.insert(row).second);
        EXPECT_EQ(row / (3 * cache.page_tokens()), page);
        EXPECT_EQ(row / cache.page_tokens() % 3, head);
      }
    }
  }
}

TEST(PagedCache, TokensOfAPageAreNeighbours) {
  const PagedCache cache{8, 4};
  for (int token = 1; token < 16; ++token) {
    EXPECT_EQ(cache.row_of(7, 5, token), cache.row_of(7, 5, token - 1) + 1);
  }
  EXPECT_EQ(cache.row_of(7, 5, 16), cache.row_of(7, 5, 0));
}

TEST(PagedCache, ScattersAllPages) {
  const auto pages = scattered_pages(10'000, 3);
  std::vector<std::int32_t> sorted = pages;
  std::sort(sorted.begin(), sorted.end());
  int in_place = 0, neighbours = 0;
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_EQ(sorted[static_cast<std::size_t>(i)], i);
    in_place += pages[static_cast<std::size_t>(i)] == i ? 1 : 0;
    if (i > 0) {
      neighbours +=
          pages[static_cast<std::size_t>(i)] == pages[static_cast<std::size_t>(i) - 1] + 1;
    }
  }
  EXPECT_LT(in_place, 20);
  EXPECT_LT(neighbours, 20);
  EXPECT_EQ(pages, scattered_pages(10'000, 3));
  EXPECT_NE(pages, scattered_pages(10'000, 4));
  EXPECT_TRUE(scattered_pages(0).empty());
}

TEST(PagedCache, KnowsPowersOfTwo) {
  for (int exponent : {0, 1, 4, 8, 20}) EXPECT_EQ(log2_exact(1LL << exponent), exponent);
}

}  // namespace
}  // namespace gpugauge
