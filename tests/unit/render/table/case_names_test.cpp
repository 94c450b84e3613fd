#include "harness/render/table/case_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace gpugauge {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<std::string> kNames{
    "memory/read/4GiB/stream/cold", "gemm/bf16/m:8192/n:8192/k:8192/cublaslt/cold",
    "gemm/bf16/llama-3.1-8b/qkv/m:8/n:6144/k:4096/cublaslt/cold",
    "gemm/fp8_e4m3/llama-3.1-8b/qkv/m:8/n:6144/k:4096/cublaslt/cold",
    "attention_decode/bf16/llama-3.1-8b/b:8/c:1024/h:32/kv:8/d:128/p:16/paged/cold"};

TEST(CompactNames, LoseFirstWhatTheyAllEndWith) {
  const CompactNames compact = compact_names(kNames, 1);
  EXPECT_EQ(compact.names[0], "memory/read/4GiB/stream");
  EXPECT_EQ(compact.names[2], "gemm/bf16/llama-3.1-8b/qkv/m:8/n:6144/k:4096/cublaslt");
  EXPECT_THAT(compact.left_out, ElementsAre("cold"));
}

TEST(CompactNames, LoseWeightsThenHeadsThenTheOnlyModelAndNeverTheType) {
  EXPECT_EQ(compact_names(kNames, 2).names[2], "gemm/bf16/llama-3.1-8b/qkv/m:8/cublaslt");
  EXPECT_EQ(compact_names(kNames, 3).names[4],
            "attention_decode/bf16/llama-3.1-8b/b:8/c:1024/paged");
  const CompactNames most = compact_names(kNames, kMostCompact);
  EXPECT_THAT(most.names,
              ElementsAre("memory/read/4GiB/stream", "gemm/bf16/m:8192/cublaslt",
                          "gemm/bf16/qkv/m:8/cublaslt", "gemm/fp8_e4m3/qkv/m:8/cublaslt",
                          "attention_decode/bf16/b:8/c:1024/paged"));
  EXPECT_THAT(most.left_out, ElementsAre("cold", "k", "n", "h", "kv", "d", "p", "llama-3.1-8b"));
}

TEST(CompactNames, KeepWhatTellsThemApart) {
  const std::vector<std::string> shapes{
      "gemm/bf16/m:1/n:64/k:64/lib/cold", "gemm/bf16/m:1/n:64/k:128/lib/cold",
      "gemm/bf16/a-model/o/m:1/n:64/k:64/lib/cold", "gemm/bf16/b-model/o/m:1/n:64/k:64/lib/cold"};
  for (int level = 0; level <= kMostCompact; ++level) {
    const std::vector<std::string> names = compact_names(shapes, level).names;
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), shapes.size()) << level;
  }
  EXPECT_THAT(
      compact_names(shapes, kMostCompact).names,
      ElementsAre("bf16/m:1/k:64", "bf16/m:1/k:128", "bf16/a-model/o/m:1", "bf16/b-model/o/m:1"));
}

TEST(CompactNames, OfOneCaseInSeveralFilesAreTheSame) {
  const std::vector<std::string> twice{kNames[2], kNames[2], kNames[3]};
  const CompactNames compact = compact_names(twice, 2);
  EXPECT_EQ(compact.names[0], compact.names[1]);
  EXPECT_EQ(compact.names[0], "bf16/llama-3.1-8b");
  EXPECT_EQ(compact.names[2], "fp8_e4m3/llama-3.1-8b");
  EXPECT_THAT(compact.left_out, ElementsAre("gemm", "qkv/m:8/n:6144/k:4096/cublaslt/cold"));
  EXPECT_THAT(compact_names({}, 2).names, IsEmpty());
}

TEST(NameLines, BreakBehindASlash) {
  EXPECT_THAT(name_lines("gemm/bf16/qkv/m:8", 10), ElementsAre("gemm/bf16/", "qkv/m:8"));
  EXPECT_THAT(name_lines("gemm/bf16/qkv/m:8", 17), ElementsAre("gemm/bf16/qkv/m:8"));
}

}  // namespace
}  // namespace gpugauge
