#include "harness/record/journal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <random>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/writer.hpp"
#include "tests/unit/record/journal_files.hpp"
#include "tests/unit/record/pack_gzip.hpp"

namespace gpugauge {
namespace {

using test::JournalTest;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(JournalTest, GrowsWithEachOutcomeAndBecomesTheResult) {
  Journal journal = create();
  EXPECT_EQ(journal.result_path(), result_);
  EXPECT_EQ(journal.path(), partial_);
  std::size_t lines = 1;
  for (const Measurement& m : whole_.measurements) {
    journal.append(m);
    EXPECT_EQ(read_record(partial_).measurements.size(), lines++);
  }
  for (const NotMeasured& n : whole_.not_measured) journal.append(n);
  test::expect_same(read_record(partial_), whole_);
  EXPECT_FALSE(std::filesystem::exists(result_));

  journal.finish(whole_);
  test::expect_same(read_record(result_), whole_);
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
}

TEST_F(JournalTest, OverwritesNothingUnlessAsked) {
  std::filesystem::create_directories(result_.parent_path());
  test::write_text(result_, "precious");
  EXPECT_EQ(test::message_of<UsageError>([&] { create(); }),
            result_.string() + ": already exists; continue it with --resume " + result_.string() +
                ", or replace it with --overwrite");
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);

