#include "harness/config/claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

const std::vector<Signature> kClaimFunctions{{"price", "device, provider"}};

ClaimsFile load(const std::filesystem::path& file) { return load_claims(file, kClaimFunctions); }

std::string file_of(std::string_view claims) {
  return "name: c\ntitle: A text\nsource: a blog\nclaims:\n" + std::string(claims);
}
std::string claim(std::string_view fields) {
  return "  - {id: a, section: S, quote: Q, " + std::string(fields) + "}\n";
}
std::string claims_error(std::string_view claims) {
  return TemporaryFolder().error_of(load, "c.yaml", file_of(claims));
}

TEST(LoadClaims, ReadsWhatIsSaidAndHowItIsChecked) {
  const TemporaryFolder folder;
  const ClaimsFile file = load(folder.write(
      "c.yaml", file_of(claim("claims: 2x, metric: 1 + 1, consistent: ['@b', 2 * @b], note: N") +
                        "  - {id: b, section: S, quote: Q, claims: yes, outside: no case}\n")));
  EXPECT_EQ(file.source, "a blog");
  ASSERT_EQ(file.claims.size(), 2U);
  const Claim& a = file.claims[0];
  EXPECT_EQ(a.printed.value().unit, "x");
  EXPECT_EQ(a.metrics.size(), 1U);
  EXPECT_EQ(a.consistent.size(), 2U);
  EXPECT_EQ(a.note, "N");
  EXPECT_THAT(a.place, testing::EndsWith("c.yaml:5"));
  EXPECT_EQ(file.find("b")->outside, "no case");
  EXPECT_EQ(file.find("c"), nullptr);
}

TEST(LoadClaims, AnUnknownMetricHasAPlaceAndANearestName) {
  const std::string error = claims_error(claim("claims: 1, metric: 'prise(a, b)'"));
  EXPECT_THAT(error, testing::StartsWith("c.yaml:5:"));
  EXPECT_THAT(error, HasSubstr("'claims[0].metric'"));
  EXPECT_THAT(error, HasSubstr("unknown metric 'prise'"));
  EXPECT_THAT(error, HasSubstr("did you mean 'price'?"));
}

TEST(LoadClaims, ReferencesMustLeadSomewhere) {
  const std::string b = "  - {id: bandwidth, section: S, quote: Q, claims: 1, metric: 1}\n";
  EXPECT_EQ(
      claims_error(claim("claims: 1, metric: '@bandwith'") + b),
      "c.yaml:5: claim 'a' refers to 'bandwith', which does not exist; did you mean 'bandwidth'?");
  EXPECT_THAT(claims_error(claim("claims: 1, metric: '2 * @a'")), HasSubstr("refers to itself"));
  EXPECT_THAT(claims_error(claim("claims: 1, metric: '@b'") +
                           "  - {id: b, section: S, quote: Q, formula: 1 + 1, metric: 2}\n"),
              HasSubstr("refers to 'b', which prints no value"));
}

TEST(LoadClaims, AnIdStandsOnce) {
  const std::string a = claim("claims: 1, metric: 1");
  const std::string error = claims_error(a + a);
  EXPECT_THAT(error, testing::StartsWith("c.yaml:6:"));
  EXPECT_THAT(error, HasSubstr("repeats the id 'a' of the claim at"));
  EXPECT_THAT(error, HasSubstr("c.yaml:5"));
}

TEST(LoadClaims, FieldsMustNotContradictEachOther) {
  EXPECT_THAT(claims_error(claim("claims: 1, formula: 1, metric: 1")),
              HasSubstr("both 'claims' and 'formula'"));
  EXPECT_THAT(claims_error(claim("claims: 1, metric: 1, outside: why")),
              HasSubstr("'outside' and has a 'metric'"));
  EXPECT_THAT(claims_error(claim("claims: 1")), HasSubstr("is not checked"));
  EXPECT_THAT(claims_error(claim("metric: 1")), HasSubstr("says nothing"));
  EXPECT_THAT(claims_error(claim("claims: 3-2x, metric: 1")),
              HasSubstr("expected a printed value"));
  EXPECT_THAT(claims_error(claim("claims: 1, metrics: 1")), HasSubstr("unknown key 'metrics'"));
  EXPECT_THAT(claims_error(claim("claims: 1, metric: [1, 2 +]")),
              HasSubstr("'claims[0].metric[1]'"));
}

}  // namespace
}  // namespace gpugauge
