// Every word of the tables has its text in configs/explain.yaml.

#include <fmt/format.h>
#include <gtest/gtest.h>

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
#include "harness/base/flag.hpp"
#include "harness/config/catalog.hpp"
#include "harness/config/explanations.hpp"
#include "harness/plan/suite.hpp"
#include "harness/record/record.hpp"
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
      << "add to configs/explain.yaml, under the heading of a " << name_of(kind) << ": '" << name
      << ": what it means'";
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

TEST(ExplainedWords, HaveEveryFamilyAndKindOfOp) {
  for (const std::string_view family :
       families(std::make_index_sequence<std::variant_size_v<Op>>()))
    expect_explained(WordKind::kFamily, family);
  expect_all_explained<MemoryPattern>(WordKind::kOpKind, "memory ");
  expect_all_explained<TokenOpKind>(WordKind::kOpKind, "token_op ");
  expect_all_explained<LatencyKind>(WordKind::kOpKind, "latency ");
  expect_all_explained<TransferKind>(WordKind::kOpKind, "transfer ");
}

TEST(ExplainedWords, HaveEveryImplementationThatASuiteNames) {
  std::set<std::string> names;
  const Catalog catalog(GPUGAUGE_SOURCE_DIR "/configs");
  for (const std::string& suite : catalog.suite_names()) {
    for (const SuiteEntry& entry : load_suite(catalog, suite).entries)
      names.insert(entry.implementations.begin(), entry.implementations.end());
  }
  EXPECT_GE(names.size(), 20U);
  for (const std::string& name : names) expect_explained(WordKind::kImplementation, name);
}

TEST(ExplainedWords, HaveEveryTypeCacheAndDistribution) {
  expect_all_explained<DType>(WordKind::kType);
  expect_all_explained<CacheState>(WordKind::kState);
  expect_all_explained<Distribution>(WordKind::kState);
}

TEST(ExplainedWords, HaveEveryFlagAndVerdict) {
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
  for (const OriginRow& origin : EnumTable<Origin>::rows)
    expect_explained(WordKind::kVerdict, origin.words);
}

/// The headers of all tables, as the sources give them to `text_column("key", "header")`,
/// `columns.text("key", "header", …)` and their kin: the last literal of the call's first ones.
std::set<std::string> column_headers() {
  const std::regex call(
      R"re(\b(\w*_columns?|text|number|add_range)\(\s*(?:\w+,\s*)?((?:"(?:[^"\\]|\\.)*"\s*,\s*)+"(?:[^"\\]|\\.)*"))re");
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

TEST(ExplainedWords, HaveEveryHeaderOfATable) {
  const std::set<std::string> headers = column_headers();
  EXPECT_GE(headers.size(), 120U);
  for (const std::string& header : headers) {
    EXPECT_FALSE(shipped().find(header).empty())
        << "add to configs/explain.yaml, under columns: '" << header << ": what it means'";
  }
}

}  // namespace
}  // namespace gpugauge
