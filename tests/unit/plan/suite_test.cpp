#include "harness/plan/suite.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/temporary_folder.hpp"

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Suite suite_of(const std::string& text) {
  const TemporaryFolder folder;
  return load_suite(folder.write("s.yaml", text));
}

/// The error of a suite whose one entry is this.
std::string entry_error(const std::string& entry) {
  return TemporaryFolder().error_of(
      [](const auto& file) {
        load_suite(file, {"llama-3.1-8b", "qwen3-14b"});
      },
      "s.yaml", "name: s\ndescription: d\nentries:\n  - " + entry + "\n");
}
/// The error of a suite with this line and one good entry.
std::string suite_error(const std::string& line) {
  return TemporaryFolder().error_of([](const auto& file) { load_suite(file); }, "s.yaml",
                                    "name: s\ndescription: d\n" + line +
                                        "\nentries:\n  - {family: memory, implementations: [a], "
                                        "patterns: [read], sizes: [1GiB]}\n");
}

TEST(LoadSuite, ReadsEveryKey) {
  const Suite suite = suite_of(R"(
name: s
description: what it is for
contexts: [512, 1024]
settle_seconds: 1.5
sampling: {target: 0.02, case_seconds: 0.5, warmup_seconds: 0, sample_seconds: 0.001, search_seconds: 4, cold_gib: 2.5, min_samples: 7, max_samples: 70}
entries:
  - family: memory
    backend: cuda
    implementations: [stream]
    cache: [hot, cold]
    data: [zeros, uniform]
    sampling: {case_seconds: 9}
    patterns: [read, triad]
    sizes: [256MiB, 4GiB]
  - family: gemm
    implementations: [onednn]
    models: [llama-3.1-8b]
    precisions: [fp8, int8]
    batches: [1, 8]
)");
  EXPECT_EQ(suite.name, "s");
  EXPECT_EQ(suite.description, "what it is for");
  EXPECT_EQ(suite.path.filename(), "s.yaml");
  EXPECT_THAT(suite.contexts, ElementsAre(512, 1024));
  EXPECT_EQ(suite.settle_seconds, 1.5);
  ASSERT_EQ(suite.entries.size(), 2U);

  const SuiteEntry& memory = suite.entries[0];
  EXPECT_EQ(memory.family, "memory");
  EXPECT_EQ(memory.backend, Backend::kCuda);
  EXPECT_THAT(memory.implementations, ElementsAre("stream"));
  EXPECT_THAT(memory.cache, ElementsAre(CacheState::kHot, CacheState::kCold));
  EXPECT_THAT(memory.data, ElementsAre(Distribution::kZeros, Distribution::kUniform));
  EXPECT_THAT(memory.models.models, IsEmpty());
  EXPECT_EQ(memory.policy.case_seconds, 9);          // its own
  EXPECT_EQ(memory.policy.target_half_width, 0.02);  // the suite's
  EXPECT_EQ(memory.policy.warmup_seconds, 0);
  EXPECT_EQ(memory.policy.sample_seconds, 0.001);
  EXPECT_EQ(memory.policy.search_seconds, 4);
  EXPECT_EQ(memory.policy.cold_gib, 2.5);
  EXPECT_EQ(memory.policy.min_samples, 7);
  EXPECT_EQ(memory.policy.max_samples, 70);

  const SuiteEntry& gemm = suite.entries[1];
  EXPECT_EQ(gemm.backend, std::nullopt);
  EXPECT_THAT(gemm.cache, ElementsAre(CacheState::kCold));
  EXPECT_THAT(gemm.data, ElementsAre(Distribution::kNormal));
  EXPECT_EQ(gemm.policy.case_seconds, 0.5);
  EXPECT_THAT(gemm.models.models, ElementsAre("llama-3.1-8b"));
  EXPECT_THAT(gemm.models.batches, ElementsAre(1, 8));
}

TEST(LoadSuite, RefusesWrongEntries) {
  EXPECT_EQ(
      entry_error("{family: gem}"),
      "s.yaml:4:14: 'entries[0].family' is 'gem', expected one of memory, gemm, tensor_peak, "
      "attention_decode, attention_prefill, token_op, decode_step, latency, transfer; did you "
      "mean 'gemm'?");
  EXPECT_EQ(entry_error("{family: memory, backend: gpu}"),
            "s.yaml:4:31: 'entries[0].backend' is 'gpu', expected one of cpu, cuda; did you mean "
            "'cpu'?");
  EXPECT_EQ(entry_error("{family: memory}"), "s.yaml:4:5: 'entries[0].implementations' is missing");
  EXPECT_EQ(entry_error("{family: memory, implementations: [a b]}"),
            "s.yaml:4:40: 'entries[0].implementations[0]' is 'a b', expected a name of letters, "
            "digits, '.', '_' and '-'");
  EXPECT_EQ(entry_error("{family: memory, implementations: []}"),
            "s.yaml:4:39: 'entries[0].implementations' is an empty list, expected at least one "
            "value");
  EXPECT_EQ(entry_error("{family: memory, implementations: [a, a]}"),
            "s.yaml:4:43: 'entries[0].implementations[1]' is 'a' again, expected distinct values");
  EXPECT_EQ(
      entry_error("{family: memory, implementations: [a], data: [normals]}"),
      "s.yaml:4:51: 'entries[0].data[0]' is 'normals', expected one of normal, uniform, zeros, "
      "small_integers; did you mean 'normal'?");
  EXPECT_EQ(entry_error("plain"), "s.yaml:4:5: 'entries[0]' is 'plain', expected a mapping");
}

TEST(LoadSuite, RefusesWrongSampling) {
  EXPECT_EQ(suite_error("sampling: {target: 0}"),
            "s.yaml:3:20: 'sampling.target' is '0', expected a number from 0.0001 to 0.5");
  EXPECT_EQ(
      suite_error("sampling: {case_second: 1}"),
      "s.yaml:3:12: unknown key 'case_second', expected one of target, case_seconds, "
      "warmup_seconds, sample_seconds, search_seconds, cold_gib, min_samples, max_samples; did you "
      "mean "
      "'case_seconds'?");
  EXPECT_EQ(
      suite_error("sampling: {min_samples: 5}"),
      "s.yaml:3:25: 'sampling.min_samples' is '5', expected a whole number from 6 to 1000000");
  EXPECT_EQ(
      suite_error("sampling: {min_samples: 50, max_samples: 20}"),
      "s.yaml:3:11: 'sampling' has min_samples 50 over max_samples 20, expected at most that");
}

TEST(LoadSuite, RefusesWrongTopKeys) {
  EXPECT_EQ(suite_error("contxts: [1024]"),
            "s.yaml:3:1: unknown key 'contxts', expected one of name, description, contexts, "
            "settle_seconds, sampling, entries; did you mean 'contexts'?");
  EXPECT_EQ(suite_error("contexts: [1024, 0]"),
            "s.yaml:3:18: 'contexts[1]' is '0', expected a whole number from 1 to 16777216");
  EXPECT_EQ(suite_error("settle_seconds: soon"),
            "s.yaml:3:17: 'settle_seconds' is 'soon', expected a number from 0 to 600");
  EXPECT_EQ(suite_error("name: t"), "s.yaml:3:1: duplicate key 'name', first in line 1");
  EXPECT_EQ(
      TemporaryFolder().error_of([](const auto& file) { load_suite(file); }, "s.yaml", "name: t\n"),
      "s.yaml:1:7: 'name' is 't', expected the name of its file, 's'");
}

}  // namespace
}  // namespace gpugauge
