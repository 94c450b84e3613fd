#include "harness/record/provenance.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/utsname.h>

#include <cstdlib>

#include "harness/record/sha256.hpp"

namespace gpugauge {
namespace {

TEST(OsRelease, ValueIsFoundWithoutItsQuotes) {
  const std::string text = "NAME=\"Debian\"\nPRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n";
  EXPECT_EQ(os_release_value(text, "PRETTY_NAME"), "Debian GNU/Linux 12");
  EXPECT_EQ(os_release_value(text, "ID"), "debian");
  EXPECT_EQ(os_release_value(text, "VERSION"), "");
  EXPECT_EQ(os_release_value("", "ID"), "");
}

TEST(CollectProvenance, SaysWhatThisProcessIs) {
  const Provenance p = collect_provenance({"gpugauge", "run"});
  utsname system{};
  ASSERT_EQ(::uname(&system), 0);
  EXPECT_EQ(p.kernel, system.release);
  EXPECT_EQ(p.host_name, system.nodename);
  EXPECT_GT(p.cpu_count, 0);
  EXPECT_FALSE(p.cpu_name.empty());
  EXPECT_FALSE(p.os.empty());
  ASSERT_EQ(p.sessions.size(), 1U);
  EXPECT_THAT(p.sessions[0].argv, testing::ElementsAre("gpugauge", "run"));
  EXPECT_FALSE(p.sessions[0].started_utc.empty());
  EXPECT_EQ(p.sessions[0].ended_utc, "");
  EXPECT_EQ(p.executable_sha256, sha256_of_file("/proc/self/exe"));
}

TEST(CollectProvenance, SaysHowItWasBuilt) {
  const Provenance p = collect_provenance({});
  EXPECT_THAT(p.git_sha, testing::MatchesRegex("[0-9a-f]{40}|unknown"));
  EXPECT_THAT(p.gpugauge_version, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
  EXPECT_THAT(p.compiler, testing::HasSubstr(" "));
  EXPECT_FALSE(p.build_type.empty());
  ASSERT_GE(p.libraries.size(), 2U);
  EXPECT_EQ(p.libraries[0].first, "google_benchmark");
  for (const auto& [name, version] : p.libraries) EXPECT_FALSE(version.empty()) << name;
}

TEST(CollectProvenance, EveryRunHasItsOwnId) {
  EXPECT_NE(collect_provenance({}).run_id, collect_provenance({}).run_id);
}

}  // namespace
}  // namespace gpugauge
