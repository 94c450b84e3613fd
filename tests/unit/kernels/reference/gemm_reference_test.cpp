#include "kernels/reference/gemm_reference.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "harness/base/float_codec.hpp"
#include "harness/base/random.hpp"

namespace gpugauge {
namespace {

using testing::HasSubstr;

/// A GEMM computed by a stand-in for an implementation: fp32 sums, rounded to the output once.
class GemmFixture {
 public:
  explicit GemmFixture(Gemm op, Distribution data = Distribution::kNormal)
      : op_(op), x_(buffer(op.m * op.k)), w_(buffer(op.n * op.k)), y_(buffer(op.m * op.n)) {
    for (std::int64_t i = 0; i < op.m * op.k; ++i) store_random(op.activations, data, 1, x(), i);
    for (std::int64_t i = 0; i < op.n * op.k; ++i) store_random(op.weights, data, 2, w(), i);
    for (std::int64_t row = 0; row < op.m; ++row) {
      for (std::int64_t column = 0; column < op.n; ++column) set(row, column, sum(row, column));
    }
  }

  void* x() { return x_.data(); }
  void* w() { return w_.data(); }
  void* y() { return y_.data(); }

  float sum(
      std::int64_t row, std::int64_t column, float (*cut)(float) = [](float v) { return v; }) {
    float total = 0;
    for (std::int64_t i = 0; i < op_.k; ++i) {
      const auto a = static_cast<float>(load_element(op_.activations, x(), row * op_.k + i));
      const auto b = static_cast<float>(load_element(op_.weights, w(), column * op_.k + i));
      total += cut(a) * cut(b);
    }
    return total;
  }
  /// The products from `first` on, `count` of them.
  float part(std::int64_t row, std::int64_t column, std::int64_t first, std::int64_t count) {
    float total = 0;
    for (std::int64_t i = first; i < first + count; ++i)
      total += static_cast<float>(load_element(op_.activations, x(), row * op_.k + i) *
                                  load_element(op_.weights, w(), column * op_.k + i));
    return total;
  }
  /// Of a sum of as many products of such size, but of random sign.
  float deviation(std::int64_t row, std::int64_t column) {
    double squares = 0;
    for (std::int64_t i = 0; i < op_.k; ++i) {
      const double product = load_element(op_.activations, x(), row * op_.k + i) *
                             load_element(op_.weights, w(), column * op_.k + i);
      squares += product * product;
    }
    return static_cast<float>(std::sqrt(squares));
  }
  void set(std::int64_t row, std::int64_t column, float value) {
    store_element(op_.output, y(), row * op_.n + column, value);
  }
  double get(std::int64_t row, std::int64_t column) {
    return load_element(op_.output, y(), row * op_.n + column);
  }
  /// Leaves a rectangle as poison would.
  void unwrite(std::int64_t row, std::int64_t column, std::int64_t rows, std::int64_t columns) {
    const std::int64_t size = size_bytes(op_.output);
    for (std::int64_t r = row; r < row + rows; ++r) {
      std::memset(static_cast<char*>(y()) + (r * op_.n + column) * size, 0xFF,
                  static_cast<std::size_t>(columns * size));
    }
  }

  Verification verify(GemmAccuracy accuracy, float x_inverse_scale = 1.0F) {
    GemmHostView view;
    view.x_inverse_scale = x_inverse_scale;
    view.x = reader(x(), op_.activations);
    view.w = reader(w(), op_.weights);
    view.y = y();
    return compare_gemm(op_, view, accuracy).result();
  }
  Verification verify() { return verify(customary_accuracy(op_)); }

 private:
  static std::vector<float> buffer(std::int64_t elements) {
    return std::vector<float>(static_cast<std::size_t>(elements));
  }
  GemmHostView::ReadRow reader(void* matrix, DType dtype) const {
    return [=, bytes = op_.k * size_bytes(dtype)](std::int64_t row, void* out) {
      std::memcpy(out, static_cast<char*>(matrix) + row * bytes, static_cast<std::size_t>(bytes));
    };
  }

