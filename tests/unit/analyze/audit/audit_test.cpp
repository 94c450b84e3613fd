// Every family of functions, on made-up cards, models, prices and records.

#include "harness/analyze/audit/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/analyze/serving/serving_finding.hpp"
#include "tests/unit/analyze/fake_record.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Datasheet card(std::string name, double gbps, double tflops) {
  Datasheet sheet;
  sheet.name = name;
  sheet.title = name;
  sheet.match_names = {"Fake " + name};
  sheet.memory_gib_max = 1000;
  sheet.accelerator = name;
  const auto stated = [](double value) { return SourcedValue{value, "a datasheet"}; };
  sheet.memory_gib = stated(100);
  sheet.compute_capability = 90;
  sheet.metrics.push_back({std::nullopt, stated(gbps), std::nullopt, 0.9});
  sheet.metrics.push_back({DType::kBf16, stated(tflops), std::nullopt, 0.7});
  return sheet;
}

PriceOffer audited_offer(std::string provider, std::string card, double dollars) {
  PriceOffer offer;
  offer.provider = std::move(provider);
  offer.accelerator = std::move(card);
  offer.on_demand_per_gpu_hour = dollars;
  offer.observed_at = "2026-01-02";
  return offer;
}

AuditFacts facts() {
  AuditFacts facts;
  facts.sheets = {card("slow", 1000, 100), card("fast", 4000, 800)};
  facts.sheets[1].nvlink_gbps = SourcedValue{900, "a datasheet"};
  facts.memory.reserve_bytes = 0;
  facts.sheets[1].memory_kind = SourcedText{"HBM9", "a datasheet"};
  facts.models = {fake::llama_8b()};
  facts.offers = {audited_offer("Acme", "slow", 1), audited_offer("Acme", "fast", 5)};
  facts.offers[0].min_gpus = 8;
  facts.offers[1].spot_per_gpu_hour = 2;
  return facts;
}

/// The claims of a file with these lines, each `{id: …, claims: …, metric: …}` without its quote.
std::vector<ClaimFinding> findings(const std::string& claims, const AuditFacts& facts) {
  static std::vector<ClaimsFile> files;  // findings point into them
  files.reserve(1000);
  const TemporaryFolder folder;
  std::string text = "name: c\ntitle: t\nsource: s\nclaims:\n";
  files.push_back(load_claims(folder.write("c.yaml", text + claims), audit_functions()));
  return audit(files.back(), facts);
}

std::string claim(const std::string& fields, const std::string& id = "a") {
  return "  - {id: " + id + ", section: S, quote: Q, " + fields + "}\n";
}

ClaimFinding one(const std::string& fields, const AuditFacts& known = facts()) {
  return findings(claim(fields), known).at(0);
}
std::string verdict(const std::string& fields, const AuditFacts& known = facts()) {
  return std::string(name_of(one(fields, known).verdict));
}
double value(const std::string& metric) {
  return one("claims: 1, metric: '" + metric + "'").found.value().value;
}
std::string word(const std::string& metric) {
  return one("claims: word, metric: '" + metric + "'").found_word;
}
std::string error(const std::string& fields) {
  try {
    return "no error: " + verdict(fields);
  } catch (const UsageError& e) {
    return e.what();
  }
}

TEST(AuditDatasheet, ReadsFacts) {
  EXPECT_DOUBLE_EQ(value("datasheet(fast, nvlink_gbps)"), 900);
  EXPECT_DOUBLE_EQ(value("memory_gbps(fast) / memory_gbps(slow)"), 4);
  EXPECT_DOUBLE_EQ(value("tflops(slow, bf16)"), 100);
  EXPECT_DOUBLE_EQ(value("tensor_core_generation(slow)"), 4);
  EXPECT_EQ(word("architecture(slow)"), "Hopper");
  EXPECT_EQ(word("memory_kind(fast)"), "HBM9");
  EXPECT_THAT(one("claims: 900, metric: 'datasheet(fast, nvlink_gbps)'").basis,
              HasSubstr("a datasheet"));
}

TEST(AuditDatasheet, WhatACardLacksIsNone) {
  EXPECT_EQ(verdict("claims: none, metric: 'datasheet(slow, nvlink_gbps)'"), "holds");
  EXPECT_EQ(verdict("claims: 600, metric: 'datasheet(slow, nvlink_gbps)'"), "wrong");
  EXPECT_EQ(verdict("claims: none, metric: 'datasheet(fast, nvlink_gbps)'"), "wrong");
  const ClaimFinding ratio = one("claims: 1, metric: '2 * datasheet(slow, nvlink_gbps)'");
  EXPECT_EQ(ratio.verdict, ClaimVerdict::kNotMeasured);
  EXPECT_THAT(ratio.why, HasSubstr("datasheet(slow, nvlink_gbps) is none"));
}

