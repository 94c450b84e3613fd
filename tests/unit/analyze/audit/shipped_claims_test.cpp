// The claims that are shipped, with no result file: what comes out beside arithmetic done by hand.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "harness/analyze/audit/audit.hpp"
#include "harness/config/catalog.hpp"

namespace gpugauge {
namespace {

const ClaimsFile& claims() {
  static const ClaimsFile file =
      load_claims(GPUGAUGE_SOURCE_DIR "/configs/claims/l40s-vs-h100.yaml", audit_functions());
  return file;
}

const std::map<std::string, ClaimFinding>& findings() {
  static const auto all = [] {
    const Catalog catalog(GPUGAUGE_SOURCE_DIR "/configs");
    AuditFacts facts;
    facts.sheets = catalog.datasheets();
    for (const std::string& name : catalog.model_names())
      facts.models.push_back(catalog.model(name));
    for (const std::string& name : catalog.encoder_names())
      facts.encoders.push_back(catalog.encoder(name));
    for (const std::string& name : catalog.diffusion_names())
      facts.diffusions.push_back(catalog.diffusion(name));
    // The day of the text, whatever lists are added.
    facts.offers =
        load_price_list({GPUGAUGE_SOURCE_DIR "/configs/prices/2026-05-26-spheron.csv"}).offers;
    facts.memory.reserve_bytes = 1024.0 * 1024 * 1024;
    std::map<std::string, ClaimFinding> by_id;
    for (const ClaimFinding& finding : audit(claims(), facts)) by_id[finding.claim->id] = finding;
    return by_id;
  }();
  return all;
}

struct ByHand {
  const char* id;
  ClaimVerdict verdict;
  double low, high;  ///< of what comes out
};

class ShippedClaim : public testing::TestWithParam<ByHand> {};

TEST_P(ShippedClaim, ComesOutAsByHand) {
  const auto& [id, verdict, low, high] = GetParam();
  const ClaimFinding& found = findings().at(id);
  EXPECT_EQ(name_of(found.verdict), name_of(verdict)) << id << ": " << found.basis;
  ASSERT_TRUE(found.found) << id;
  EXPECT_NEAR(found.found->low, low, 1e-3 * low) << id;
  EXPECT_NEAR(found.found->high, high, 1e-3 * high) << id;
}

constexpr auto kHolds = ClaimVerdict::kHolds, kWrong = ClaimVerdict::kWrong,
               kInconsistent = ClaimVerdict::kInconsistent;

INSTANTIATE_TEST_SUITE_P(Cells, ShippedClaim,  // dollars an hour · 1e6 / 3600 / tokens a second
                         testing::Values(ByHand{"llama.b1.l40s.cost", kHolds, 2.2222, 2.2222},
                                         ByHand{"llama.b1.h100.cost", kHolds, 3.8095, 3.8095},
                                         ByHand{"llama.b8.l40s.cost", kHolds, 0.30769, 0.30769},
                                         ByHand{"llama.b8.h100.cost", kHolds, 0.66667, 0.66667},
                                         ByHand{"llama.b32.l40s.cost", kHolds, 0.13333, 0.13333},
                                         ByHand{"llama.b32.h100.cost", kHolds, 0.23704, 0.23704},
                                         ByHand{"qwen.b1.l40s.cost", kHolds, 5, 5},
                                         ByHand{"qwen.b1.h100.cost", kHolds, 8.20513, 8.20513},
                                         ByHand{"qwen.b8.l40s.cost", kHolds, 0.68966, 0.68966},
                                         ByHand{"qwen.b8.h100.cost", kHolds, 1.25490, 1.25490},
                                         ByHand{"qwen.b32.l40s.cost", kHolds, 0.25, 0.25},
                                         ByHand{"qwen.b32.h100.cost", kHolds, 0.35556, 0.35556}));

INSTANTIATE_TEST_SUITE_P(Money, ShippedClaim,
                         testing::Values(ByHand{"monthly.l40s", kHolds, 518.40, 518.40},
                                         ByHand{"monthly.h100", kHolds, 2764.80, 2764.80},
                                         ByHand{"monthly.saved", kHolds, 2246.40, 2246.40},
                                         ByHand{"intro.price-ratio", kHolds, 5.33333, 5.33333},
                                         ByHand{"tldr.saves", kHolds, 81.25, 81.25},
                                         ByHand{"pricing.l40s-node-price", kHolds, 5.76, 5.76},
                                         ByHand{"pricing.aws", kWrong, 12.29, 12.29},  // 98.32 / 8
                                         ByHand{"pricing.azure", kHolds, 12.36,
                                                12.36},  // 98.88 / 8
                                         ByHand{"seventy.pair-price", kInconsistent, 5.76, 5.76},
                                         // (3.84 / 1600) / (0.72 / 650), not 0.67 / 0.31
                                         ByHand{"llama.b8.efficiency", kWrong, 2.16667, 2.16667}));

INSTANTIATE_TEST_SUITE_P(
    Ratios, ShippedClaim,
    testing::Values(ByHand{"intro.batch1-ratio", kInconsistent, 280.0 / 90, 130.0 / 40},
                    ByHand{"faq.batch1", kInconsistent, 280.0 / 90, 280.0 / 90},
                    ByHand{"tldr.advantage", kInconsistent, 1600.0 / 650, 1600.0 / 650},
                    ByHand{"qwen.b8.ratio", kInconsistent, 850.0 / 290, 850.0 / 290},
                    ByHand{"check.low-batch-gap", kInconsistent, 1600.0 / 650, 130.0 / 40},
                    ByHand{"check.high-batch-gap", kInconsistent, 3, 3.75},
                    ByHand{"images.similar", kInconsistent, 989.0 / 362, 989.0 / 362}));

INSTANTIATE_TEST_SUITE_P(
    Hardware, ShippedClaim,
    testing::Values(ByHand{"spec.bf16-sparse.l40s", kWrong, 723, 725},  // twice 362
                    ByHand{"spec.nvlink.h100-pcie", kWrong, 599.5, 600.5},
                    ByHand{"nvlink.ratio", kHolds, 899.5 / 64.5, 900.5 / 63.5},
                    // 1979 TFLOPS over 3352 GB/s, and 733 over 864: halves of FLOP a byte
                    ByHand{"fp8.compute-bound", kWrong, 1979e3 / 3352 / 2, 733e3 / 864 / 2},
                    // 70.55e9 bytes, and one more for 2 · 128256 · 8192 weights and the norms
                    ByHand{"memory.70b-bytes", kWrong, 72.656, 72.656},
                    ByHand{"qwen.weights", kWrong, 16.324, 16.324},
                    ByHand{"seventy.left", kWrong, 0.9 * 85.899 - 1.0737 - 72.656, 3.5796},
                    // 2 · 40 layers · 40 heads · 128 · 1 byte = 409,600 a token
                    ByHand{"howto.kv-128", kHolds, 1.67772, 1.67772},
                    ByHand{"howto.kv-8k", kWrong, 107.374, 107.374},
                    ByHand{"long.13b-cache", kWrong, 107.374, 107.374},
                    // 8 KV heads of 32
                    ByHand{"howto.kv-formula", kWrong, 65536, 65536},
                    ByHand{"howto.70b-bf16", kHolds, 2, 2}));

TEST(ShippedClaims, AreAllThere) {
  EXPECT_GE(claims().claims.size(), 250U);
  std::set<std::string> sections;
  for (const Claim& claim : claims().claims) sections.insert(claim.section);
  EXPECT_GE(sections.size(), 20U);
}

TEST(ShippedClaims, HaveEveryKindOfVerdict) {
  std::map<ClaimVerdict, int> counts;
  for (const auto& [id, finding] : findings()) ++counts[finding.verdict];
  for (const ClaimVerdict verdict : all_of<ClaimVerdict>) {
    if (verdict == ClaimVerdict::kUndecided) continue;  // what is measured is, and here is no file
    EXPECT_GT(counts[verdict], 10) << name_of(verdict);
  }
}

TEST(ShippedClaims, WordsComeOutToo) {
  EXPECT_EQ(findings().at("tldr.low-traffic").found_word, "H100");
  EXPECT_EQ(findings().at("fleet.high-throughput").found_word, "L40S");
  EXPECT_EQ(findings().at("howto.kv-8k-fits").found_word, "no");
  EXPECT_EQ(findings().at("check.spot-above").found_word, "yes");
}

TEST(ShippedClaims, RatesNeedAFileAndNameTheCaseThatSettlesThem) {
  for (const char* id : {"llama.b1.l40s.rate", "qwen.b32.h100.rate"}) {
    const ClaimFinding& found = findings().at(id);
    EXPECT_EQ(name_of(found.verdict), "not measured");
    EXPECT_THAT(found.why, testing::HasSubstr("--filter 'gemm/fp8_e4m3/"));
  }
}

}  // namespace
}  // namespace gpugauge
