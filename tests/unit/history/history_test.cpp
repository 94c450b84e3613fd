#include "harness/history/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/text_file.hpp"
#include "harness/history/folder_lock.hpp"
#include "tests/unit/config/temporary_folder.hpp"
#include "tests/unit/history/fake_run.hpp"
#include "tests/unit/record/pack_gzip.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class HistoryTest : public testing::Test {
 protected:
  fs::path incoming(int number, const std::string& date = "2025-11-22", double time_ns = 1000) {
    return fake::write(temporary_.path() / "in", fake::run(number, date, time_ns));
  }
  Additions add(const fs::path& file) { return add_to_history(folder_, std::span(&file, 1), {}); }
  History read() const { return read_history(folder_); }
  std::vector<std::string> nights() const {
    std::vector<std::string> nights;
    for (const RunEntry& run : read().index.runs) nights.push_back(run.night);
    return nights;
  }
  template <typename Thrown, typename Do>
  static std::string error_of(Do action) {
    try {
      action();
    } catch (const Thrown& error) {
      return error.what();
    }
    return "no error";
  }

  TemporaryFolder temporary_;
  fs::path folder_ = temporary_.path() / "history";
};

TEST_F(HistoryTest, AddsAFileInItsPlaceAndLeavesItAsItIs) {
  const fs::path source = incoming(1);
  const Additions added = add(source);
  EXPECT_THAT(added.history.warnings, IsEmpty());
  ASSERT_EQ(added.files.size(), 1U);
  const fs::path expected = folder_ /
                            "date=2025-11-22/host=node_7/gpu=GPU-11111111-2222/"
                            "00000000-0000-4000-8000-000000000001.json";
  EXPECT_EQ(added.files[0].file, expected);
  EXPECT_EQ(read_text_file(expected), read_text_file(source));
}

TEST_F(HistoryTest, ReadsCompressedFilesAsTheRunsThatTheyAre) {
  const fs::path plain = incoming(1);
  const fs::path packed = fs::path(plain) += ".gz";
  std::ofstream(packed) << test::pack_gzip(read_text_file(plain));
  const fs::path added = add(packed).files.at(0).file;
  EXPECT_EQ(read_text_file(added), read_text_file(plain));
  EXPECT_TRUE(add(plain).files.at(0).was_there);
  // Compressed in its place, to save room: the same run.
  fs::rename(packed, fs::path(added) += ".gz");
  fs::remove(added);
  EXPECT_TRUE(add(plain).files.at(0).was_there);
  EXPECT_THAT(nights(), ElementsAre("2025-11-22"));
}

TEST_F(HistoryTest, TheIndexHoldsEverythingOfTheFiles) {
  add(incoming(1));
  const History found = read();
  EXPECT_THAT(found.warnings, IsEmpty());
  CaseNames names;
  const RunEntry expected = run_entry_of(fake::run(1), names);
  ASSERT_EQ(found.index.runs.size(), 1U);
  const RunEntry& run = found.index.runs[0];
  EXPECT_EQ(run.run_id, expected.run_id);
  EXPECT_EQ(run.host, "node/7");
  EXPECT_EQ(run.clock_policy, expected.clock_policy);
  EXPECT_EQ(run.other_processes, 0);
  ASSERT_EQ(run.cases.size(), expected.cases.size());
  for (std::size_t i = 0; i < run.cases.size(); ++i) {
    EXPECT_EQ(found.index.names[run.cases[i].name], names[expected.cases[i].name]);
    EXPECT_EQ(run.cases[i].time_ns, expected.cases[i].time_ns);
  }
}