  Gemm op_;
  std::vector<float> x_, w_, y_;
};

class CompareGemm : public testing::TestWithParam<DType> {};

TEST_P(CompareGemm, PassesWhatIsRight) {
  for (const auto& [m, n, k] :
       {std::array<std::int64_t, 3>{1, 1, 1}, {1, 300, 77}, {9, 33, 2048}, {4, 700, 16}}) {
    GemmFixture gemm(gemm_of(GetParam(), m, n, k));
    const Verification v = gemm.verify();
    EXPECT_TRUE(v.passed) << v.reason;
    EXPECT_GE(v.checked, std::min<std::int64_t>(m, 6) * std::min<std::int64_t>(n, 256));
    EXPECT_LT(v.relative_error, 0.01);
  }
}

TEST_P(CompareGemm, CatchesOneWrongElement) {
  GemmFixture gemm(gemm_of(GetParam(), 3, 40, 512));
  gemm.set(2, 17, static_cast<float>(gemm.get(2, 17) * 1.02 + 20));
  EXPECT_THAT(gemm.verify().reason, HasSubstr("element [2, 17]"));
}

TEST_P(CompareGemm, CatchesATileThatWasNotWrittenWhereverItLies) {
  GemmFixture gemm(gemm_of(GetParam(), 64, 1024, 64));
  const GemmSample sample = sample_gemm(64, 1024, 1);
  // A row that is not sampled, so that only the look at every element can find it.
  std::int64_t row = 1;
  while (std::binary_search(sample.rows.begin(), sample.rows.end(), row)) ++row;
  gemm.unwrite(row, 512, 1, 16);
  const Verification v = gemm.verify();
  EXPECT_FALSE(v.passed);
  EXPECT_THAT(v.reason, HasSubstr("element [" + std::to_string(row) + ", 5"));
}

TEST_P(CompareGemm, CatchesAnOutputThatWasNotWrittenAtAll) {
  GemmFixture gemm(gemm_of(GetParam(), 8, 64, 64));
  gemm.unwrite(0, 0, 8, 64);
  EXPECT_FALSE(gemm.verify().passed);
}

TEST_P(CompareGemm, CatchesSwappedRowsAndColumns) {
  GemmFixture rows(gemm_of(GetParam(), 2, 64, 128));
  for (std::int64_t c = 0; c < 64; ++c) {
    rows.set(0, c, rows.sum(1, c));
    rows.set(1, c, rows.sum(0, c));
  }
  EXPECT_FALSE(rows.verify().passed);

  GemmFixture columns(gemm_of(GetParam(), 1, 64, 128));
  columns.set(0, 10, columns.sum(0, 11));
  columns.set(0, 11, columns.sum(0, 10));
  EXPECT_FALSE(columns.verify().passed);
}

TEST_P(CompareGemm, CatchesAMissingPartOfTheSum) {
  GemmFixture whole(gemm_of(GetParam(), 2, 64, 2048));
  GemmFixture part(gemm_of(GetParam(), 2, 64, 2048));
  std::memset(part.w(), 0, static_cast<std::size_t>(64 * 2048 * size_bytes(GetParam())));
  for (std::int64_t c = 0; c < 64; ++c) {  // the last 32 of 2048 products are left out
    std::memcpy(static_cast<char*>(part.w()) + c * 2048 * size_bytes(GetParam()),
                static_cast<char*>(whole.w()) + c * 2048 * size_bytes(GetParam()),
                static_cast<std::size_t>((2048 - 32) * size_bytes(GetParam())));
    for (std::int64_t r = 0; r < 2; ++r) whole.set(r, c, part.sum(r, c));
  }
  EXPECT_FALSE(whole.verify().passed);
}

TEST_P(CompareGemm, ZerosAreVerifiedToo) {
  GemmFixture gemm(gemm_of(GetParam(), 2, 32, 64), Distribution::kZeros);
  EXPECT_TRUE(gemm.verify().passed);
  EXPECT_EQ(gemm.verify().relative_error, 0.0);
  gemm.set(1, 31, 1.0F);
  EXPECT_FALSE(gemm.verify().passed);
}

INSTANTIATE_TEST_SUITE_P(Types, CompareGemm,
                         testing::Values(DType::kFp32, DType::kTf32, DType::kBf16, DType::kFp16,
                                         DType::kFp8E4m3, DType::kInt8),
                         [](const auto& param) { return std::string(name_of(param.param)); });

/// What FP8's short accumulator leaves: 14 bits of the running sum, cut after every 32 products.
float cut_sum(GemmFixture& gemm, const Gemm& op, std::int64_t column) {
  double running = 0;
  for (std::int64_t i = 0; i < op.k; ++i) {
    running += load_element(op.activations, gemm.x(), i) *
               load_element(op.weights, gemm.w(), column * op.k + i);
    if (i % 32 != 31) continue;
    int exponent = 0;
    const double mantissa = std::frexp(running, &exponent);
    running = std::ldexp(std::trunc(std::ldexp(mantissa, 14)), exponent - 14);
  }
  return static_cast<float>(running);
}

TEST(CompareGemmFp8, ACutSumDriftsAndOnlyAsFarAsItsBound) {
  const Gemm op = gemm_of(DType::kFp8E4m3, 1, 192, 32768);
  GemmFixture gemm(op);
  for (std::int64_t column = 0; column < op.n; ++column)
    gemm.set(0, column, cut_sum(gemm, op, column));
  const Verification cut = gemm.verify({.accumulator_bits = 14, .cut_every = 32});
  EXPECT_TRUE(cut.passed) << cut.reason;
  // Half of a sum's standard deviation: no accumulator loses that.
  gemm.set(0, 7, static_cast<float>(gemm.get(0, 7)) + 0.5F * gemm.deviation(0, 7));
  EXPECT_FALSE(gemm.verify({.accumulator_bits = 14, .cut_every = 32}).passed);
}

/// As an A100's tensor core adds BF16: eight products at a time, cut towards zero to fp32.
float tensor_core_sum(GemmFixture& gemm, const Gemm& op, std::int64_t row, std::int64_t column) {
  double running = 0;
  for (std::int64_t i = 0; i < op.k; ++i) {
    running += load_element(op.activations, gemm.x(), row * op.k + i) *
               load_element(op.weights, gemm.w(), column * op.k + i);
    if (i % 8 != 7) continue;
    const float rounded = static_cast<float>(running);
    running = std::abs(rounded) > std::abs(running) ? std::nextafter(rounded, 0.0F) : rounded;
  }
  return static_cast<float>(running);
}

TEST(CompareGemmBf16, SumsThatTensorCoresCutArePassedAtAnyK) {
  Gemm op = gemm_of(DType::kBf16, 6, 64, 131072);
  op.output = DType::kFp32;  // without the output's rounding, which hides the drift of small sums
  GemmFixture gemm(op);
  for (std::int64_t row = 0; row < op.m; ++row)
    for (std::int64_t column = 0; column < op.n; ++column)
      gemm.set(row, column, tensor_core_sum(gemm, op, row, column));
  GemmAccuracy rounding = customary_accuracy(op);
  EXPECT_TRUE(gemm.verify(rounding).passed) << gemm.verify(rounding).reason;
  rounding.cut_every = 0;
  EXPECT_FALSE(gemm.verify(rounding).passed) << "then this test shows nothing";
}

TEST(CompareGemmBf16, PartsThatAreRoundedHaveABoundOfTheirOwn) {
  const Gemm op = gemm_of(DType::kBf16, 2, 128, 4096);
  constexpr std::int64_t kParts = 8;
  GemmFixture gemm(op);
  for (std::int64_t row = 0; row < op.m; ++row) {
    for (std::int64_t column = 0; column < op.n; ++column) {
      gemm.set(row, column, 0);
      for (std::int64_t part = 0; part < kParts; ++part)  // rounded at each addition
        gemm.set(row, column,
                 static_cast<float>(gemm.get(row, column)) +
                     gemm.part(row, column, part * op.k / kParts, op.k / kParts));
    }
  }
  EXPECT_FALSE(gemm.verify().passed);
  const Verification rounded = gemm.verify({.rounded_parts = kParts});
  EXPECT_TRUE(rounded.passed) << rounded.reason;
  gemm.set(1, 7, static_cast<float>(gemm.get(1, 7)) + 0.2F * gemm.deviation(1, 7));
  EXPECT_FALSE(gemm.verify({.rounded_parts = kParts}).passed);
}

TEST(CompareGemmNan, CatchesOneAnywhere) {
  GemmFixture gemm(gemm_of(DType::kBf16, 64, 1024, 32));
  gemm.set(31, 700, std::numeric_limits<float>::quiet_NaN());
  EXPECT_THAT(gemm.verify().reason, HasSubstr("element [31, 700]: found nan"));
}

TEST(CompareGemmInt8, AllowsMinusOneWhereItIsTheSum) {
  GemmFixture gemm(gemm_of(DType::kInt8, 64, 512, 4), Distribution::kSmallIntegers);
  std::int64_t minus_ones = 0;
  for (std::int64_t i = 0; i < 64 * 512; ++i) minus_ones += gemm.get(0, i) == -1 ? 1 : 0;
  EXPECT_GT(minus_ones, 1000);
  EXPECT_TRUE(gemm.verify().passed) << gemm.verify().reason;
}

TEST(CompareGemmInt8, AsksForEquality) {
  GemmFixture gemm(gemm_of(DType::kInt8, 2, 32, 4096));
  gemm.set(0, 0, static_cast<float>(gemm.get(0, 0)) + 1.0F);
  EXPECT_FALSE(gemm.verify().passed);
}

/// fp32 with its mantissa cut to `bits` significant ones, as tensor cores take tf32 operands.
template <int bits>
float cut_to(float value) {
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(value) & (~0U << (24 - bits)));
}

TEST(CompareGemmAccuracy, Tf32IsAllowedToCutItsOperandsAndFp32IsNot) {
  const std::int64_t k = 4096;
  GemmFixture tf32(gemm_of(DType::kTf32, 2, 128, k)), fp32(gemm_of(DType::kFp32, 2, 128, k));
  GemmFixture coarser(gemm_of(DType::kTf32, 2, 128, k));
  for (std::int64_t row = 0; row < 2; ++row) {
    for (std::int64_t column = 0; column < 128; ++column) {
      tf32.set(row, column, tf32.sum(row, column, cut_to<11>));
      fp32.set(row, column, fp32.sum(row, column, cut_to<11>));
      coarser.set(row, column, coarser.sum(row, column, cut_to<6>));
    }
  }
  EXPECT_TRUE(tf32.verify().passed) << tf32.verify().reason;
  EXPECT_FALSE(fp32.verify().passed);
  EXPECT_FALSE(coarser.verify().passed);
}

TEST(CompareGemmAccuracy, FewerAccumulatorBitsWidenTheBound) {
  const std::int64_t k = 4096;
  GemmFixture gemm(gemm_of(DType::kFp8E4m3, 2, 128, k));
  for (std::int64_t row = 0; row < 2; ++row) {
    for (std::int64_t column = 0; column < 128; ++column) {
      // 14 bits are kept of the partial sum after every 32 products.
      float total = 0;
      for (std::int64_t begin = 0; begin < k; begin += 32) {
        for (std::int64_t i = begin; i < begin + 32; ++i) {
          total += static_cast<float>(load_element(DType::kFp8E4m3, gemm.x(), row * k + i) *
                                      load_element(DType::kFp8E4m3, gemm.w(), column * k + i));
        }
        total = cut_to<14>(total);
      }
      gemm.set(row, column, total);
    }
  }
  EXPECT_FALSE(gemm.verify({.accumulator_bits = 24}).passed);
  EXPECT_TRUE(gemm.verify({.accumulator_bits = 14}).passed);
}

TEST(CompareGemmScale, MultipliesTheSum) {
  const Gemm op = gemm_of(DType::kFp8E4m3, 1, 8, 64);
  GemmFixture gemm(op);
  const double scale = std::pow(quantization_scale(DType::kFp8E4m3), 2);
  for (std::int64_t column = 0; column < 8; ++column) {
    gemm.set(0, column, static_cast<float>(scale * gemm.sum(0, column)));
  }
  GemmHostView view;
  view.x = [&](std::int64_t, void* out) { std::memcpy(out, gemm.x(), 64); };
  view.w = [&](std::int64_t row, void* out) {
    std::memcpy(out, static_cast<char*>(gemm.w()) + row * 64, 64);
  };
  view.y = gemm.y();
  EXPECT_FALSE(compare_gemm(op, view, customary_accuracy(op)).result().passed);
  view.scale = scale;
  const Verification v = compare_gemm(op, view, customary_accuracy(op)).result();
  EXPECT_TRUE(v.passed) << v.reason;
}

TEST(CompareGemmOfTwoTypes, QuantisesBf16ActivationsOfFp8WeightsFirst) {
  const Gemm op{1, 1, 1, DType::kBf16, DType::kFp8E4m3, DType::kBf16};
  const auto passes = [&](float x, float inverse_scale, float y) {
    GemmFixture gemm(op);
    store_element(op.activations, gemm.x(), 0, x);
    store_element(op.weights, gemm.w(), 0, 1.0F);
    gemm.set(0, 0, y);
    return gemm.verify(customary_accuracy(op), inverse_scale).passed;
  };
  EXPECT_TRUE(passes(17.0F, 1.0F, 16.0F));  // e4m3 has 16 and 18
  EXPECT_FALSE(passes(17.0F, 1.0F, 17.0F));
  EXPECT_TRUE(passes(8.5F, 2.0F, 16.0F));
  EXPECT_TRUE(passes(-1000.0F, 1.0F, -448.0F));
}

}  // namespace
}  // namespace gpugauge
