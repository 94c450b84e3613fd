#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/cli/commands/doctor.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// Files of a machine of the test's own.
class DoctorFiles : public testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(testing::TempDir()) /
            testing::UnitTest::GetInstance()->current_test_info()->name();
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& path, std::string_view text) {
    fs::create_directories((root_ / path).parent_path());
    std::ofstream(root_ / path) << text << '\n';
  }

  Machine examine() {
    Machine machine;
    examine_files(machine, root_);
    return machine;
  }

  fs::path root_;
};

TEST_F(DoctorFiles, ReadsStolenTimeAsAShareOfAllTime) {
  write("proc/stat", "cpu  50 10 20 10 0 0 0 10 40 0");  // guest time is in user time already
  EXPECT_DOUBLE_EQ(examine().steal_share.value(), 0.1);
}

TEST_F(DoctorFiles, ReadsTheChosenHugePages) {
  write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
  EXPECT_EQ(examine().huge_pages, "madvise");
}

TEST_F(DoctorFiles, KnowsNothingOfAMachineThatTellsNothing) {
  const Machine machine = examine();
  EXPECT_FALSE(machine.nvidia.shows_any());
  EXPECT_FALSE(machine.steal_share);
  EXPECT_EQ(machine.huge_pages, "");
}

TEST_F(DoctorFiles, MalformedFilesTellNothing) {
  write("proc/stat", "cpu  1 2 x");
  write("sys/kernel/mm/transparent_hugepage/enabled", "] [");
  const Machine machine = examine();
  EXPECT_FALSE(machine.steal_share);
  EXPECT_EQ(machine.huge_pages, "");
}

}  // namespace
}  // namespace gpugauge
