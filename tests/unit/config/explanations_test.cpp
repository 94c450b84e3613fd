#include "harness/config/explanations.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <regex>

#include "harness/base/error.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

const Explanations& shipped() {
  static const Explanations loaded =
      Explanations::load(GPUGAUGE_SOURCE_DIR "/configs/explain.yaml");
  return loaded;
}

/// So that a new one needs no entry.
TEST(Explanations, SayOfAnImplementationWithoutAnEntryWhatItRuns) {
  const fs::path file = fs::path(testing::TempDir()) / "explain_nothing.yaml";
  std::ofstream out(file);
  for (const char* key : {"families", "kinds", "implementations", "types", "states", "metrics",
                          "flags", "verdicts", "columns"})
    out << key << ": {}\n";
  out.close();
  const Explanations nothing = Explanations::load(file);
  fs::remove(file);
  const Explanation* openmp = nothing.find(WordKind::kImplementation, "openmp");
  ASSERT_NE(openmp, nullptr);
  EXPECT_EQ(openmp->is, "runs memory on cpu; explain.yaml does not say how");
  for (const Implementation& implementation : implementations())
    EXPECT_NE(nothing.find(WordKind::kImplementation, implementation.name), nullptr);
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
    for (const std::string* part : {&word.is, &word.how, &word.bound, &word.low, &word.remedy})
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
  EXPECT_THAT(message_of("a: {is: x, usual: 90%}"), testing::HasSubstr("without 'source'"));
  EXPECT_THAT(message_of("a: {is: x, source: y}"), testing::HasSubstr("without 'usual'"));
  fs::remove(file);
}

}  // namespace
}  // namespace gpugauge