TEST(AuditDatasheet, IsAsExactAsItIsPrinted) {
  // 100 TFLOPS may be 100.4, and twice that 200.8: 201 is no error, but not shown; 202 is one.
  EXPECT_EQ(verdict("claims: 200.0, metric: '2 * tflops(slow, bf16)'"), "holds");
  EXPECT_EQ(verdict("claims: 201, metric: '2 * tflops(slow, bf16)'"), "undecided");
  EXPECT_EQ(verdict("claims: 202, metric: '2 * tflops(slow, bf16)'"), "wrong");
}

TEST(AuditDatasheet, TheRidgeBatchIsWhereArithmeticTakesAsLongAsWeights) {
  // 100 FLOP a byte; a BF16 weight is 2 bytes and 2 FLOP a token: 100 tokens.
  EXPECT_DOUBLE_EQ(value("ridge_batch(slow, llama-3.1-8b, bf16)"), 100);
  EXPECT_DOUBLE_EQ(value("ridge_batch(fast, llama-3.1-8b, bf16)"), 200);
}

TEST(AuditMoney, PricesAndWhatTheyMean) {
  EXPECT_DOUBLE_EQ(value("price(fast, Acme) / price(slow, Acme)"), 5);
  EXPECT_DOUBLE_EQ(value("spot(fast, Acme)"), 2);
  EXPECT_EQ(verdict("claims: none, metric: 'spot(slow, Acme)'"), "holds");
  EXPECT_DOUBLE_EQ(value("gpus_sold_together(slow, Acme)"), 8);
  EXPECT_DOUBLE_EQ(value("billed(0.5, 9, 8)"), 8);
  EXPECT_DOUBLE_EQ(value("dollars_per_million(3.6, 1000)"), 1);
  EXPECT_DOUBLE_EQ(value("dollars_per_million(3.6, 1000, 2)"), 2);
  EXPECT_DOUBLE_EQ(value("monthly(2, 720)"), 1440);
  EXPECT_DOUBLE_EQ(value("percent_saved(1, 5)"), 80);
}

TEST(AuditMoney, APriceThatTheListLacksIsNoVerdict) {
  const ClaimFinding finding = one("claims: $1, metric: 'price(fast, Other)'");
  EXPECT_EQ(finding.verdict, ClaimVerdict::kNotMeasured);
  EXPECT_THAT(finding.why, HasSubstr("no price of Other for fast, the list has Acme"));
}

TEST(AuditMemory, IsDerivedFromShapes) {
  EXPECT_DOUBLE_EQ(value("kv_bytes_per_token(llama-3.1-8b, bf16)"), 131072);
  EXPECT_DOUBLE_EQ(value("kv_gb(llama-3.1-8b, 1000, 2, bf16)"), 0.262144);
  EXPECT_DOUBLE_EQ(value("weight_gb(llama-3.1-8b, bf16)"), 16.060522496);
  EXPECT_DOUBLE_EQ(value("shape(llama-3.1-8b, heads) / shape(llama-3.1-8b, kv_heads)"), 4);
  EXPECT_NEAR(value("usable_gb(slow)"), 0.9 * 107.3741824, 1e-9);
  EXPECT_EQ(word("fits(slow, llama-3.1-8b, bf16, 1024, 8)"), "yes");
  // 80.6 GB are left, 131 KB a token.
  EXPECT_EQ(word("fits(slow, llama-3.1-8b, bf16, 614000, 1)"), "yes");
  EXPECT_EQ(word("fits(slow, llama-3.1-8b, bf16, 616000, 1)"), "no");
  EXPECT_DOUBLE_EQ(value("cards_needed(slow, llama-3.1-8b, bf16, 616000, 1)"), 2);
}

