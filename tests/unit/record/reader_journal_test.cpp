// The file of an unfinished run, as reader.cpp reads it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/record/read_record.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

class ReadJournal : public test::ReadRecord {
 protected:
  ReadJournal() {
    file_ = folder_ / "x.json.partial";
    record_.measurements.clear();
    record_.not_measured.clear();
    text_ = format_journal_header(record_);
  }
  Record read() {
    test::write_text(file_, text_);
    return read_record(file_);
  }

  const Record whole_ = test::synthetic_full_record();
  Record record_ = whole_;
  std::string text_;
};

TEST_F(ReadJournal, GivesBackWhatWasMeasuredSoFar) {
  text_ += format_journal_line(whole_.measurements[0]);
  text_ += format_journal_line(whole_.not_measured[0]);
  const Session session{"2025-01-02T00:00:00Z", "", {"gpugauge"}};
  text_ += format_journal_line(session);
  text_ += format_journal_line(whole_.measurements[1]);
  const Record read = this->read();
  record_.measurements = {whole_.measurements[0], whole_.measurements[1]};
  record_.not_measured = {whole_.not_measured[0]};
  record_.provenance.sessions.push_back(session);
  test::expect_same(read, record_);
  EXPECT_THAT(read.warnings,
              testing::ElementsAre(HasSubstr("not finished: 3 of 10 planned cases")));
}

TEST_F(ReadJournal, ReadsTheFileKeptAsASample) {
  const Record read = read_record(GPUGAUGE_TEST_DATA "/record/synthetic_journal.partial.jsonl");
  record_.measurements = {whole_.measurements[0], whole_.measurements[1]};
  record_.not_measured = {whole_.not_measured[1]};
  record_.provenance.sessions.push_back(whole_.provenance.sessions[1]);
  test::expect_same(read, record_);
}

TEST_F(ReadJournal, LeavesOutATornLastLineAndSaysSo) {
  text_ += format_journal_line(whole_.measurements[0]);
  const std::string whole = text_;
  const std::string next = format_journal_line(whole_.measurements[1]);
  record_.measurements = {whole_.measurements[0]};
  for (std::size_t length = 1; length < next.size(); length += 7) {
    text_ = whole + next.substr(0, length);
    const Record read = this->read();
    test::expect_same(read, record_);
    EXPECT_THAT(read.warnings,
                testing::Contains(file_.string() + ":3: the last line is incomplete and ignored"));
  }
}

TEST_F(ReadJournal, LeavesOutALastLineOfZerosAsAPowerCutLeavesIt) {
  text_ += std::string(100, '\0') + "\n";
  EXPECT_THAT(read().warnings, testing::Contains(HasSubstr(":2: the last line is incomplete")));
}

TEST_F(ReadJournal, CountsTheLastOutcomeOfACaseThatWasTriedAgain) {
  const Measurement& m = whole_.measurements[0];
  NotMeasured failed{m.name, NotMeasuredStatus::kFailed, "out of memory"};
  text_ += format_journal_line(failed);
  failed.reason = "out of memory again";
  text_ += format_journal_line(failed);
  Record read = this->read();
  ASSERT_EQ(read.not_measured.size(), 1U);
  EXPECT_EQ(read.not_measured[0].reason, "out of memory again");
  text_ += format_journal_line(m);
  read = this->read();
  EXPECT_THAT(read.not_measured, IsEmpty());
  EXPECT_EQ(read.measurements.size(), 1U);
}

TEST_F(ReadJournal, NamesTheLineOfAnError) {
  const std::string header = text_;
  EXPECT_THAT(
      message_about(header + "{\"benchmark\": 5x}\n" + format_journal_line(whole_.measurements[0])),
      HasSubstr("x.json.partial:2:16: not valid JSON"));
  EXPECT_EQ(message_about(header + "{\"benchmark\":{\"name\":5}}\n"),
            "x.json.partial:2: benchmark.name: found '5', expected a string");
  EXPECT_EQ(
      message_about(header + "{\"other\":{}}\n"),
      "x.json.partial:2: expected one of benchmark, not_measured, started, interrupted, again, "
      "lost_candidate, session");
  EXPECT_EQ(message_about(header.substr(0, 100)),
            "x.json.partial: is incomplete in its first line");
}

}  // namespace
}  // namespace gpugauge
