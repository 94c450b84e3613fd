#include "harness/config/yaml_reader.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "harness/base/case_options.hpp"
#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;

class YamlReader : public testing::Test {
 protected:
  YamlMapping mapping_of(std::string_view text) {
    return read_yaml(folder_.write("x.yaml", text)).mapping();
  }
  /// What reading the key `a` by `read` says.
  template <typename Read>
  std::string error_of(std::string_view text, Read read) {
    return folder_.error_of(
        [&](const auto& file) { read(read_yaml(file).mapping().required("a")); }, "x.yaml", text);
  }
  std::string file_error(std::string_view text) {
    return folder_.error_of([](const auto& file) { (void)read_yaml(file).mapping(); }, "x.yaml",
                            text);
  }

  TemporaryFolder folder_;
};

TEST_F(YamlReader, ReadsEachType) {
  YamlMapping map = mapping_of("a: some text\nb: -3\nc: 2.5e-1\nd: true\ne: [x, y]\nf: {g: 1}\n");
  EXPECT_EQ(map.required("a").text(), "some text");
  EXPECT_EQ(map.required("b").integer({-5, 5}), -3);
  EXPECT_EQ(map.required("c").number({0, 1}), 0.25);
  EXPECT_TRUE(map.required("d").boolean());
  EXPECT_THAT(map.required("e").distinct([](const YamlValue& v) { return v.text(); }),
              ElementsAre("x", "y"));
  EXPECT_EQ(map.required("f").mapping().required("g").integer({1, 1}), 1);
  EXPECT_FALSE(map.optional("h"));
  EXPECT_EQ(map.number_or("h", 7, {0, 1}), 7);
  EXPECT_EQ(map.integer_or("h", 7, {0, 1}), 7);
  EXPECT_TRUE(map.boolean_or("h", true));
  EXPECT_NO_THROW(map.finish());
}

TEST_F(YamlReader, ReadsBinarySizes) {
  YamlMapping map = mapping_of("a: 4096B\nb: 3KiB\nc: 256MiB\nd: 1GiB\ne: 2TiB\n");
  constexpr IntegerRange kAny{0, std::int64_t{1} << 50};
  EXPECT_EQ(map.required("a").bytes(kAny), 4096);
  EXPECT_EQ(map.required("b").bytes(kAny), 3072);
  EXPECT_EQ(map.required("c").bytes(kAny), 268435456);
  EXPECT_EQ(map.required("d").bytes(kAny), 1073741824);
  EXPECT_EQ(map.required("e").bytes(kAny), 2199023255552);
}

TEST_F(YamlReader, RefusesSizesThatAreNotExact) {
  const auto read = [](const YamlValue& value) { value.bytes({1, 1 << 30}); };
  for (const char* text : {"1", "GiB", "1GB", "1.5GiB", "-1KiB", "1 GiB", "0B", "2GiB",
                           "9999999999TiB", "99999999999999999999B"}) {
    EXPECT_EQ(error_of(std::string("a: ") + text, read),
              std::string("x.yaml:1:4: 'a' is '") + text +
                  "', expected a size like 256MiB, from 1B to 1GiB");
  }
}

TEST_F(YamlReader, RefusesWhatIsNoWholeNumberInRange) {
  const auto read = [](const YamlValue& value) { value.integer({1, 99}); };
  for (const char* text : {"0", "100", "-1", "1.0", "1e1", "0x10", "ten", "+5", "1 2", "nan",
                           "99999999999999999999"}) {
    EXPECT_EQ(
        error_of(std::string("a: ") + text, read),
        std::string("x.yaml:1:4: 'a' is '") + text + "', expected a whole number from 1 to 99");
  }
  EXPECT_EQ(error_of("a: 010",
                     [](const YamlValue& v) {
                       EXPECT_EQ(v.integer({1, 99}), 10);
                     }),
            "no error");
}

TEST_F(YamlReader, RefusesWhatIsNoNumberInRange) {
  const auto read = [](const YamlValue& value) { value.number({0.5, 2}); };
  for (const char* text : {"0.4", "2.1", ".inf", "inf", "nan", ".nan", "1,5", "1 s", "1e999"}) {
    EXPECT_EQ(error_of(std::string("a: ") + text, read),
              std::string("x.yaml:1:4: 'a' is '") + text + "', expected a number from 0.5 to 2");
  }
}