TEST(AuditComparison, NamesTheOneOrSaysUndecided) {
  EXPECT_EQ(word("lower(A, 1, B, 2)"), "A");
  EXPECT_EQ(word("higher(A, 1, B, 2)"), "B");
  EXPECT_EQ(word("less(1, 2)"), "yes");
  EXPECT_EQ(word("less(2, 1)"), "no");
  const ClaimFinding tie = one("claims: A, metric: 'lower(A, tflops(slow, bf16), B, 100)'");
  EXPECT_EQ(tie.verdict, ClaimVerdict::kUndecided);
  EXPECT_THAT(tie.why, HasSubstr("99.5 to 100.5 and 100 to 100: either may be more"));
  EXPECT_EQ(verdict("claims: yes, metric: 'less(tflops(slow, bf16), 100)'"), "undecided");
  EXPECT_EQ(verdict("claims: yes, metric: 'less(100, 100)'"), "wrong");
  EXPECT_EQ(verdict("claims: 99, metric: at_most(100)"), "holds");
  EXPECT_EQ(verdict("claims: 102, metric: at_most(100)"), "wrong");
  EXPECT_EQ(verdict("claims: 102, metric: at_least(100)"), "holds");
  EXPECT_EQ(verdict("claims: 98, metric: at_least(100)"), "wrong");
  // Of 99.5 to 100.5 nobody knows whether it is at most.
  EXPECT_EQ(verdict("claims: 100.5, metric: 'at_most(tflops(slow, bf16))'"), "undecided");
  EXPECT_EQ(verdict("claims: 99.4, metric: 'at_most(tflops(slow, bf16))'"), "holds");
}

TEST(AuditResults, ABoundNeedsNoFile) {
  // 8.03 GB less the input embedding, and 1,024 tokens of cache, over 1000 GB/s.
  const double bytes = 16060522496.0 - 128256.0 * 4096 * 2 + 1024 * 131072.0;
  EXPECT_NEAR(value("decode_bound(slow, llama-3.1-8b, bf16, 1, 1024)"), 1e12 / bytes, 1e-6);
}

TEST(AuditResults, WithoutAFileItSaysWhatToRun) {
  const ClaimFinding finding =
      one("claims: 60, metric: 'decode(slow, llama-3.1-8b, bf16, 1, 1024)'");
  EXPECT_EQ(finding.verdict, ClaimVerdict::kNotMeasured);
  EXPECT_THAT(finding.why, HasSubstr("no result file of slow"));
  EXPECT_THAT(finding.why, HasSubstr("--model llama-3.1-8b --filter 'gemm/bf16/llama-3.1-8b/'"));
}

TEST(AuditResults, TheRecordOfThatCardSpeaks) {
  std::vector<Measurement> measurements = fake::linears(fake::llama_8b(), Precision::kBf16, 1, 500);
  measurements.push_back(fake::at_gbps(fake::memory(MemoryPattern::kRead), 500));
  Record record = fake::record(measurements);
  record.device.name = "Fake slow";
  AuditFacts known = facts();
  known.times.emplace_back(record);
  const std::string decode = "decode(slow, llama-3.1-8b, bf16, 1, 1024)";
  const ClaimFinding found = one("claims: 30-36, metric: '" + decode + "'", known);
  EXPECT_NEAR(found.found.value().value, 33, 2);  // 500 GB/s over 15.1 GB, less the small ops
  EXPECT_EQ(found.verdict, ClaimVerdict::kHolds);
  EXPECT_EQ(verdict("claims: 33, metric: '" + decode + "'", known), "undecided");  // 32.5 to 33.5
  EXPECT_THAT(found.basis, HasSubstr("measured"));
  EXPECT_EQ(verdict("claims: 50, metric: '" + decode + "'", known), "wrong");
  EXPECT_EQ(
      verdict("claims: 2x, metric: 'decode(fast, llama-3.1-8b, bf16, 1, 1024) / " + decode + "'",
              known),
      "not measured");
}

/// Facts with a file of each card, on which memory reads at these rates and of the model only what
/// `linears` gives is known, each in its interval.
struct TwoCards {
  TwoCards(double slow_gbps, double fast_gbps, double half_width, const MethodError& error = {}) {
    for (const auto& [name, gbps] : {std::pair("slow", slow_gbps), std::pair("fast", fast_gbps)}) {
      std::vector<Measurement> all = fake::linears(fake::llama_8b(), Precision::kBf16, 1, gbps);
      for (Measurement& m : fake::linears(fake::llama_8b(), Precision::kBf16, 512, gbps))
        all.push_back(std::move(m));
      all.push_back(fake::at_gbps(fake::memory(MemoryPattern::kRead), gbps));
      for (Measurement& m : all) {
        m.time_ns.low = (1 - half_width) * m.time_ns.value;
        m.time_ns.high = (1 + half_width) * m.time_ns.value;
      }
      records.push_back(fake::record(std::move(all)));
      records.back().device.name = std::string("Fake ") + name;
      records.back().path = std::string(name) + ".json";
    }
    for (const Record& record : records) known.times.emplace_back(record, error);
  }
  TwoCards(const TwoCards&) = delete;
  TwoCards& operator=(const TwoCards&) = delete;

