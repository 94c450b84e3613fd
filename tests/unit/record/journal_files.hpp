#pragma once

#include <gtest/gtest.h>

#include <filesystem>

#include "harness/record/journal.hpp"
#include "tests/unit/record/synthetic.hpp"

namespace gpugauge::test {

/// A folder for a journal and the result that it becomes.
class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    header_.measurements.clear();
    header_.not_measured.clear();
  }
  Journal create(bool overwrite = false) { return Journal::create(result_, header_, overwrite); }
  /// A journal with the first measurement, left as a killed run leaves it.
  void leave_unfinished() {
    Journal journal = create();
    journal.append(whole_.measurements[0]);
  }

  test::TempFolder folder_;
  std::filesystem::path result_ = folder_ / "runs/today/x.json";
  std::filesystem::path partial_ = folder_ / "runs/today/x.json.partial";
  const Record whole_ = test::synthetic_full_record();
  Record header_ = whole_;
  const Session session_{"2025-01-03T00:00:00Z", "", {"gpugauge", "run", "--resume"}};
};

}  // namespace gpugauge::test
