#include "harness/history/ack_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/base/text_file.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const Ack kAck{.cases = "gemm/fp8*",
               .card = "*",
               .reason = "cuBLAS: \"13.1\"\n# not a comment",
               .commit = "1a2b3c4",
               .by = "ann",
               .night = "2025-11-22",
               .mute = false,
               .delta = std::nullopt};

TEST(AppendAck, IsReadAsItWasWritten) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "new" / "acks.yaml";
  append_ack(file, kAck);
  const std::vector<Ack> acks = load_acks(file);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].cases, kAck.cases);
  EXPECT_EQ(acks[0].card, "*");
  EXPECT_EQ(acks[0].reason, kAck.reason);
  EXPECT_EQ(acks[0].commit, kAck.commit);
  EXPECT_EQ(acks[0].by, kAck.by);
  EXPECT_EQ(acks[0].night, kAck.night);
}

TEST(AppendAck, KeepsWhatWasThere) {
  const TemporaryFolder folder;
  const std::string before = "# ours\n- case: a  # why\n  reason: b\n  mute: true";
  const auto file = folder.write("acks.yaml", before);
  append_ack(file, kAck);
  EXPECT_THAT(read_text_file(file), StartsWith(before + "\n"));
  EXPECT_EQ(load_acks(file).size(), 2U);
}

TEST(AppendAck, LeavesAFileAloneThatItCannotAppendTo) {
  const TemporaryFolder folder;
  for (const char* text : {"[{case: a, reason: b, mute: true}]\n", "- case: a\n  raeson: b\n"}) {
    EXPECT_NE(folder.error_of([](const auto& file) { append_ack(file, kAck); }, "acks.yaml", text),
              "no error");
    EXPECT_EQ(read_text_file(folder.path() / "acks.yaml"), text);
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "acks.yaml.new"));
  }
}

}  // namespace
}  // namespace gpugauge
