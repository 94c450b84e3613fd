#include "harness/analyze/step/regret.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

Measurement gemm(const std::string& implementation, double ns, std::int64_t m = 8) {
  Measurement result = fake::measurement(gemm_of(DType::kBf16, m, 4096, 4096), ns);
  result.c.implementation = implementation;
  result.name = case_name(result.c);
  return result;
}

TEST(HeuristicRegret, IsWhatTheBestSearchSaves) {
  const Record record = fake::record({gemm("lib", 1250), gemm("lib_search", 1100),
                                      gemm("lib_exhaustive", 1000), gemm("other", 500)});
  EXPECT_DOUBLE_EQ(*HeuristicRegret(record).of(record.measurements[0]), 0.25);
  EXPECT_FALSE(HeuristicRegret(record).of(record.measurements[1]));
  EXPECT_FALSE(HeuristicRegret(record).of(record.measurements[3]));
}

TEST(HeuristicRegret, IsOfTheSameShapeOnly) {
  const Record record = fake::record({gemm("lib", 1250, 8), gemm("lib_search", 1000, 16)});
  EXPECT_FALSE(HeuristicRegret(record).of(record.measurements[0]));
}

TEST(HeuristicRegret, IsNoneWhereTheSearchWasUnlucky) {
  const Record record = fake::record({gemm("lib", 990), gemm("lib_search", 1000)});
  EXPECT_DOUBLE_EQ(*HeuristicRegret(record).of(record.measurements[0]), 0.0);
}

}  // namespace
}  // namespace gpugauge
