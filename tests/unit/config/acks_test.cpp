#include "harness/config/acks.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

TEST(LoadAcks, ReadsEveryKind) {
  const TemporaryFolder folder;
  const auto acks =
      load_acks(folder.write("acks.yaml",
                             "- {case: gemm/*, night: 2025-11-22, reason: new cuBLAS, "
                             "commit: 1a2b, by: ann, card: GPU-1*}\n"
                             "- {case: latency/*, mute: true, reason: noisy}\n"
                             "- {case: memory/*, threshold_percent: 2, reason: x}\n"));
  ASSERT_EQ(acks.size(), 3U);
  EXPECT_EQ(acks[0].night, "2025-11-22");
  EXPECT_EQ(acks[0].commit, "1a2b");
  EXPECT_TRUE(acks[0].covers("gemm/fp8/m:1", "GPU-17"));
  EXPECT_FALSE(acks[0].covers("gemm/fp8/m:1", "GPU-2"));
  EXPECT_FALSE(acks[0].covers("memory/read", "GPU-17"));
  EXPECT_TRUE(acks[1].mute);
  EXPECT_FALSE(acks[1].night);
  EXPECT_DOUBLE_EQ(acks[2].delta.value(), 0.02);
}

TEST(LoadAcks, NoFileOrNothingInItIsNone) {
  const TemporaryFolder folder;
  EXPECT_THAT(load_acks(folder.path() / "none.yaml"), IsEmpty());
  EXPECT_THAT(load_acks(folder.write("empty.yaml", "")), IsEmpty());
  EXPECT_THAT(load_acks(folder.write("comments.yaml", "---\n# nothing yet\n\n  # still\n")),
              IsEmpty());
}

TEST(LoadAcks, NamesTheLineOfWhatIsWrong) {
  const TemporaryFolder folder;
  const auto error = [&](std::string_view text) {
    return folder.error_of([](const auto& file) { load_acks(file); }, "acks.yaml", text);
  };
  EXPECT_THAT(error("- case: a\n  night: 2025-11-22\n"), HasSubstr("reason"));
  EXPECT_THAT(error("- case: a\n  reason: b\n  night: 2025-02-30\n"), HasSubstr("acks.yaml:3:"));
  EXPECT_THAT(error("- case: a\n  reason: b\n  nihgt: 2025-02-03\n"),
              HasSubstr("did you mean 'night'?"));
  EXPECT_THAT(error("- case: a\n  reason: b\n"), HasSubstr("one of night, mute"));
  EXPECT_THAT(error("- case: a\n  reason: b\n  threshold_percent: -1\n"),
              HasSubstr("acks.yaml:3:"));
  EXPECT_THAT(error("case: a\n"), HasSubstr("acks.yaml:1:"));
  EXPECT_THAT(error("- {case: a\n"), HasSubstr("not YAML"));
}

TEST(MatchesGlob, AStarIsAlsoASlash) {
  EXPECT_TRUE(matches_glob("gemm*cold", "gemm/a/b/cold"));
  EXPECT_TRUE(matches_glob("gemm/a", "gemm/a"));
  EXPECT_FALSE(matches_glob("gemm", "gemm/a"));
}

}  // namespace
}  // namespace gpugauge