TEST_F(HistoryTest, TheIndexKnowsTheNightsOnWhichTheCardHadErrors) {
  Record sick = fake::run(1);
  sick.provenance.sessions[0].health_before = CardHealth{.uncorrected_errors = 0};
  sick.provenance.sessions[0].health_after = CardHealth{.uncorrected_errors = 1};
  add(fake::write(temporary_.path() / "in", sick));
  add(incoming(2, "2025-11-23"));
  const History found = read();
  ASSERT_EQ(found.index.runs.size(), 2U);
  EXPECT_TRUE(found.index.runs[0].card_errors);
  EXPECT_FALSE(found.index.runs[1].card_errors);
}

TEST_F(HistoryTest, TheSameFileTwiceIsOne) {
  add(incoming(1));
  EXPECT_TRUE(add(incoming(1)).files[0].was_there);
  EXPECT_EQ(read().index.runs.size(), 1U);
}

TEST_F(HistoryTest, RefusesARunIdWithOtherContents) {
  add(incoming(1));
  const fs::path other = incoming(1, "2025-11-22", 999);
  EXPECT_THAT(error_of<UsageError>([&] { add(other); }), HasSubstr("with other contents"));
  EXPECT_EQ(read().index.runs[0].cases.size(), 2U);
}

TEST_F(HistoryTest, OneWrongFileAndNoneIsAdded) {
  const std::vector<fs::path> files{incoming(1), temporary_.write("in/half.json", "{\"context\":")};
  EXPECT_THROW(add_to_history(folder_, files, {}), UsageError);
  EXPECT_THAT(read().index.runs, IsEmpty());
}

TEST_F(HistoryTest, RefusesTheJournalOfAnUnfinishedRun) {
  const Record r = fake::run(1);
  const fs::path journal = temporary_.write(
      "in/x.json.partial", format_journal_header(r) + format_journal_line(r.measurements[0]));
  EXPECT_THAT(error_of<UsageError>([&] { add(journal); }), HasSubstr("not finished"));
}

TEST_F(HistoryTest, AnOlderFileGoesInItsPlaceWithAWarning) {
  add(incoming(2, "2025-11-22"));
  const Additions added = add(incoming(1, "2025-11-20"));
  EXPECT_THAT(added.history.warnings, ElementsAre(HasSubstr("check the machine's clock")));
  EXPECT_THAT(nights(), ElementsAre("2025-11-20", "2025-11-22"));
}

TEST_F(HistoryTest, SeveralNightsAtOnceAreNoWarning) {
  const std::vector<fs::path> files{incoming(2, "2025-11-22"), incoming(1, "2025-11-20")};
  EXPECT_THAT(add_to_history(folder_, files, {}).history.warnings, IsEmpty());
}

TEST_F(HistoryTest, TheNightIsTheFoldersDate) {
  const fs::path after_midnight = incoming(1, "2025-11-23");
  add_to_history(folder_, std::span(&after_midnight, 1), "2025-11-22");
  fs::remove(folder_ / kIndexName);
  EXPECT_THAT(nights(), ElementsAre("2025-11-22"));
}

TEST_F(HistoryTest, AnIndexThatIsNotThereIsMadeAgain) {
  add(incoming(1));
  fs::remove(folder_ / kIndexName);
  EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("is rebuilt")));
  EXPECT_THAT(read().warnings, IsEmpty());
}

TEST_F(HistoryTest, AnIndexThatIsTornOldOrGarbageIsMadeAgain) {
  add(incoming(1));
  add(incoming(2));
  const std::string whole = read_text_file(folder_ / kIndexName);
  std::string newer = whole, older = whole;  // the first number is the version
  newer.replace(newer.find(":2,"), 3, ":9,");
  older.replace(older.find(":2,"), 3, ":1,");
  std::string other_case = whole;
  other_case.replace(other_case.find("\"case\":[0"), 9, "\"case\":[9");
  for (const std::string& damaged :
       {whole.substr(0, whole.size() - 20), whole.substr(0, whole.rfind('{')), newer, older,
        other_case, std::string("garbage\n"), std::string()}) {
    temporary_.write("history/index.jsonl", damaged);
    EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("is rebuilt"))) << damaged;
    EXPECT_EQ(read_text_file(folder_ / kIndexName), whole);
  }
}

