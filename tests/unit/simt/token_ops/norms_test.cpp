#include "tests/unit/simt/token_ops/token_arrays.hpp"

// The kernel itself, after the emulation that it runs in.
#include "kernels/cuda/token_ops/norms.cu"

namespace gpugauge {
namespace {

void check_norm(std::int64_t tokens, std::int64_t width, DType output, bool adds) {
  SCOPED_TRACE(testing::Message() << tokens << " tokens of " << width << " in " << name_of(output)
                                  << (adds ? "" : ", nothing added"));
  constexpr float kScale = 0.02F;
  const Array x = Array::random(DType::kBf16, tokens * width, 1);
  const Array residual = Array::random(DType::kBf16, tokens * width, 2, 3.0F);
  const Array weight = Array::random(DType::kBf16, width, 3);
  Array sum(DType::kBf16, tokens * width), y(output, tokens * width);
  (void)simt::in_all_schedules([&] {
    sum = Array(DType::kBf16, tokens * width);
    y = Array(output, tokens * width);
    launch_rms_norm(Stream{},
                    {.x = adds ? x.data() : nullptr,
                     .residual_in = residual.data(),
                     .residual_out = sum.data(),
                     .weight = weight.data(),
                     .y = y.data()},
                    tokens, width, output, kScale);
    return joined({&sum, &y});
  });
  Comparison comparison("", width);
  for (std::int64_t token = 0; token < tokens; ++token) {
    std::vector<double> expected = residual.row(token, width);
    if (adds) {
      const auto added = x.row(token, width);
      for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += added[i];
      compare_elements(comparison, DType::kBf16, sum.at(token * width), token * width, expected);
      expected = sum.row(token, width);
    }
    compare_elements(comparison, output, y.at(token * width), token * width,
                     rms_norm(expected, weight.row(0, width)),
                     output == DType::kFp8E4m3 ? static_cast<double>(kScale) : 1.0);
  }
  expect_passes(comparison);
  if (!adds) {
    EXPECT_EQ(sum.words().front(), ~0U) << "a residual was written";
  }
}

TEST(SimtRmsNorm, AddsNormalisesAndQuantises) {
  for (DType output : {DType::kBf16, DType::kFp8E4m3}) {
    check_norm(3, 256, output, true);
    check_norm(2, 1000, output, true);  // neither whole warps nor powers of two
    check_norm(1, 8, output, true);
    check_norm(1, 4096, output, false);
    check_norm(1, 12288, output, true);  // more than a vector a thread
  }
}

TEST(SimtRmsNorm, MayWorkInPlace) {
  const std::int64_t width = 512;
  const Array x = Array::random(DType::kBf16, width, 1),
              weight = Array::random(DType::kBf16, width, 2);
  Array apart(DType::kBf16, width), y(DType::kBf16, width);
  Array residual = Array::random(DType::kBf16, width, 3);
  const RmsNormArrays arrays{.x = x.data(),
                             .residual_in = residual.data(),
                             .residual_out = apart.data(),
                             .weight = weight.data(),
                             .y = y.data()};
  launch_rms_norm(Stream{}, arrays, 1, width, DType::kBf16, 1.0F);
  RmsNormArrays in_place = arrays;
  in_place.residual_out = residual.data();
  launch_rms_norm(Stream{}, in_place, 1, width, DType::kBf16, 1.0F);
  EXPECT_EQ(residual.words(), apart.words());
}

}  // namespace
}  // namespace gpugauge