TEST_F(YamlReader, SaysWhatStandsInsteadOfWhatWasExpected) {
  const auto text = [](const YamlValue& value) { value.text(); };
  const auto boolean = [](const YamlValue& value) { value.boolean(); };
  const auto items = [](const YamlValue& value) { value.items(); };
  const auto mapping = [](const YamlValue& value) { (void)value.mapping(); };
  EXPECT_EQ(error_of("a: [b]", text), "x.yaml:1:4: 'a' is a list, expected text");
  EXPECT_EQ(error_of("a:\n  b: c", text), "x.yaml:2:3: 'a' is a mapping, expected text");
  EXPECT_EQ(error_of("b: 1\na:\nc: 2", text), "x.yaml:2:1: 'a' is empty, expected text");
  EXPECT_EQ(error_of("a: ~", text), "x.yaml:1:1: 'a' is empty, expected text");
  EXPECT_EQ(error_of("a: ''", text), "x.yaml:1:4: 'a' is empty, expected text");
  EXPECT_EQ(error_of("a: yes", boolean), "x.yaml:1:4: 'a' is 'yes', expected true or false");
  EXPECT_EQ(error_of("a: 8", items), "x.yaml:1:4: 'a' is '8', expected a list");
  EXPECT_EQ(error_of("a: []", items),
            "x.yaml:1:4: 'a' is an empty list, expected at least one value");
  EXPECT_EQ(error_of("a: 8", mapping), "x.yaml:1:4: 'a' is '8', expected a mapping");
}

TEST_F(YamlReader, RefusesNamesThatWouldBreakACaseName) {
  const auto read = [](const YamlValue& value) { value.identifier(); };
  for (const char* text : {"a/b", "a b", "-a", ".", "é"})
    EXPECT_NE(error_of(std::string("a: ") + text, read), "no error") << text;
  EXPECT_EQ(error_of("a: a/b", read),
            "x.yaml:1:4: 'a' is 'a/b', expected a name of letters, digits, '.', '_' and '-'");
  EXPECT_EQ(error_of("a: llama-3.1_8b", read), "no error");
}

TEST_F(YamlReader, OffersTheNearestOfTheNames) {
  const auto read = [](const YamlValue& value) {
    value.distinct([](const YamlValue& item) { return item.one_of<CacheState>(); });
  };
  EXPECT_EQ(error_of("a: [hot, clod]", read),
            "x.yaml:1:10: 'a[1]' is 'clod', expected one of cold, hot; did you mean 'cold'?");
  EXPECT_EQ(error_of("a: [[hot]]", read),
            "x.yaml:1:5: 'a[0]' is a list, expected one of cold, hot");
  EXPECT_EQ(error_of("a: [hot, cold, hot]", read),
            "x.yaml:1:16: 'a[2]' is 'hot' again, expected distinct values");
}

TEST_F(YamlReader, RefusesADuplicateKey) {
  EXPECT_EQ(file_error("a: 1\nb: 2\na: 3\n"), "x.yaml:3:1: duplicate key 'a', first in line 1");
}

TEST_F(YamlReader, RefusesAKeyThatIsNoName) {
  EXPECT_EQ(file_error("[a]: 1\n"), "x.yaml:1:1: a key that is no name");
  EXPECT_EQ(file_error("b: 1\n~: 1\n"), "x.yaml:2:1: a key that is no name");
}

TEST_F(YamlReader, RefusesAKeyThatNobodyAskedFor) {
  const auto error = [&](std::string_view text) {
    return folder_.error_of(
        [](const auto& file) {
          YamlMapping map = read_yaml(file).mapping();
          map.required("batches");
          map.optional("cache");
          map.finish();
        },
        "x.yaml", text);
  };
  EXPECT_EQ(error("batches: 1\ncahce: 2\n"),
            "x.yaml:2:1: unknown key 'cahce', expected one of batches, cache; did you mean "
            "'cache'?");
  EXPECT_EQ(error("batches: 1\nfoo: 2\n"),
            "x.yaml:2:1: unknown key 'foo', expected one of batches, cache");
  EXPECT_EQ(error("cache: 1\n"), "x.yaml:1:1: 'batches' is missing");
  EXPECT_EQ(error("cache: 1\nbatchs: 1\n"),
            "x.yaml:2:1: unknown key 'batchs', expected batches; did you mean 'batches'?");
}