TEST_F(HistoryTest, FilesThatCameWentOrChangedAreSeen) {
  const fs::path first = add(incoming(1)).files[0].file;
  add(incoming(2));
  fs::remove(first);
  EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("1 are missing")));
  fs::copy_file(incoming(3), first.parent_path() / "copied.json");
  EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("1 files were not in it")));
  const fs::path second = first.parent_path() / "00000000-0000-4000-8000-000000000002.json";
  std::ofstream(second, std::ios::app) << "\n";
  EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("1 have changed")));
  EXPECT_EQ(read().index.runs.size(), 2U);
}

TEST_F(HistoryTest, AFileThatWasOnlyTouchedIsNotParsedAgain) {
  const fs::path file = add(incoming(1)).files[0].file;
  std::string index = read_text_file(folder_ / kIndexName);
  index.replace(index.find("fake-h1"), 7, "as-read");
  temporary_.write("history/index.jsonl", index);
  fs::last_write_time(file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(read().index.runs[0].sku, "as-read");
}

TEST_F(HistoryTest, AHalfWrittenFileInTheHistoryFailsWithItsName) {
  const fs::path file = add(incoming(1)).files[0].file;
  const std::string text = read_text_file(file);
  std::ofstream(file, std::ios::binary) << text.substr(0, text.size() / 2);
  EXPECT_THAT(error_of<UsageError>([&] { read(); }), HasSubstr(file.string()));
}

TEST_F(HistoryTest, OneRunInTwoPlacesCountsOnceOrIsRefused) {
  const fs::path file = add(incoming(1)).files[0].file;
  const fs::path copy = folder_ / "copy.json";
  fs::copy_file(file, copy);
  read();
  EXPECT_THAT(read().warnings, ElementsAre(HasSubstr("counted once")));
  EXPECT_EQ(read().index.runs.size(), 1U);
  fs::remove(copy);
  fs::copy_file(incoming(1, "2025-11-22", 5), copy);
  EXPECT_THAT(error_of<UsageError>([&] { read(); }), HasSubstr("other contents"));
}

TEST_F(HistoryTest, AHistoryThatCannotBeReadIsNoEmptyOne) {
  EXPECT_THROW(read(), EnvironmentError);
  temporary_.write("history", "a file");
  EXPECT_THROW(read(), EnvironmentError);
}

TEST_F(HistoryTest, AnEmptyFolderIsAnEmptyHistory) {
  fs::create_directories(folder_);
  EXPECT_THAT(read().index.runs, IsEmpty());
  EXPECT_THAT(read().warnings, IsEmpty());
}

TEST_F(HistoryTest, WaitsForTheLockAndThenSaysWhoHasIt) {
  add(incoming(1));
  const FolderLock held(folder_, kLockLimit);
  const fs::path file = incoming(2);
  EXPECT_THAT(error_of<EnvironmentError>([&] {
                add_to_history(folder_, std::span(&file, 1), {}, {}, std::chrono::milliseconds(50));
              }),
              HasSubstr(fmt::format("process {} since", ::getpid())));
  EXPECT_EQ(read().index.runs.size(), 1U);  // whose index is right needs no lock
}

TEST_F(HistoryTest, ManyAtOnceAllArrive) {
  std::vector<fs::path> files;
  for (int i = 0; i < 4; ++i) files.push_back(incoming(i));
  {
    std::vector<std::jthread> threads;
    for (const fs::path& file : files) threads.emplace_back([&] { add(file); });
  }
  const History found = read();
  EXPECT_EQ(found.index.runs.size(), 4U);
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST_F(HistoryTest, NothingButResultFilesEndsInJson) {
  add(incoming(1));
  std::size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
    if (entry.is_regular_file() && entry.path().extension() == ".json") ++count;
  }
  EXPECT_EQ(count, 1U);
}

}  // namespace
}  // namespace gpugauge
