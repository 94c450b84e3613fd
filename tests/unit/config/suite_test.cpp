#include "harness/config/suite.hpp"

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
sampling: {target: 0.02, case_seconds: 0.5, warmup_seconds: 0, sample_seconds: 0.001, min_samples: 7, max_samples: 70}
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
    implementations: [cublaslt, cublaslt_search]
    dtypes: [bf16, fp8_e4m3]
    shapes: [[1, 2, 3], [1, 2, 4]]
  - family: gemm
    implementations: [onednn]
    models: [llama-3.1-8b]
    precisions: [fp8, int8]
    batches: [1, 8]
    linears: [qkv, lm_head]
)");
  EXPECT_EQ(suite.name, "s");
  EXPECT_EQ(suite.description, "what it is for");
  EXPECT_EQ(suite.path.filename(), "s.yaml");
  EXPECT_THAT(suite.contexts, ElementsAre(512, 1024));
  EXPECT_EQ(suite.settle_seconds, 1.5);
  ASSERT_EQ(suite.entries.size(), 3U);

  const SuiteEntry& memory = suite.entries[0];
  EXPECT_EQ(memory.family, "memory");
  EXPECT_EQ(memory.backend, Backend::kCuda);
  EXPECT_THAT(memory.implementations, ElementsAre("stream"));
  EXPECT_THAT(memory.cache, ElementsAre(CacheState::kHot, CacheState::kCold));
  EXPECT_THAT(memory.data, ElementsAre(Distribution::kZeros, Distribution::kUniform));
  EXPECT_THAT(memory.patterns, ElementsAre(MemoryPattern::kRead, MemoryPattern::kTriad));
  EXPECT_THAT(memory.sizes_bytes, ElementsAre(268'435'456, 4'294'967'296));
  EXPECT_EQ(memory.policy.case_seconds, 9);          // its own
  EXPECT_EQ(memory.policy.target_half_width, 0.02);  // the suite's
  EXPECT_EQ(memory.policy.warmup_seconds, 0);
  EXPECT_EQ(memory.policy.sample_seconds, 0.001);
  EXPECT_EQ(memory.policy.min_samples, 7);
  EXPECT_EQ(memory.policy.max_samples, 70);

  const SuiteEntry& shapes = suite.entries[1];
  EXPECT_EQ(shapes.backend, std::nullopt);
  EXPECT_THAT(shapes.cache, ElementsAre(CacheState::kCold));
  EXPECT_THAT(shapes.data, ElementsAre(Distribution::kNormal));
  EXPECT_EQ(shapes.policy.case_seconds, 0.5);
  EXPECT_THAT(shapes.dtypes, ElementsAre(DType::kBf16, DType::kFp8E4m3));
  ASSERT_EQ(shapes.shapes.size(), 2U);
  EXPECT_EQ(shapes.shapes[1].m, 1);
  EXPECT_EQ(shapes.shapes[1].n, 2);
  EXPECT_EQ(shapes.shapes[1].k, 4);
  EXPECT_THAT(shapes.models, IsEmpty());

  const SuiteEntry& models = suite.entries[2];
  EXPECT_THAT(models.models, ElementsAre("llama-3.1-8b"));
  EXPECT_THAT(models.precisions, ElementsAre(Precision::kFp8, Precision::kInt8));
  EXPECT_THAT(models.batches, ElementsAre(1, 8));
  EXPECT_THAT(models.linears, ElementsAre(LinearRole::kQkv, LinearRole::kLmHead));
}

TEST(LoadSuite, ReadsTheKeysOfEveryOtherFamily) {
  const Suite suite = suite_of(R"(
name: s
description: d
entries:
  - {family: tensor_peak, implementations: [a], dtypes: [bf16], sparsity: [dense, sparse], gflop: 500}
  - {family: attention_decode, implementations: [a], models: [m], batches: [1, 2], contexts: [128], kv: [fp8_e4m3], page_tokens: [64]}
  - {family: attention_prefill, implementations: [a], models: [m], batches: [1], tokens: [4096], dtypes: [bf16]}
  - {family: token_op, implementations: [a], models: [m], batches: [1], operations: [rms_norm, argmax], output: fp8_e4m3}
  - {family: decode_step, implementations: [a], models: [m], batches: [1], precisions: [fp8], contexts: [1024]}
  - {family: latency, implementations: [a], operations: [pointer_chase, graph_node], count: 1000, sizes: [32KiB]}
  - {family: latency, implementations: [a], operations: [kernel_launch], count: 10}
  - {family: latency, implementations: [a], operations: [pointer_chase_near, pointer_chase_far], count: 10, sizes: [8MiB]}
  - {family: transfer, implementations: [a], operations: [host_to_device, peer_to_peer], sizes: [1GiB]}
)");
  ASSERT_EQ(suite.entries.size(), 9u);
  EXPECT_THAT(suite.entries[0].sparsity, ElementsAre(Sparsity::kDense, Sparsity::kSparse));
  EXPECT_EQ(suite.entries[0].gflop, 500);
  EXPECT_THAT(suite.entries[1].contexts, ElementsAre(128));
  EXPECT_THAT(suite.entries[1].kv, ElementsAre(DType::kFp8E4m3));
  EXPECT_THAT(suite.entries[1].page_tokens, ElementsAre(64));
  EXPECT_THAT(suite.entries[2].tokens, ElementsAre(4096));
  EXPECT_THAT(suite.entries[3].token_ops, ElementsAre(TokenOpKind::kRmsNorm, TokenOpKind::kArgmax));
  EXPECT_EQ(suite.entries[3].output, DType::kFp8E4m3);
  EXPECT_THAT(suite.entries[4].precisions, ElementsAre(Precision::kFp8));
  EXPECT_THAT(suite.entries[4].kv, ElementsAre(DType::kBf16));
  EXPECT_EQ(suite.entries[5].count, 1000);
  EXPECT_THAT(suite.entries[5].sizes_bytes, ElementsAre(32 << 10));
  EXPECT_THAT(suite.entries[6].latencies, ElementsAre(LatencyKind::kKernelLaunch));
  EXPECT_THAT(suite.entries[7].latencies,
              ElementsAre(LatencyKind::kPointerChaseNear, LatencyKind::kPointerChaseFar));
  EXPECT_THAT(suite.entries[7].sizes_bytes, ElementsAre(8 << 20));
  EXPECT_THAT(suite.entries[8].transfers,
              ElementsAre(TransferKind::kHostToDevice, TransferKind::kPeerToPeer));
}

TEST(LoadSuite, RefusesWrongEntriesOfTheOtherFamilies) {
  EXPECT_EQ(entry_error("{family: latency, implementations: [a], operations: [pointer_chase], "
                        "count: 10}"),
            "s.yaml:4:5: 'entries[0].sizes' is missing");
  EXPECT_EQ(entry_error("{family: latency, implementations: [a], operations: [pointer_chase_far], "
                        "count: 10}"),
            "s.yaml:4:5: 'entries[0].sizes' is missing");
  EXPECT_EQ(entry_error("{family: latency, implementations: [a], operations: [kernel_launch], "
                        "count: 10, sizes: [1MiB]}"),
            "s.yaml:4:85: unknown key 'sizes', expected one of family, backend, implementations, "
            "cache, data, sampling, operations, count");
  EXPECT_EQ(entry_error("{family: attention_decode, implementations: [a], models: [qwen3-14b], "
                        "batches: [1], contexts: [128], kv: [fp16]}"),
            "s.yaml:4:111: 'entries[0].kv[0]' is 'fp16', expected one of bf16, fp8_e4m3");
  EXPECT_EQ(entry_error("{family: decode_step, implementations: [a], models: [qwen3-14], batches: "
                        "[1], precisions: [fp8], contexts: [1]}"),
            "s.yaml:4:58: 'entries[0].models[0]' is 'qwen3-14', expected one of llama-3.1-8b, "
            "qwen3-14b; did you mean 'qwen3-14b'?");
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

TEST(LoadSuite, RefusesWrongMemoryEntries) {
  const std::string start = "{family: memory, implementations: [a], ";
  EXPECT_EQ(entry_error(start + "pattern: [read], sizes: [1GiB]}"),
            "s.yaml:4:44: unknown key 'pattern', expected patterns; did you mean 'patterns'?");
  EXPECT_EQ(entry_error(start + "patterns: [read], sizes: [1GB]}"),
            "s.yaml:4:70: 'entries[0].sizes[0]' is '1GB', expected a size like 256MiB, from 16KiB "
            "to 1TiB");
  EXPECT_EQ(entry_error(start + "patterns: [read], sizes: [1GiB, 1024MiB]}"),
            "s.yaml:4:76: 'entries[0].sizes[1]' is '1024MiB' again, expected distinct values");
  EXPECT_EQ(entry_error(start + "patterns: [read], sizes: [1GiB], dtypes: [fp32]}"),
            "s.yaml:4:77: unknown key 'dtypes', expected one of family, backend, implementations, "
            "cache, data, sampling, patterns, sizes");
}

TEST(LoadSuite, RefusesWrongGemmEntries) {
  const std::string start = "{family: gemm, implementations: [a], ";
  EXPECT_EQ(entry_error(start + "dtypes: [bf16], shapes: [[8, 8, 8]], models: [llama-3.1-8b]}"),
            "s.yaml:4:5: 'entries[0]' has both 'shapes' and 'models', expected one of them");
  EXPECT_EQ(
      entry_error(start + "dtypes: [bf61], shapes: [[8, 8, 8]]}"),
      "s.yaml:4:51: 'entries[0].dtypes[0]' is 'bf61', expected one of fp32, tf32, bf16, fp16, "
      "fp8_e4m3, fp8_e5m2, int8; did you mean 'bf16'?");
  EXPECT_EQ(entry_error(start + "dtypes: [bf16], shapes: [[8, 8]]}"),
            "s.yaml:4:67: 'entries[0].shapes[0]' has 2 numbers, expected [m, n, k]");
  EXPECT_EQ(entry_error(start + "dtypes: [bf16], shapes: [[8, 8, 0]]}"),
            "s.yaml:4:74: 'entries[0].shapes[0][2]' is '0', expected a whole number from 1 to "
            "1048576");
  EXPECT_EQ(entry_error(start + "dtypes: [bf16], shapes: [[8, 8, 8], [8, 8, 8]]}"),
            "s.yaml:4:78: 'entries[0].shapes[1]' is a list again, expected distinct values");
  EXPECT_EQ(entry_error(start + "models: [lama-3.1-8b]}"),
            "s.yaml:4:51: 'entries[0].models[0]' is 'lama-3.1-8b', expected one of llama-3.1-8b, "
            "qwen3-14b; did you mean 'llama-3.1-8b'?");
  EXPECT_EQ(entry_error(start + "models: [qwen3-14b], precisions: [fp8], batches: [0]}"),
            "s.yaml:4:92: 'entries[0].batches[0]' is '0', expected a whole number from 1 to "
            "1048576");
  EXPECT_EQ(entry_error(start + "models: [qwen3-14b], precisions: [fp8]}"),
            "s.yaml:4:5: 'entries[0].batches' is missing");
  EXPECT_EQ(entry_error(start + "dtypes: [bf16]}"), "s.yaml:4:5: 'entries[0].models' is missing");
}

TEST(LoadSuite, RefusesWrongSampling) {
  EXPECT_EQ(suite_error("sampling: {target: 0}"),
            "s.yaml:3:20: 'sampling.target' is '0', expected a number from 0.0001 to 0.5");
  EXPECT_EQ(suite_error("sampling: {case_second: 1}"),
            "s.yaml:3:12: unknown key 'case_second', expected one of target, case_seconds, "
            "warmup_seconds, sample_seconds, min_samples, max_samples; did you mean "
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