TEST_F(YamlReader, NamesThePathOfANestedKey) {
  EXPECT_EQ(folder_.error_of(
                [](const auto& file) {
                  auto items = read_yaml(file).mapping().required("entries").items();
                  (void)items.at(1).mapping().required("family");
                },
                "x.yaml", "entries:\n  - family: a\n  - data: b\n"),
            "x.yaml:3:5: 'entries[1].family' is missing");
}

TEST_F(YamlReader, RefusesAFileThatIsNoMapping) {
  EXPECT_EQ(file_error(""), "x.yaml: is empty, expected a mapping");
  EXPECT_EQ(file_error("# only a comment\n"), "x.yaml: is empty, expected a mapping");
  EXPECT_EQ(file_error("- a\n"), "x.yaml:1:1: the file is a list, expected a mapping");
  EXPECT_EQ(file_error("just words\n"), "x.yaml:1:1: the file is 'just words', expected a mapping");
  EXPECT_EQ(file_error("a: 1\n---\nb: 2\n"), "x.yaml:3:1: a second document, expected one");
  EXPECT_EQ(file_error("---\na: 1\n...\n"), "no error");
}

TEST_F(YamlReader, RefusesWhatIsNotYaml) {
  EXPECT_EQ(file_error("a: [1, 2\n"), "x.yaml:2:1: not YAML: end of sequence flow not found");
  EXPECT_EQ(file_error("a: {b: 1\nc: 2\n"), "x.yaml:2:2: not YAML: end of map flow not found");
  EXPECT_THAT(file_error("a: *nowhere\n"),
              testing::StartsWith("x.yaml:1:4: not YAML: the referenced anchor is not defined"));
  const std::string binary(
      "\x7f"
      "ELF\x02\x01\x00\x00 \xff\xfe{",
      12);
  EXPECT_THAT(file_error(binary), testing::StartsWith("x.yaml:"));
  // Deep enough to overflow the stack of a parser that does not count.
  EXPECT_THAT(file_error(std::string(100'000, '[')), testing::HasSubstr("not YAML"));
}

TEST_F(YamlReader, ReadsAnAliasAsItsAnchor) {
  YamlMapping map = mapping_of("a: &list [1, 2]\nb: *list\n");
  EXPECT_EQ(map.required("b").items().size(), 2U);
}

TEST_F(YamlReader, EndsAtABracketOrCommaOutsideOfAnyList) {
  EXPECT_EQ(file_error(", a: 1\n"), "x.yaml:1:1: not YAML: found ',' outside of any list");
  EXPECT_EQ(file_error("{a: 1},\n"), "x.yaml:1:7: not YAML: found ',' outside of any list");
  EXPECT_EQ(file_error("{a: 1}}"), "x.yaml:1:7: not YAML: illegal flow end");
  EXPECT_EQ(file_error("]"), "x.yaml:1:1: not YAML: illegal flow end");
  EXPECT_THAT(file_error("a: 1\n,\n"), testing::StartsWith("x.yaml:"));
  EXPECT_THAT(file_error(std::string("a: \"\\\x01\"")), testing::Not(testing::HasSubstr("\x01")));
}

TEST_F(YamlReader, RefusesAliasesThatStandForMoreThanAMillionValues) {
  std::string bomb = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 9; ++i) {
    bomb += fmt::format("a{0}: &a{0} [", i);
    for (int k = 0; k < 10; ++k) bomb += fmt::format("{}*a{}", k == 0 ? "" : ", ", i - 1);
    bomb += "]\n";
  }
  EXPECT_THAT(file_error(bomb), testing::HasSubstr("aliases stand for more than 1000000 values"));
  EXPECT_EQ(file_error("a: &a [1, *a]\n"), "x.yaml:1:11: an alias inside of its own anchor");
}

TEST_F(YamlReader, RefusesALongListOfDistinctValues) {
  std::string list = "a: [0";
  for (int i = 1; i < 5000; ++i) list += fmt::format(", {}", i);
  EXPECT_EQ(error_of(list + "]",
                     [](const YamlValue& value) {
                       value.distinct([](const YamlValue& v) { return v.text(); });
                     }),
            "x.yaml:1:4: 'a' is a list of 5000, expected at most 4096");
}

class JsonReader : public YamlReader {
 protected:
  std::string json_error(std::string_view text) {
    return folder_.error_of([](const auto& file) { (void)read_yaml(file).mapping(); }, "x.json",
                            text);
  }
  YamlMapping json(std::string_view text) {
    return read_yaml(folder_.write("x.json", text)).mapping();
  }
};

TEST_F(JsonReader, ReadsEachTypeAndKnowsItsPlace) {
  YamlMapping map = json(
      "{\"a\": \"x\\\"y\\u00e9\\ud83e\\udd99\", \"b\" : -3,\n  \"c\":2.5e-1,\"d\":true,\n\t\"e\": "
      "[\"[\", "
      "{\"g\":1}], \"n\": null}");
  EXPECT_EQ(map.required("a").text(), "x\"yé🦙");
  EXPECT_EQ(map.required("b").integer({-5, 5}), -3);
  EXPECT_EQ(map.required("c").number({0, 1}), 0.25);
  EXPECT_TRUE(map.required("d").boolean());
  EXPECT_TRUE(map.required("n").is_null());
  const std::vector<YamlValue> items = map.required("e").items();
  EXPECT_EQ(items.at(0).text(), "[");
  YamlMapping inner = items.at(1).mapping();
  const YamlValue g = inner.required("g");
  try {
    (void)g.integer({2, 3});
    FAIL();
  } catch (const UsageError& error) {
    EXPECT_THAT(
        error.what(),
        testing::EndsWith("x.json:3:18: 'e[1].g' is '1', expected a whole number from 2 to 3"));
  }
}

TEST_F(JsonReader, SaysWhereItIsNoJson) {
  EXPECT_THAT(json_error("{\"a\":1},"), testing::StartsWith("x.json:1:8: not valid JSON: "));
  EXPECT_THAT(json_error("{\"model_type\": \"llama\"},\n\"b\": 1\n}"),
              testing::StartsWith("x.json:1:24: not valid JSON: "));
  EXPECT_THAT(json_error("{\"a\":1}{\"b\":2}"),
              testing::StartsWith("x.json:1:8: not valid JSON: "));
  EXPECT_THAT(json_error("{\"a\": 'x'}"), testing::StartsWith("x.json:1:7: not valid JSON: "));
  EXPECT_THAT(json_error("{\"a\":\n \"\\ud83e\"}"), testing::StartsWith("x.json:2:"));
  EXPECT_THAT(json_error(std::string(100'000, '[')),
              testing::StartsWith("x.json:1:501: deeper than 500 lists and mappings"));
  EXPECT_EQ(json_error("{\"a\": 1, \"a\": 2}"), "x.json:1:10: duplicate key 'a', first in line 1");
  const std::string huge = json_error("{\"a\": " + std::string(100'000, '9') + "}");
  EXPECT_THAT(huge, testing::StartsWith("x.json:1:100006: not valid JSON: number overflow"));
  EXPECT_LT(huge.size(), 300U);
  EXPECT_THAT(json_error(""), testing::StartsWith("x.json:1:1: not valid JSON"));
  EXPECT_EQ(json_error("null"), "x.json: is empty, expected a mapping");
  EXPECT_EQ(json_error(std::string("\xFF\xFE{\0}\0", 6)),
            "x.json:1:1: the file is UTF-16, expected UTF-8");
  EXPECT_EQ(json_error("\xEF\xBB\xBF{\"a\": 1}"), "no error");
}

}  // namespace
}  // namespace gpugauge
