#include "harness/config/explanations.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>

#include "harness/analyze/audit/audit.hpp"
#include "harness/analyze/compare/match.hpp"
#include "harness/analyze/compare/ratio.hpp"
#include "harness/analyze/rates/assessment.hpp"
#include "harness/analyze/rates/datasheet.hpp"
#include "harness/analyze/track/gate.hpp"
#include "harness/base/error.hpp"
#include "harness/base/flag.hpp"
#include "harness/config/catalog.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/record.hpp"
#include "kernels/implementation.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

const Explanations& shipped() {
  static const Explanations loaded =
      Explanations::load(GPUGAUGE_SOURCE_DIR "/configs/explain.yaml");
  return loaded;
}

void expect_explained(WordKind kind, std::string_view name) {
  EXPECT_NE(shipped().find(kind, name), nullptr)
      << "configs/explain.yaml: no " << name_of(kind) << " '" << name << "'";
}

template <typename Enum>
void expect_all_explained(WordKind kind, std::string_view prefix = {}) {
  for (const std::string_view name : names_of<Enum>) {
    if (!name.empty()) expect_explained(kind, fmt::format("{}{}", prefix, name));
  }
}
/// The same of an enum without a table: names end behind the last.
template <typename Enum>
requires(!Tabulated<Enum>) void expect_all_explained(WordKind kind, std::string_view prefix = {}) {
  try {
    for (int value = 0;; ++value)
      expect_explained(kind, fmt::format("{}{}", prefix, name_of(static_cast<Enum>(value))));
  } catch (const std::out_of_range&) {
  }
}

template <std::size_t... index>
std::vector<std::string_view> families(std::index_sequence<index...>) {
  return {family_of(Op(std::in_place_index<index>))...};
}

TEST(Explanations, HaveEveryFamilyAndKindOfOp) {
  for (const std::string_view family :
       families(std::make_index_sequence<std::variant_size_v<Op>>()))
    expect_explained(WordKind::kFamily, family);
  expect_all_explained<MemoryPattern>(WordKind::kOpKind, "memory ");
  expect_all_explained<TokenOpKind>(WordKind::kOpKind, "token_op ");
  expect_all_explained<LatencyKind>(WordKind::kOpKind, "latency ");
  expect_all_explained<TransferKind>(WordKind::kOpKind, "transfer ");
}

TEST(Explanations, HaveEveryImplementationOfThisBuildAndOfTheSuites) {
  std::set<std::string> names;
  for (const Implementation& implementation : implementations()) names.emplace(implementation.name);
  const Catalog catalog(GPUGAUGE_SOURCE_DIR "/configs");
  for (const std::string& suite : catalog.suite_names()) {
    for (const SuiteEntry& entry : load_suite(catalog, suite).entries)
      names.insert(entry.implementations.begin(), entry.implementations.end());
  }
  EXPECT_GE(names.size(), 20U);
  for (const std::string& name : names) expect_explained(WordKind::kImplementation, name);
}

TEST(Explanations, HaveEveryTypeCacheAndDistribution) {
  expect_all_explained<DType>(WordKind::kType);
  expect_all_explained<CacheState>(WordKind::kState);
  expect_all_explained<Distribution>(WordKind::kState);
}

TEST(Explanations, HaveEveryFlagAndVerdict) {
  expect_all_explained<Flag>(WordKind::kFlag);
  expect_all_explained<Verdict>(WordKind::kVerdict);
  expect_all_explained<ClaimVerdict>(WordKind::kVerdict);
  expect_all_explained<Change>(WordKind::kVerdict);
  expect_all_explained<ChangeReason>(WordKind::kVerdict);
  expect_all_explained<GateStatus>(WordKind::kVerdict);
  expect_all_explained<NoComparison>(WordKind::kVerdict);
  expect_all_explained<AssessmentStatus>(WordKind::kVerdict);
  expect_all_explained<NotMeasuredStatus>(WordKind::kVerdict);
  expect_all_explained<StopReason>(WordKind::kVerdict);
  expect_all_explained<Origin>(WordKind::kVerdict);
}

