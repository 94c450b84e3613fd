// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/gemm/search_cache.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

SearchedChoice choice_of(std::uint64_t first) {
  return {.algorithm = {first, ~std::uint64_t{0}},
          .workspace_bytes = 1 << 22,
          .rows = 32,
          .candidates = 300};
}

class Cached : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "new folder" / "c.jsonl";
  SearchCache cache_{file_};
};

TEST_F(Cached, GivesBackWhatItWasGiven) {
  cache_.add("a", choice_of(7));
  cache_.add("b", choice_of(8));
  const auto found = SearchCache(file_).find("a");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->algorithm, choice_of(7).algorithm);
  EXPECT_EQ(found->workspace_bytes, 1 << 22);
  EXPECT_EQ(found->rows, 32);
  EXPECT_EQ(found->candidates, 300);
  EXPECT_FALSE(cache_.find("c"));
}

TEST_F(Cached, TheLastLineOfAKeyCounts) {
  cache_.add("a", choice_of(1));
  cache_.add("a", choice_of(2));
  EXPECT_EQ(cache_.find("a")->algorithm[0], 2u);
}

TEST_F(Cached, SurvivesALineThatWasTorn) {
  cache_.add("a", choice_of(1));
  std::ofstream(file_, std::ios::app) << R"({"key":"a","algor)";
  EXPECT_EQ(cache_.find("a")->algorithm[0], 1u);
  cache_.add("b", choice_of(3));
  EXPECT_EQ(cache_.find("b")->algorithm[0], 3u);
}

TEST_F(Cached, SkipsLinesOfAnotherKind) {
  cache_.add("a", choice_of(1));
  std::ofstream(file_, std::ios::app) << "[1]\n"
                                      << R"({"key":"a","algorithm":[1,2]})"
                                      << "\n";
  EXPECT_EQ(cache_.find("a")->algorithm[0], 1u);
}

TEST(SearchCache, WithoutAFileKeepsNothing) {
  const SearchCache cache({});
  cache.add("a", choice_of(1));
  EXPECT_FALSE(cache.find("a"));
}

TEST(SearchCache, AnUnwritableFileIsNoError) {
  const SearchCache cache("/proc/nowhere/c.jsonl");
  EXPECT_NO_THROW(cache.add("a", choice_of(1)));
  EXPECT_FALSE(cache.find("a"));
}

TEST(SearchCache, FollowsTheEnvironment) {
  setenv("GPUGAUGE_SEARCH_CACHE", "/x/y.jsonl", 1);
  EXPECT_EQ(SearchCache::customary_file(), "/x/y.jsonl");
  setenv("GPUGAUGE_SEARCH_CACHE", "off", 1);
  EXPECT_EQ(SearchCache::customary_file(), "");
  unsetenv("GPUGAUGE_SEARCH_CACHE");
  setenv("XDG_CACHE_HOME", "/caches", 1);
  EXPECT_EQ(SearchCache::customary_file(), "/caches/gpugauge/cublaslt.jsonl");
  unsetenv("XDG_CACHE_HOME");
  setenv("HOME", "/home/me", 1);
  EXPECT_EQ(SearchCache::customary_file(), "/home/me/.cache/gpugauge/cublaslt.jsonl");
}

}  // namespace
}  // namespace gpugauge

#endif  // GPUGAUGE_HAS_CUDA
