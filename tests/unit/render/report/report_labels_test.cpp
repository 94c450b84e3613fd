#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/render/report/report_data.hpp"

namespace gpugauge {
namespace {

std::vector<std::filesystem::path> short_of(const std::vector<std::filesystem::path>& paths) {
  std::vector<Record> records(paths.size());
  for (std::size_t i = 0; i < paths.size(); ++i) records[i].path = paths[i];
  return short_paths(records);
}

TEST(ShortPaths, AreNamesWithAsManyFoldersAsTellThemApart) {
  using ::testing::ElementsAre;
  EXPECT_THAT(short_of({"/home/me/a.json", "b.json"}), ElementsAre("a.json", "b.json"));
  EXPECT_THAT(short_of({"/x/a/0.json", "/x/b/0.json", "/x/1.json"}),
              ElementsAre("a/0.json", "b/0.json", "1.json"));
  EXPECT_THAT(short_of({"0.json", "b/0.json"}), ElementsAre("0.json", "b/0.json"));
  EXPECT_THAT(short_of({"/a/x/0.json", "/b/x/0.json"}), ElementsAre("a/x/0.json", "b/x/0.json"));
  EXPECT_THAT(short_of({"/a/0.json", "a/0.json"}), ElementsAre("/a/0.json", "a/0.json"));
}

}  // namespace
}  // namespace gpugauge