  std::string verdict_of_ratio(const std::string& printed, const std::string& decode) const {
    return verdict("claims: " + printed + ", metric: 'decode(fast, " + decode +
                       ") / decode(slow, " + decode + ")'",
                   known);
  }

  std::vector<Record> records;
  AuditFacts known = facts();
};

TEST(AuditResults, OfClaimsOfOneRatioOneCanHold) {
  const TwoCards narrow(100, 300, 0.02), wide(100, 300, 0.4);
  const std::string decode = "llama-3.1-8b, bf16, 1, 1024";
  EXPECT_EQ(narrow.verdict_of_ratio("2x", decode), "wrong");
  EXPECT_EQ(narrow.verdict_of_ratio("3x", decode), "holds");
  EXPECT_EQ(narrow.verdict_of_ratio("4x", decode), "wrong");
  for (const char* printed : {"2x", "3x", "4x"})
    EXPECT_EQ(wide.verdict_of_ratio(printed, decode), "undecided") << printed;
  EXPECT_EQ(wide.verdict_of_ratio("9x", decode), "wrong");
}

TEST(AuditResults, AnErrorThatBothCardsShareDoesNotWidenTheirRatio) {
  MethodError error;
  for (const EngineFigure figure : {EngineFigure::kDecode, EngineFigure::kThroughput}) {
    const auto at = static_cast<std::size_t>(figure);
    error.engine[1].at(at) = {.low = 0.8, .high = 1.25};
    error.between_cards.at(at) = {.low = 0.995, .high = 1.005};
  }
  const TwoCards cards(100, 300, 0.001, error);
  const std::string decode = "llama-3.1-8b, bf16, 1, 64";
  const ClaimFinding rate = one("claims: 6, metric: 'decode(slow, " + decode + ")'", cards.known);
  EXPECT_GT(rate.found->high, 1.4 * rate.found->low);
  EXPECT_EQ(rate.verdict, ClaimVerdict::kUndecided);
  EXPECT_THAT(rate.why, HasSubstr("most of the interval of slow.json is the error of the method: a "
                                  "benchmark of an engine on slow"));
  EXPECT_EQ(cards.verdict_of_ratio("3.0x", decode), "holds");
}

TEST(AuditResults, WhatIsUndecidedNamesTheOpThatWouldDecideIt) {
  const TwoCards wide(100, 300, 0.4);
  const ClaimFinding found =
      one("claims: 6, metric: 'decode(slow, llama-3.1-8b, bf16, 1, 1024)'", wide.known);
  EXPECT_EQ(found.verdict, ClaimVerdict::kUndecided);
  EXPECT_THAT(found.why, HasSubstr("bf16, 1, 1024): partly inside the claim; "));
  EXPECT_THAT(found.why,
              HasSubstr("% of the interval of slow.json is gate_up, measured: gpugauge run --suite "
                        "full --model llama-3.1-8b on slow"));
}

TEST(AuditResults, ServingCountsThePrefillAndDecodeDoesNot) {
  const TwoCards cards(100, 300, 0.01);
  const auto rate = [&](const std::string& metric) {
    return one("claims: 1, metric: '" + metric + "'", cards.known).found.value().value;
  };
  const double decode = rate("decode(slow, llama-3.1-8b, bf16, 1, 576)");
  const double serve = rate("serve(slow, llama-3.1-8b, bf16, 1, 512, 128)");
  ServingRequest request;
  request.input_tokens = 512;
  request.output_tokens = 128;
  const ServingFinding finding = Server(cards.known.times[0], cards.known.models[0], request).at(1);
  EXPECT_DOUBLE_EQ(serve, finding.rate()->output_tokens_per_second.value);
  EXPECT_LT(serve, 0.999 * decode);
}

TEST(Audit, OtherClaimsAreTakenAsPrinted) {
  const auto found = findings(claim("claims: 2.16x, metric: 1.5 / 0.7, consistent: '@b / @c'") +
                                  claim("claims: $0.67, metric: 0.67", "b") +
                                  claim("claims: $0.31, metric: 0.31", "c"),
                              facts());
  EXPECT_EQ(found[0].verdict, ClaimVerdict::kWrong);  // 2.143; the ratio of the claims is 2.161
  EXPECT_NEAR(found[0].found.value().value, 1.5 / 0.7, 1e-12);
  EXPECT_THAT(found[0].conflicts, ElementsAre());
}

