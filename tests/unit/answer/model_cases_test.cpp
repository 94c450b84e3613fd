#include "harness/answer/model_cases.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/analyze/fake_record.hpp"

namespace gpugauge {
namespace {

/// Tables of GEMMs of these N and K, and of attention of these heads.
Record tables(const std::vector<std::pair<std::int64_t, std::int64_t>>& shapes,
              const std::vector<std::int64_t>& heads = {}) {
  std::vector<Measurement> all;
  for (const auto& [n, k] : shapes)
    all.push_back(fake::measurement(gemm_of(DType::kBf16, 16, n, k), 1000));
  for (const std::int64_t h : heads)
    all.push_back(fake::measurement(AttentionDecode{.batch = 3,
                                                    .context = 77,
                                                    .heads = h,
                                                    .kv_heads = 8,
                                                    .head_dim = 128,
                                                    .kv = DType::kBf16},
                                    1000));
  for (Measurement& m : all) m.origin = Origin::kImported;
  return fake::record(std::move(all));
}

std::vector<std::string> shapes_of(const Record& record) {
  std::vector<std::string> shapes;
  for (const Measurement& m : record.measurements) shapes.push_back(shape_path(m.c.op));
  return shapes;
}

const std::vector<ModelConfig> kModels{fake::llama_8b()};

TEST(ModelCases, AreTheShapesOfTheModelThenThoseAroundThem) {
  // Llama 3.1 8B: qkv 6144 x 4096, o 4096 x 4096, gate_up 28672 x 4096, down 4096 x 14336, and a
  // head of 128256 x 4096.
  const Record all = tables(
      {{20480, 4096}, {6144, 4096}, {40960, 4096}, {1024, 4096}, {65536, 4096}, {6144, 2048}},
      {32, 64});
  const auto own = model_cases(all, kModels);
  ASSERT_TRUE(own);
  EXPECT_THAT(shapes_of(*own),
              ::testing::ElementsAre("m:16/n:6144/k:4096", "b:3/c:77/h:32/kv:8/d:128/p:16",
                                     "m:16/n:20480/k:4096", "m:16/n:40960/k:4096",
                                     "m:16/n:1024/k:4096", "m:16/n:65536/k:4096"));
}

TEST(ModelCases, LeaveMeasuredRecordsAndThoseWithoutAModelAlone) {
  Record measured = tables({{6144, 4096}, {512, 512}});
  EXPECT_FALSE(model_cases(measured, {}));
  measured.measurements.back().origin = Origin::kMeasured;
  EXPECT_FALSE(model_cases(measured, kModels));
}

}  // namespace
}  // namespace gpugauge
