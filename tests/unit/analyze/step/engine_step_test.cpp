#include "harness/analyze/step/engine_step.hpp"

#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

const Op kGemm = gemm_of(DType::kBf16, 1, 64, 64);
const Op kNorm = token_op_of(TokenOpKind::kRmsNorm, 1, 64);

OpLine line(const Op& op, Estimate ns, Origin origin, const Measurement* measurement = nullptr) {
  return {{OpGroup::kLinears, "op", op, 1}, {ns, origin, "", measurement}};
}
Estimate around(double value, double below, double above) {
  return {.value = value, .low = value - below, .high = value + above};
}

TEST(EngineStep, DerivedOpsOfAFamilyErrTogetherAndFamiliesApart) {
  const EngineStep together = step_of({line(kGemm, around(100, 20, 30), Origin::kModelled),
                                       line(kGemm, around(100, 30, 40), Origin::kModelled)},
                                      1);
  EXPECT_DOUBLE_EQ(together.step_ns.low, 150);
  EXPECT_DOUBLE_EQ(together.step_ns.high, 270);
  const EngineStep apart = step_of({line(kGemm, around(100, 30, 30), Origin::kModelled),
                                    line(kNorm, around(100, 40, 40), Origin::kModelled)},
                                   1);
  EXPECT_DOUBLE_EQ(apart.step_ns.value, 200);
  EXPECT_DOUBLE_EQ(apart.step_ns.low, 150);  // 30² + 40² = 50²
  EXPECT_DOUBLE_EQ(apart.step_ns.high, 250);
}

TEST(EngineStep, MeasuredOpsShareTheClockAndImportedOnesNothing) {
  const Measurement a = fake::measurement(kGemm, 100), b = fake::measurement(kGemm, 100);
  const auto sum_of = [&](Origin origin) {
    return step_of({line(kGemm, around(100, 30, 30), origin, &a),
                    line(kGemm, around(100, 40, 40), origin, &b)},
                   1);
  };
  EXPECT_DOUBLE_EQ(sum_of(Origin::kMeasured).step_ns.high, 270);
  EXPECT_DOUBLE_EQ(sum_of(Origin::kImported).step_ns.high, 250);
}

TEST(EngineStep, TheErrorOfAnEngineEntersItsTokensAndNotTheSumOfItsOps) {
  const EngineStep step =
      with_error(step_of({line(kGemm, around(200, 0, 0), Origin::kMeasured)}, 4),
                 {.total = {0.8, 1.25}, .between_cards = {}});
  EXPECT_DOUBLE_EQ(step.step_ns.low, 200);
  EXPECT_NEAR(step.engine_ns().low, 160, 1e-9);
  EXPECT_NEAR(step.tokens_per_second.value, 4e9 / 200, 1e-6);
  EXPECT_NEAR(step.tokens_per_second.low, 4e9 / 250, 1e-6);
  EXPECT_NEAR(step.tokens_per_second.high, 4e9 / 160, 1e-6);
}

}  // namespace
}  // namespace gpugauge
