#include "harness/cli/commands/run_session.hpp"

#include <gtest/gtest.h>

#include "harness/record/health.hpp"
#include "harness/record/reader.hpp"
#include "tests/unit/config/temporary_folder.hpp"
#include "tests/unit/measure/fake_device.hpp"

namespace gpugauge {
namespace {

/// Has one more uncorrected error every time it is asked, beginning with none.
class AgeingDevice : public FakeDevice {
 public:
  std::optional<CardHealth> health() override {
    return CardHealth{.uncorrected_errors = errors_++};
  }

 private:
  std::uint64_t errors_ = 0;
};

class RunSessions : public testing::Test {
 protected:
  RunSessions() {
    suite_.path = folder_.write("a.yaml", "cases: []");
    options_.output = (folder_.path() / "result.json").string();
    plan_.cases.resize(1);
    plan_.cases[0].name = "a";
  }

  TemporaryFolder folder_;
  Suite suite_;
  RunOptions options_;
  Plan plan_;
};

TEST_F(RunSessions, KeepTheCardsHealthAtBeginAndEndAndIfTheyWereInterrupted) {
  AgeingDevice device;
  RunSession first = start_session(options_, suite_, device, plan_, {"gpugauge"});
  const std::filesystem::path journal = first.journal.path();
  { const RunSession gone = std::move(first); }  // as a killed process leaves it
  const Record so_far = read_record(journal, Detail::kSummary);
  EXPECT_EQ(last_health(so_far).uncorrected_errors, 0U);

  options_.resume = journal.string();
  RunSession second = resume_session(options_, device, plan_, {"gpugauge"});
  auto& sessions = second.record.provenance.sessions;
  end_session(sessions.back(), device);
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_FALSE(sessions[0].health_after.has_value());
  EXPECT_EQ(sessions[1].health_before->uncorrected_errors, 1U);
  EXPECT_EQ(sessions[1].health_after->uncorrected_errors, 2U);
  EXPECT_NE(sessions[1].ended_utc, "");
  EXPECT_EQ(card_errors(second.record).uncorrected, 1U);
}

TEST_F(RunSessions, OfADeviceThatDoesNotTellHaveNoHealth) {
  FakeDevice device;
  RunSession session = start_session(options_, suite_, device, plan_, {"gpugauge"});
  Session& only = session.record.provenance.sessions.back();
  end_session(only, device);
  EXPECT_FALSE(only.health_before || only.health_after);
}

}  // namespace
}  // namespace gpugauge
