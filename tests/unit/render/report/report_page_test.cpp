#include "harness/render/report/report_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/render/table/columns.hpp"
#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(ScriptSafe, EscapesWhatCouldEndTheScript) {
  const std::string evil = "</script><!--&\u2028\u2029\"";
  const std::string text = script_safe(Json{{"name", evil}});
  for (const char* character : {"<", ">", "&", "\u2028", "\u2029"})
    EXPECT_THAT(text, Not(HasSubstr(character)));
  EXPECT_EQ(Json::parse(text)["name"], evil);
}

TEST(ScriptSafe, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Json::parse(script_safe(Json{{"name", "a\xff"}}))["name"], "a\ufffd");
}

// printf '' | openssl dgst -sha256 -binary | base64
TEST(CspHash, IsTheBase64OfTheDigest) {
  EXPECT_EQ(csp_hash(""), "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
}

TEST(ReportPage, FillsEachPlaceOnce) {
  const std::string page = report_page(Json{{"device", "{{script}}"}}, "<b>{{data}}</b>");
  EXPECT_THAT(page, HasSubstr("<title>&lt;b&gt;{{data}}&lt;/b&gt;</title>"));
  EXPECT_THAT(page, HasSubstr(R"(id="data">{"device":"{{script}}"}</script>)"));
}

TEST(TableJson, KeepsValueAndToneWhereTheySayMoreThanTheText) {
  Table table;
  table.columns = {data_column("a")};
  table.rows = {
      {Cell()}, {Cell("x")}, {Cell("1.5", 1.4999)}, {Cell("ok", std::string("ok"), Tone::kGood)}};
  EXPECT_EQ(table_json(table)["rows"].dump(), R"([[null],["x"],[["1.5",1.4999]],[["ok","ok",1]]])");
}

TEST(CasesJson, LeavesOutWhatNobodyKnowsAndKeepsTimes) {
  const Record record =
      fake::record({fake::measurement(fake::memory(MemoryPattern::kRead), 1234.5)});
  const std::vector<RecordToShow> shown{{&record, nullptr}};
  const Json columns = cases_json(shown)["columns"];
  EXPECT_EQ(columns["time_ns"], Json::array({1234.5}));
  const double gbps = record.measurements[0].gbps();
  EXPECT_NEAR(columns["gbps"][0], gbps, 1e-6 * gbps) << "what is derived has seven digits";
  EXPECT_FALSE(columns.contains("power_w"));
}

}  // namespace
}  // namespace gpugauge
