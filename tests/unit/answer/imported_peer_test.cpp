#include "harness/answer/imported_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using fake::measurement;
using testing::Pair;
using testing::UnorderedElementsAre;

const Gemm kSmall = gemm_of(DType::kBf16, 8, 4096, 4096),
           kLarge = gemm_of(DType::kBf16, 64, 4096, 4096);

Record theirs(std::vector<Measurement> measurements) {
  for (Measurement& m : measurements) {
    m.origin = Origin::kImported;
    m.verification.passed = false;
    m.details = "VLLM 1.2";
  }
  Record record = fake::record(std::move(measurements));
  record.path = "card";
  record.provenance.suite = "tables-card";
  return record;
}

TEST(ImportedPeer, HoldsEachOpAgainstTheirFastest) {
  const Record ours = fake::record(
      {measurement(kSmall, 100, "slow"), measurement(kSmall, 80, "fast"),
       measurement(kLarge, 200, "slow"), measurement(fake::memory(MemoryPattern::kRead), 5)});
  const auto peer =
      imported_peer(ours, theirs({measurement(kSmall, 60, "a"), measurement(kSmall, 40, "b"),
                                  measurement(kLarge, 300, "a")}));
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->card, "card");
  EXPECT_EQ(peer->source, "tables, vLLM 1.2");
  EXPECT_THAT(peer->time_ns_of, UnorderedElementsAre(Pair(ours.measurements[0].name, 40.0),
                                                     Pair(ours.measurements[1].name, 40.0),
                                                     Pair(ours.measurements[2].name, 300.0)));
  ASSERT_EQ(peer->families.size(), 1U);
  const PeerFamily& family = peer->families.front();
  EXPECT_EQ(family.kind, "gemm/bf16");
  EXPECT_EQ(family.shapes, 2U);
  EXPECT_DOUBLE_EQ(family.median_speed, (40.0 / 80 + 300.0 / 200) / 2);
  EXPECT_DOUBLE_EQ(family.slowest_speed, 0.5);
  EXPECT_EQ(family.slowest_case, ours.measurements[1].name);
}

TEST(ImportedPeer, SaysWhereTheirTimesContainTheQuantisation) {
  const Gemm fp8 = gemm_of(DType::kFp8E4m3, 8, 4096, 4096);
  Measurement quantizing = measurement(fp8, 60);
  quantizing.quantizes_input = true;
  const Record ours = fake::record({measurement(fp8, 50), measurement(kSmall, 50)});
  const auto peer = imported_peer(ours, theirs({quantizing, measurement(kSmall, 60)}));
  ASSERT_TRUE(peer);
  ASSERT_EQ(peer->families.size(), 2U);
  EXPECT_TRUE(peer->families[0].they_quantize);
  EXPECT_FALSE(peer->families[1].they_quantize);
}

TEST(ImportedPeer, TellsColdFromHotAndTypesApart) {
  const Record other = theirs({measurement(kSmall, 60)});
  const CaseOptions hot{.cache = CacheState::kHot, .data = Distribution::kNormal};
  const CaseOptions zeros{.cache = CacheState::kCold, .data = Distribution::kZeros};
  const CaseOptions burst{.pace = Pace::kBurst};
  for (const Measurement& m :
       {measurement(kSmall, 50, "lib", hot), measurement(kSmall, 50, "lib", zeros),
        measurement(kSmall, 50, "lib", burst),
        measurement(gemm_of(DType::kFp16, 8, 4096, 4096), 50)})
    EXPECT_FALSE(imported_peer(fake::record({m}), other)) << m.name;
}

TEST(ImportedPeer, IsNothingWhereNothingWasMeasured) {
  const Record other = theirs({measurement(kSmall, 60)});
  EXPECT_TRUE(imported_peer(fake::record({measurement(kSmall, 50)}), other));
  EXPECT_FALSE(imported_peer(other, other));
  EXPECT_FALSE(imported_peer(fake::record({measurement(kSmall, 50)}),
                             fake::record({measurement(kSmall, 50)})));
  Record emulated = fake::record({measurement(kSmall, 50)});
  emulated.device.name = "emulated " + emulated.device.name;
  EXPECT_FALSE(imported_peer(emulated, other));
  Record wrong = fake::record({measurement(kSmall, 50)});
  wrong.measurements.front().verification.passed = false;
  EXPECT_FALSE(imported_peer(wrong, other));
}

}  // namespace
}  // namespace gpugauge
