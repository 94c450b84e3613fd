#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/token_ops/elementwise.cu"

namespace gpugauge {
namespace {

void check_activation(std::int64_t tokens, std::int64_t width, DType output) {
  SCOPED_TRACE(testing::Message() << tokens << " tokens of " << width << " in " << name_of(output));
  constexpr float kScale = 0.01F;
  const Array gate_up = Array::random(DType::kBf16, tokens * 2 * width, 1, 3.0F);
  Array y(output, tokens * width);
  launch_gated_activation(Stream{}, gate_up.data(), y.data(), tokens, width, output, kScale);
  Comparison comparison("", width);
  for (std::int64_t token = 0; token < tokens; ++token) {
    compare_elements(
        comparison, output, y.at(token * width), token * width,
        gated_activation(gate_up.row(2 * token, width), gate_up.row(2 * token + 1, width)),
        output == DType::kFp8E4m3 ? static_cast<double>(kScale) : 1.0);
  }
  expect_passes(comparison);
}

TEST(SimtGatedActivation, IsSiluTimesUp) {
  for (DType output : {DType::kBf16, DType::kFp8E4m3}) {
    check_activation(1, 16, output);
    check_activation(3, 2064, output);  // a block and a part
    check_activation(2, 4096, output);
  }
}

TEST(SimtQuantize, RoundsAndClips) {
  const std::int64_t tokens = 3, width = 2064;
  constexpr float kScale = 0.004F;  // so that normal values beyond 1.8 are clipped
  const Array x = Array::random(DType::kBf16, tokens * width, 1);
  Array y(DType::kFp8E4m3, tokens * width);
  launch_quantize(Stream{}, x.data(), y.data(), tokens, width, kScale);
  Comparison comparison("", width);
  for (std::int64_t token = 0; token < tokens; ++token) {
    compare_elements(comparison, DType::kFp8E4m3, y.at(token * width), token * width,
                     x.row(token, width), static_cast<double>(kScale));
  }
  expect_passes(comparison);
}

TEST(SimtEmbedding, GathersARowAToken) {
  const std::int64_t width = 1032;  // a block and a part
  const Array table = Array::random(DType::kBf16, 7 * width, 1);
  const std::vector<std::int32_t> ids{6, 0, 3, 6};
  Array y(DType::kBf16, 4 * width);
  launch_embedding(Stream{}, table.data(), ids.data(), y.data(), 4, width);
  for (std::int64_t token = 0; token < 4; ++token) {
    EXPECT_EQ(y.row(token, width), table.row(ids[static_cast<std::size_t>(token)], width));
  }
}

}  // namespace
}  // namespace gpugauge
