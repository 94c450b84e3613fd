#include "harness/config/explanations.hpp"

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

/// Every value of an enum without a list: names end where `at` or an empty one stands.
template <typename Enum>
std::vector<std::string> every_name() {
  std::vector<std::string> names;
  for (int value = 0; value < 64; ++value) {
    try {
      names.emplace_back(name_of(static_cast<Enum>(value)));
    } catch (const std::out_of_range&) {
      break;
    }
    if (names.back().empty() && value > 0) {
      names.pop_back();
      break;
    }
  }
  return names;
}

template <typename Enum>
void expect_all_explained(WordKind kind, std::size_t at_least, const std::string& prefix = {}) {
  const std::vector<std::string> names = every_name<Enum>();
  EXPECT_GE(names.size(), at_least);
  for (const std::string& name : names) {
    if (!name.empty()) expect_explained(kind, prefix + name);
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
  expect_all_explained<MemoryPattern>(WordKind::kOpKind, kMemoryPatterns.size(), "memory ");
  expect_all_explained<TokenOpKind>(WordKind::kOpKind, 7, "token_op ");
  expect_all_explained<LatencyKind>(WordKind::kOpKind, 5, "latency ");
  expect_all_explained<TransferKind>(WordKind::kOpKind, 5, "transfer ");
}

TEST(Explanations, HaveEveryImplementationOfThisBuildAndOfTheSuites) {
  std::set<std::string> names;
  for (const Implementation& implementation : implementations()) names.emplace(implementation.name);
  const Catalog catalog(GPUGAUGE_SOURCE_DIR "/configs");
  for (const std::string& suite : catalog.suite_names()) {
    for (const SuiteEntry& entry : catalog.suite(suite).entries)
      names.insert(entry.implementations.begin(), entry.implementations.end());
  }
  EXPECT_GE(names.size(), 20U);
  for (const std::string& name : names) expect_explained(WordKind::kImplementation, name);
}

TEST(Explanations, HaveEveryTypeCacheAndDistribution) {
  expect_all_explained<DType>(WordKind::kType, 8);
  expect_all_explained<CacheState>(WordKind::kState, 2);
  expect_all_explained<Distribution>(WordKind::kState, 4);
}

TEST(Explanations, HaveEveryFlagAndVerdict) {
  expect_all_explained<Flag>(WordKind::kFlag, 8);
  expect_all_explained<Verdict>(WordKind::kVerdict, 6);
  expect_all_explained<ClaimVerdict>(WordKind::kVerdict, claim_verdicts().size());
  expect_all_explained<Change>(WordKind::kVerdict, 4);
  expect_all_explained<ChangeReason>(WordKind::kVerdict, 5);
  expect_all_explained<GateStatus>(WordKind::kVerdict, 6);
  expect_all_explained<NoComparison>(WordKind::kVerdict, 8);
  expect_all_explained<AssessmentStatus>(WordKind::kVerdict, 4);
  expect_all_explained<NotMeasuredStatus>(WordKind::kVerdict, 4);
  expect_all_explained<StopReason>(WordKind::kVerdict, 3);
  expect_all_explained<Origin>(WordKind::kVerdict, 5);
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