TEST(Audit, InconsistentNamesTheOthers) {
  const auto found = findings(claim("claims: 2-3x, consistent: ['@b / @c', 2.5]") +
                                  claim("claims: '280', metric: 280", "b") +
                                  claim("claims: '90', metric: 90", "c"),
                              facts());
  EXPECT_EQ(found[0].verdict, ClaimVerdict::kInconsistent);
  EXPECT_NEAR(found[0].found.value().value, 280.0 / 90, 1e-12);
  EXPECT_THAT(found[0].conflicts, ElementsAre("b", "c"));
  EXPECT_THAT(found[0].why, HasSubstr("@b / @c"));
}

TEST(Audit, TheGravestVerdictCounts) {
  const std::string unmeasured = "decode(slow, llama-3.1-8b, bf16, 1, 1)";
  EXPECT_EQ(verdict("claims: 1, metric: ['" + unmeasured + "', 2], consistent: 3"), "wrong");
  EXPECT_EQ(verdict("claims: 1, metric: ['" + unmeasured + "', 1], consistent: 3"), "inconsistent");
  EXPECT_EQ(verdict("claims: 1, metric: ['" + unmeasured + "', 1]"), "not measured");
  const std::string overlapping = "tflops(slow, bf16) / 66.6";  // 1.494 to 1.509 of 0.5 to 1.5
  EXPECT_EQ(verdict("claims: 1, metric: ['" + unmeasured + "', '" + overlapping + "']"),
            "undecided");
  EXPECT_EQ(verdict("claims: 1, metric: '" + overlapping + "', consistent: 3"), "inconsistent");
  EXPECT_EQ(verdict("claims: 1, metric: [1, 1.2]"), "holds");
  EXPECT_EQ(verdict("claims: 1, outside: no"), "outside");
}

TEST(Audit, SeveralThatFailAreShownAsARange) {
  const ClaimFinding found = one("claims: 3.9x, metric: [3.1, 2.5, 3.9]");
  EXPECT_DOUBLE_EQ(found.found.value().low, 2.5);
  EXPECT_DOUBLE_EQ(found.found.value().high, 3.1);
}

TEST(Audit, OtherClaimsAreConsistentIfBothCanBeTrue) {
  // 9.5 to 10.5 and 10.48 to 10.58 overlap; what is worked out is 10.53.
  EXPECT_EQ(verdict("claims: 10, consistent: 'tflops(slow, bf16) / 9.5'"), "holds");
  EXPECT_EQ(verdict("claims: 10, metric: 'tflops(slow, bf16) / 9.5'"), "undecided");
}

TEST(Audit, ABoundIsNoOperand) {
  EXPECT_THAT(error("claims: 1, metric: 2 * at_most(1)"), HasSubstr("a bound"));
}

TEST(Audit, AFormulaIsComparedByWhatItGives) {
  EXPECT_EQ(verdict("formula: 3.6 / 1000 * 1000000 / 3600, metric: 'dollars_per_million(3.6, "
                    "1000)'"),
            "holds");
  EXPECT_EQ(verdict("formula: '2 * shape(llama-3.1-8b, heads)', metric: '2 * "
                    "shape(llama-3.1-8b, kv_heads)'"),
            "wrong");
}

TEST(Audit, ErrorsNameTheClaimAndTheNearest) {
  const std::string unknown = error("claims: 1, metric: 'memory_gbps(fats)'");
  EXPECT_THAT(unknown, HasSubstr("c.yaml:5: claim 'a': unknown device 'fats'"));
  EXPECT_THAT(unknown, HasSubstr("did you mean 'fast'?"));
  EXPECT_THAT(error("claims: 1, metric: 'datasheet(fast, nvlink)'"), HasSubstr("'nvlink_gbps'"));
  // Known even where no file could answer.
  EXPECT_THAT(error("claims: 1, metric: 'decode(slow, llama-3.1-8, bf16, 1, 1)'"),
              HasSubstr("did you mean 'llama-3.1-8b'?"));
  EXPECT_THAT(error("claims: 1, metric: 'weight_gb(llama-3.1-8b, fp9)'"),
              HasSubstr("unknown precision 'fp9'"));
  EXPECT_THAT(error("claims: 1, metric: 'architecture(slow)'"),
              HasSubstr("claims a number, but architecture(slow) gives the word 'Hopper'"));
  EXPECT_THAT(error("claims: yes, metric: 1 + 1"), HasSubstr("claims the word 'yes'"));
  EXPECT_THAT(error("claims: 1, metric: 1 / 0"), HasSubstr("divides by zero"));
  EXPECT_THAT(error("claims: 1, metric: 'kv_gb(llama-3.1-8b, 0.5, 1, bf16)'"),
              HasSubstr("expected a whole number"));
  EXPECT_THAT(error("claims: 1, metric: slow * 2"), HasSubstr("'slow', expected a number"));
}

}  // namespace
}  // namespace gpugauge
