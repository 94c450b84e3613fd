#include "harness/render/answers/sweeps_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::at_gbps;
using fake::kGiB;

std::string cell(const Table& table, std::string_view key, std::size_t row = 0) {
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    if (table.columns[c].key == key) return table.rows.at(row).at(c).text;
  }
  ADD_FAILURE() << "no column " << key;
  return {};
}

Table sweeps_of(const std::vector<Record>& records, const Datasheet* sheet = nullptr) {
  std::vector<RecordToShow> shown;
  for (const Record& record : records) shown.push_back({&record, sheet});
  return sweeps_table(shown);
}

Record footprints() {
  return fake::record({at_gbps(fake::memory(MemoryPattern::kRead, kGiB / 8), 1000),
                       at_gbps(fake::memory(MemoryPattern::kRead, kGiB), 500),
                       at_gbps(fake::memory(MemoryPattern::kRead, 4 * kGiB), 400)});
}

TEST(SweepsTable, HasTheCurveItsEndsAndItsHighestPoint) {
  const Table table = sweeps_of({footprints()});
  ASSERT_EQ(table.rows.size(), 1u);
  EXPECT_EQ(cell(table, "sweep"), "memory/read/*/lib/cold");
  EXPECT_EQ(cell(table, "curve"), "█▄▃");
  const Datasheet sheet = fake::datasheet();  // 1000 GB/s
  Record half = footprints();
  for (Measurement& m : half.measurements) m.time_ns.value *= 2;
  EXPECT_EQ(cell(sweeps_of({half}, &sheet), "curve"), "▄▂▂") << "of 100%, not of the highest";
  EXPECT_EQ(cell(table, "first_rate"), "1000");
  EXPECT_EQ(cell(table, "last_rate"), "400.0");
  EXPECT_EQ(cell(table, "highest_rate"), "1000 GB/s");
  EXPECT_EQ(cell(table, "at"), "128MiB");
}

TEST(SweepsTable, KeepsTheLetterOfTheSize) {
  std::vector<Measurement> all;
  for (const std::int64_t m : {1, 8, 32})
    all.push_back(at_gbps(gemm_of(DType::kBf16, m, 6144, 4096), 100.0 + static_cast<double>(m)));
  const Table table = sweeps_of({fake::record(all)});
  EXPECT_EQ(cell(table, "sweep"), "gemm/bf16/m:*/n:6144/k:4096/lib/cold");
  EXPECT_EQ(cell(table, "at"), "m:32");
}

TEST(SweepsTable, TellsFilesApart) {
  const std::vector<Record> two{footprints(), footprints()};
  const Table table = sweeps_of(two);
  EXPECT_EQ(table.rows.size(), 2u);
  EXPECT_FALSE(table.columns.front().data_only);
}

TEST(SweepsTable, IsEmptyWithoutASweep) { EXPECT_TRUE(sweeps_of({fake::record({})}).rows.empty()); }

}  // namespace
}  // namespace gpugauge