/// The headers of all tables, as the sources give them to `text_column("key", "header")` and its
/// kin: the last literal of the call's first ones.
std::set<std::string> column_headers() {
  const std::regex call(
      R"re(\b(\w*_columns?)\(\s*((?:"(?:[^"\\]|\\.)*"\s*,\s*)+"(?:[^"\\]|\\.)*"))re");
  const std::regex last(R"re("([^"]*)"$)re");
  std::set<std::string> headers;
  for (const char* folder : {"render", "cli"}) {
    for (const auto& entry :
         fs::recursive_directory_iterator(fs::path(GPUGAUGE_SOURCE_DIR "/harness") / folder)) {
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      const std::string source = text.str();
      for (std::sregex_iterator at(source.begin(), source.end(), call), end; at != end; ++at) {
        const std::string literals = (*at)[2];
        std::smatch found;
        if ((*at)[1] != "data_column" && std::regex_search(literals, found, last))
          headers.insert(found[1]);
      }
    }
  }
  headers.erase("");
  return headers;
}

TEST(Explanations, HaveEveryHeaderOfATable) {
  const std::set<std::string> headers = column_headers();
  EXPECT_GE(headers.size(), 120U);
  for (const std::string& header : headers) {
    EXPECT_FALSE(shipped().find(header).empty())
        << "configs/explain.yaml: no column '" << header << "'";
  }
}

TEST(Explanations, AreFoundInAnySpelling) {
  for (const char* spelling : {"power_capped", "power-capped", "Power Capped", " power/capped "}) {
    ASSERT_EQ(shipped().find(spelling).size(), 1U) << spelling;
    EXPECT_EQ(shipped().find(spelling).front()->kind, WordKind::kFlag);
  }
  EXPECT_TRUE(shipped().find("power").empty());
  EXPECT_TRUE(shipped().find("").empty());
}

TEST(Explanations, OfAKindOfOpAreFoundWithoutItsFamilyToo) {
  ASSERT_EQ(shipped().find("graph_node").size(), 1U);
  EXPECT_EQ(shipped().find("graph_node").front()->name, "latency graph_node");
  ASSERT_FALSE(shipped().find("memory").empty());
  EXPECT_EQ(shipped().find("memory").front()->kind, WordKind::kFamily);
}

TEST(Explanations, NameASourceForWhatIsUsual) {
  int count = 0;
  for (const Explanation& word : shipped().all()) {
    EXPECT_EQ(word.usual.empty(), word.source.empty()) << word.name;
    if (word.usual.empty()) continue;
    ++count;
    // Until our own kernels have run on a card, every source says so.
    EXPECT_THAT(word.source, testing::HasSubstr("ot measured by us yet")) << word.name;
  }
  EXPECT_GE(count, 10);
}

/// A share of a rate that is given without `usual` and its source is a claim of nobody.
TEST(Explanations, GiveNoShareOfARateOutsideOfWhatIsUsual) {
  const std::regex share("[0-9]+%? ?(to|-|–) ?[0-9]+%");
  for (const Explanation& word : shipped().all()) {
    for (const std::string* part : {&word.is, &word.how, &word.floor, &word.low, &word.remedy})
      EXPECT_FALSE(std::regex_search(*part, share)) << word.name << ": " << *part;
  }
}

TEST(Explanations, OfAKindOfOpAreFilledUpFromItsFamily) {
  const Explanation& copy = *shipped().find(WordKind::kOpKind, "memory copy");
  const Explanation& memory = *shipped().find(WordKind::kFamily, "memory");
  EXPECT_TRUE(copy.how.empty());
  EXPECT_EQ(shipped().in_full(copy).how, memory.how);
  EXPECT_EQ(shipped().in_full(copy).is, copy.is);
  EXPECT_EQ(shipped().in_full(copy).low, memory.low);
  EXPECT_FALSE(copy.usual.empty());
  EXPECT_EQ(shipped().in_full(copy).usual, copy.usual);
}

TEST(Explanations, SayWhereAFileIsWrong) {
  const fs::path file = fs::path(testing::TempDir()) / "explain_test.yaml";
  const auto message_of = [&](std::string_view families_text) -> std::string {
    std::ofstream out(file);
    out << "families: {" << families_text << "}\n";
    for (const char* key :
         {"kinds", "implementations", "types", "states", "metrics", "flags", "verdicts", "columns"})
      out << key << ": {}\n";
    out.close();
    try {
      Explanations::load(file);
    } catch (const UsageError& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(message_of("a: text"), "no error");
  EXPECT_THAT(message_of("a: {is: text, rates: [memry]}"), testing::HasSubstr("memory"));
  EXPECT_THAT(message_of("a_b: text, A b: text"), testing::HasSubstr("another spelling"));
  EXPECT_THAT(message_of("a: {is: x, hwo: y}"), testing::HasSubstr("explain_test.yaml:1"));
  EXPECT_THAT(message_of("a: {is: x, usual: 90%}"), testing::HasSubstr("expected its source"));
  EXPECT_THAT(message_of("a: {is: x, source: y}"), testing::HasSubstr("what is usual"));
  fs::remove(file);
}

}  // namespace
}  // namespace gpugauge
