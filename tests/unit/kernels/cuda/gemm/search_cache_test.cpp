// Links what is in builds with CUDA only.
#if GPUGAUGE_HAS_CUDA

#include "kernels/cuda/gemm/search_cache.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kNow = 1'800'000'000;

SearchedChoice choice_of(std::uint64_t first) {
  return {.finalists = {{.algorithm = {first, ~std::uint64_t{0}},
                         .workspace_bytes = 1 << 22,
                         .rows = 32},
                        {.algorithm = {99}}},
          .seconds = 1.5e-6,
          .clear = true,
          .tried = 280,
          .candidates = 300,
          .limits = "left out: algo 6 (crashed)",
          .budget_seconds = 2.5};
}

/// The first word of the fastest algorithm, or 0 where nothing was found.
std::uint64_t word_in(const SearchCache& cache, std::string_view key) {
  const auto found = cache.find(key);
  return found ? found->finalists.at(0).algorithm[0] : 0;
}

class Cached : public testing::Test {
 protected:
  TemporaryFolder folder_;
  std::filesystem::path file_ = folder_.path() / "new folder" / "c.jsonl";
  SearchCache cache_{file_, kNow};
};

TEST_F(Cached, GivesBackWhatItWasGiven) {
  cache_.add("a", choice_of(7));
  cache_.add("b", choice_of(8));
  const auto found = SearchCache(file_, kNow).find("a");
  ASSERT_TRUE(found);
  ASSERT_EQ(found->finalists.size(), 2u);
  EXPECT_EQ(found->finalists[0].algorithm, choice_of(7).finalists[0].algorithm);
  EXPECT_EQ(found->finalists[0].workspace_bytes, 1 << 22);
  EXPECT_EQ(found->finalists[0].rows, 32);
  EXPECT_EQ(found->seconds, 1.5e-6);
  EXPECT_TRUE(found->clear);
  EXPECT_EQ(found->tried, 280);
  EXPECT_EQ(found->candidates, 300);
  EXPECT_EQ(found->limits, "left out: algo 6 (crashed)");
  EXPECT_EQ(found->budget_seconds, 2.5);
  EXPECT_FALSE(cache_.find("c"));
}

TEST_F(Cached, TheLastLineOfAKeyCounts) {
  cache_.add("a", choice_of(1));
  cache_.add("a", choice_of(2));
  EXPECT_EQ(word_in(cache_, "a"), 2u);
}

TEST_F(Cached, IsTrustedForAMonth) {
  cache_.add("a", choice_of(1));
  cache_.add_lost("a", "algo 6", "hung");
  const auto later = [&](std::int64_t seconds) { return SearchCache(file_, kNow + seconds); };
  EXPECT_EQ(word_in(later(30 * 86'400), "a"), 1u);
  EXPECT_EQ(later(30 * 86'400).lost("a").size(), 1u);
  EXPECT_FALSE(later(30 * 86'400 + 1).find("a"));
  EXPECT_TRUE(later(30 * 86'400 + 1).lost("a").empty());
  EXPECT_FALSE(later(-1).find("a"));  // the clock was set back: nobody knows how old it is
}

TEST_F(Cached, RemembersCandidatesThatEndedAProcess) {
  cache_.add("a", choice_of(1));
  cache_.add_lost("a", "algo 6", "hung");
  cache_.add_lost("a", "algo 7", "crashed");
  cache_.add_lost("b", "algo 8", "crashed");
  EXPECT_EQ(cache_.lost("a"),
            (std::map<std::string, std::string>{{"algo 6", "hung"}, {"algo 7", "crashed"}}));
  EXPECT_EQ(word_in(cache_, "a"), 1u);
}

TEST_F(Cached, SurvivesALineThatWasTorn) {
  cache_.add("a", choice_of(1));
  std::ofstream(file_, std::ios::app) << R"({"key":"a","algor)";
  EXPECT_EQ(word_in(cache_, "a"), 1u);
  cache_.add("b", choice_of(3));
  EXPECT_EQ(word_in(cache_, "b"), 3u);
}

TEST_F(Cached, SkipsLinesOfAnotherKind) {
  cache_.add("a", choice_of(1));
  std::ofstream(file_, std::ios::app) << "[1]\n"
                                      << R"({"key":5,"unix_seconds":1800000000})"
                                      << "\n"
                                      << R"({"key":"a","unix_seconds":"now","finalists":[]})"
                                      << "\n"
                                      << R"({"key":"a","unix_seconds":1800000000,"lost":5})"
                                      << "\n";
  EXPECT_EQ(word_in(cache_, "a"), 1u);
  EXPECT_TRUE(cache_.lost("a").empty());
}

TEST_F(Cached, IgnoresWhatAnOlderVersionWrote) {
  std::filesystem::create_directories(file_.parent_path());
  std::ofstream(file_) << R"({"algorithm":[1,2,3,4,5,6,7,8],"candidates":300,"key":"a",)"
                       << R"("rows":32,"workspace_bytes":0})"
                       << "\n";
  EXPECT_FALSE(cache_.find("a"));
  EXPECT_TRUE(cache_.lost("a").empty());
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
