#include "harness/record/layout.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace gpugauge {
namespace {

using Json = nlohmann::ordered_json;

TEST(FormatReadable, PutsWhatFitsOnOneLineAndNestedValuesOnTheirOwn) {
  const Json json = Json::parse(R"({"op":{"kind":"gemm","m":8},"flags":[],"none":{},"b":true})");
  EXPECT_EQ(format_readable(json),
            "{\n"
            "  \"op\": {\"kind\": \"gemm\", \"m\": 8},\n"
            "  \"flags\": [],\n"
            "  \"none\": {},\n"
            "  \"b\": true\n"
            "}\n");
}

TEST(FormatReadable, KeepsALongListOfNumbersOnOneLine) {
  const Json json{{"time_ns", std::vector<double>(500, 0.25)}, {"a", Json::array({1})}};
  const std::string text = format_readable(json);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
}

TEST(FormatReadable, BreaksALongListOfWords) {
  const Json json(std::vector<std::string>(3, std::string(40, 'x')));
  const std::string text = format_readable(json);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 5);
}

TEST(FormatReadable, IsReadBackAsItWas) {
  const Json json = Json::parse(R"({"a":[1,2.5,-3e-7,18446744073709551615],"b":[{"c":[[],{}]}],
                                    "d\"e":"f\n\u0007ü","g":null})");
  EXPECT_EQ(Json::parse(format_readable(json)), json);
  EXPECT_EQ(Json::parse(format_compact(json)), json);
}

TEST(FormatCompact, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(format_compact(Json("a\xff"
                                "b")),
            "\"a\xef\xbf\xbd"
            "b\"");
}

TEST(FindNonFinite, NamesThePlace) {
  Json json = Json::parse(R"({"a":{"b":[1.0,2.0]},"c":"NaN"})");
  EXPECT_EQ(find_non_finite(json), std::nullopt);
  json["a"]["b"][1] = std::numeric_limits<double>::infinity();
  EXPECT_EQ(find_non_finite(json), ".a.b[1]");
  EXPECT_EQ(find_non_finite(Json(std::numeric_limits<double>::quiet_NaN())), "");
}

}  // namespace
}  // namespace gpugauge