  Journal journal = create(true);
  EXPECT_EQ(test::text_of(result_), "precious");  // until there is a better one
  journal.finish(whole_);
  test::expect_same(read_record(result_), whole_);
}

TEST_F(JournalTest, OverwritesNoJournalUnlessAsked) {
  leave_unfinished();
  EXPECT_THAT(test::message_of<UsageError>([&] { create(); }),
              HasSubstr("x.json.partial: already exists; continue it with --resume "));
  EXPECT_EQ(read_record(partial_).measurements.size(), 1U);
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
  create(true);
  EXPECT_THAT(read_record(partial_).measurements, IsEmpty());
}

TEST_F(JournalTest, IsLockedWhileItIsOpen) {
  const Journal journal = create();
  const std::string busy = ": another process is writing it";
  EXPECT_THAT(test::message_of<UsageError>([&] { create(true); }), HasSubstr(busy));
  Record so_far;
  EXPECT_EQ(test::message_of<UsageError>([&] { Journal::resume(partial_, session_, so_far); }),
            partial_.string() + busy);
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
}

TEST_F(JournalTest, GoesOnWithAJournal) {
  leave_unfinished();
  Record so_far;
  {
    Journal journal = Journal::resume(partial_, session_, so_far);
    EXPECT_EQ(journal.result_path(), result_);
    ASSERT_EQ(so_far.measurements.size(), 1U);
    test::expect_same(so_far.measurements[0], whole_.measurements[0]);
    EXPECT_EQ(so_far.provenance.sessions.size(), 3U);
    EXPECT_EQ(so_far.provenance.sessions.back().argv, session_.argv);
    journal.append(whole_.measurements[1]);
  }
  // By the name of the result that is not there yet, too.
  Journal journal = Journal::resume(result_, session_, so_far);
  EXPECT_EQ(so_far.measurements.size(), 2U);
  EXPECT_EQ(so_far.provenance.sessions.size(), 4U);
  journal.finish(so_far);
  EXPECT_EQ(read_record(result_).measurements.size(), 2U);
  EXPECT_FALSE(std::filesystem::exists(partial_));
}

TEST_F(JournalTest, CutsATornLineOffBeforeItGoesOn) {
  leave_unfinished();
  const std::string whole = test::text_of(partial_);
  test::write_text(partial_, whole + R"({"benchmark":{"name":"gem)");
  Record so_far;
  Journal journal = Journal::resume(partial_, session_, so_far);
  EXPECT_THAT(so_far.warnings, testing::Contains(HasSubstr("the last line is incomplete")));
  journal.append(whole_.measurements[1]);
  const std::string text = test::text_of(partial_);
  EXPECT_EQ(text,
            whole + format_journal_line(session_) + format_journal_line(whole_.measurements[1]));
}

TEST_F(JournalTest, LeavesACompressedJournalAsItIs) {
  leave_unfinished();
  const std::string packed = test::pack_gzip(test::text_of(partial_));
  test::write_text(partial_, packed);
  EXPECT_EQ(read_record(partial_).measurements.size(), 1U);
  Record so_far;
  EXPECT_EQ(test::message_of<UsageError>([&] { Journal::resume(partial_, session_, so_far); }),
            partial_.string() +
                ": is compressed or begins with a byte-order mark, expected plain "
                "JSON to go on with");
  EXPECT_EQ(test::text_of(partial_), packed);
}

TEST_F(JournalTest, GoesOnWithAResultThatLacksCases) {
  Record incomplete = whole_;
  incomplete.measurements.resize(2);
  create().finish(incomplete);

  Record so_far;
  Journal journal = Journal::resume(result_, session_, so_far);
  EXPECT_TRUE(std::filesystem::exists(result_));  // until the better one is whole
  test::expect_same(so_far.measurements[1], whole_.measurements[1]);
  const Record kept = read_record(partial_);
  EXPECT_EQ(kept.measurements.size(), 2U);
  EXPECT_EQ(kept.not_measured.size(), 3U);  // what failed is tried again
  EXPECT_EQ(kept.provenance.sessions.size(), 3U);
}

TEST_F(JournalTest, TriesFailedCasesAgainAndNoOthers) {
  create().finish(whole_);
  Record so_far;
  Journal::resume(result_, session_, so_far);
  ASSERT_EQ(so_far.not_measured.size(), 3U);
  for (const NotMeasured& n : so_far.not_measured) EXPECT_NE(n.status, NotMeasuredStatus::kFailed);
  EXPECT_FALSE(so_far.complete());
}

TEST_F(JournalTest, ARunThatGoesOnByItselfKeepsItsFailedCases) {
  const NotMeasured failed{whole_.planned[0], NotMeasuredStatus::kFailed, "a reason"};
  create().append(failed);
  Record so_far;
  Journal::resume(partial_, session_, so_far, [](const NotMeasured&) { return false; });
  EXPECT_THAT(so_far.not_measured,
              testing::Contains(testing::Field(&NotMeasured::name, failed.name)));
}

TEST_F(JournalTest, WhatIsTriedAgainHasNoOutcomeForTheProcessesAfterThis) {
  create().finish(whole_);
  Record so_far;
  const auto everything = [](const NotMeasured&) { return true; };
  EXPECT_FALSE(is_finished(whole_, everything));
  { const Journal gone = Journal::resume(result_, session_, so_far, everything); }
  EXPECT_TRUE(so_far.not_measured.empty());
  EXPECT_TRUE(read_record(partial_).not_measured.empty());
}

TEST_F(JournalTest, CrashedAndHungCasesAreNotTriedAgain) {
  Record complete = whole_;
  complete.not_measured[0].status = NotMeasuredStatus::kHung;
  complete.not_measured[1].status = NotMeasuredStatus::kCrashed;
  EXPECT_TRUE(is_finished(complete));
}

TEST_F(JournalTest, HasNothingToDoForACompleteResult) {
  Record complete = whole_;
  complete.not_measured[1].status = NotMeasuredStatus::kUnsupported;
  create().finish(complete);
  Record so_far;
  EXPECT_EQ(test::message_of<UsageError>([&] { Journal::resume(result_, session_, so_far); }),
            result_.string() + ": has all of its 10 planned cases, nothing is left to do");
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
}

TEST_F(JournalTest, RefusesToGoOnWithWhatIsNoJournal) {
  Record so_far;
  const auto resume = [&](const std::filesystem::path& file) {
    return test::message_of<UsageError>([&] { Journal::resume(file, session_, so_far); });
  };
  EXPECT_THAT(resume(folder_ / "none.json"), HasSubstr("none.json: no such file"));
  EXPECT_THAT(resume(folder_.path()), HasSubstr("is a folder"));
  test::write_text(folder_ / "a.partial", format_result(whole_));
  EXPECT_THAT(resume(folder_ / "a.partial"), HasSubstr("is a result file, not a journal"));
  test::write_text(folder_ / "b.json", format_journal_header(header_));
  EXPECT_THAT(resume(folder_ / "b.json"), HasSubstr("is a journal, whose name must end in "));
  test::write_text(folder_ / "c.partial", "nonsense");
  EXPECT_THAT(resume(folder_ / "c.partial"), HasSubstr("not valid JSON"));
  EXPECT_EQ(test::text_of(folder_ / "c.partial"), "nonsense");
}

TEST_F(JournalTest, SaysWhyItCannotBeWritten) {
  test::write_text(folder_ / "runs", "a file where a folder must be");
  EXPECT_THAT(test::message_of<EnvironmentError>([&] { create(); }),
              HasSubstr("runs/today: the folder cannot be made: Not a directory"));
  // Even root cannot make a file in /proc.
  result_ = "/proc/x.json";
  EXPECT_THAT(test::message_of<EnvironmentError>([&] { create(); }),
              HasSubstr("/proc/x.json.partial.new: cannot be opened for writing: "));
  result_ = folder_.path();
  EXPECT_EQ(test::message_of<EnvironmentError>([&] { create(); }),
            folder_.path().string() + ": cannot be written: Is a directory");
}

/// Runs in a process of its own whose files may not grow above `bytes`: a disk that is full.
template <typename Action>
int exit_status_with_file_limit(rlim_t bytes, const Action& action) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    int status = 99;
    try {
      status = action();
    } catch (...) {
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// 0 if the action fails as a full disk should make it fail.
template <typename Action>
int expect_full(const Action& action) {
  try {
    action();
  } catch (const EnvironmentError& error) {
    return std::string(error.what()).find("File too large") == std::string::npos ? 2 : 0;
  }
  return 1;
}

TEST_F(JournalTest, KeepsWhatWasThereWhenTheDiskIsFull) {
  leave_unfinished();
  const std::string before = test::text_of(partial_);
  const std::string resumed = before + format_journal_line(session_);
  const int status = exit_status_with_file_limit(resumed.size() + 100, [&] {
    Record so_far;
    Journal journal = Journal::resume(partial_, session_, so_far);
    return expect_full([&] { journal.append(whole_.measurements[1]); }) +
           expect_full([&] { journal.append(whole_.measurements[1]); });
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(test::text_of(partial_), resumed);
}

TEST_F(JournalTest, KeepsTheJournalWhenTheResultDoesNotFit) {
  const int status = exit_status_with_file_limit(8192, [&] {
    Journal journal = create();
    return expect_full([&] { journal.finish(whole_); });
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
  test::expect_same(read_record(partial_), header_);
}

TEST_F(JournalTest, ReplacesNothingByAJournalThatDoesNotFit) {
  leave_unfinished();
  const std::string before = test::text_of(partial_);
  const int status =
      exit_status_with_file_limit(100, [&] { return expect_full([&] { create(true); }); });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(test::text_of(partial_), before);
  EXPECT_EQ(test::file_count(result_.parent_path()), 1U);
}

/// A process that appends for ever and tells how many lines it has finished.
void append_for_ever(Journal journal, const Record& whole, int progress_fd) {
  for (;;) {
    for (const Measurement& m : whole.measurements) {
      journal.append(m);
      if (::write(progress_fd, "x", 1) != 1) ::_exit(1);
    }
  }
}

TEST_F(JournalTest, IsReadableAfterAKillAtAnyMoment) {
  std::mt19937 random(20250101);
  std::uniform_int_distribution<int> wait_us(0, 20000);
  for (int round = 0; round < 25; ++round) {
    int progress[2];
    ASSERT_EQ(::pipe(progress), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      try {
        append_for_ever(create(true), whole_, progress[1]);
      } catch (...) {
      }
      ::_exit(1);
    }
    ::close(progress[1]);
    char mark = 0;
    ASSERT_EQ(::read(progress[0], &mark, 1), 1);
    std::this_thread::sleep_for(std::chrono::microseconds(wait_us(random)));
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    std::size_t finished = 1;
    while (::read(progress[0], &mark, 1) == 1) ++finished;
    ::close(progress[0]);

    const Record left = read_record(partial_);
    // The kill may fall between a line and its mark.
    EXPECT_GE(left.measurements.size(), finished);
    EXPECT_LE(left.measurements.size(), finished + 1);
    for (std::size_t i = 0; i < left.measurements.size(); ++i)
      test::expect_same(left.measurements[i], whole_.measurements[i % whole_.measurements.size()]);
    Record so_far;
    Journal::resume(partial_, session_, so_far);
    EXPECT_EQ(so_far.measurements.size(), left.measurements.size());
  }
}

}  // namespace
}  // namespace gpugauge
