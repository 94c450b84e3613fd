#include "kernels/reference/gemm_reference.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "harness/base/float_codec.hpp"
#include "kernels/reference/sample_indices.hpp"

namespace gpugauge {
namespace {

/// Products that an A100's tensor core adds before it cuts the sum; later ones add more at a time.
/// Khattak & Mikaitis, Accurate Models of NVIDIA Tensor Cores, 2025 (arXiv 2512.07004).
constexpr int kCutEvery = 8, kTf32CutEvery = 4;

/// Half the distance of neighbouring numbers, relative to them; 0 where sums are exact.
double output_roundoff(DType output) {
  switch (output) {
    case DType::kFp32:
    case DType::kTf32:
      return 0x1p-24;
    case DType::kBf16:
      return 0x1p-8;
    case DType::kFp16:
      return 0x1p-11;
    case DType::kFp8E4m3:
      return 0x1p-4;
    case DType::kFp8E5m2:
      return 0x1p-3;
    case DType::kInt8:
    case DType::kInt32:
      return 0.0;
  }
  return 0.0;
}

bool quantises_activations(const Gemm& op) {
  return op.activations == DType::kBf16 && op.weights == DType::kFp8E4m3;
}

/// The values that activations have in e4m3, in its own units.
std::vector<double> quantised(std::vector<double> values, float inverse_scale) {
  for (double& value : values) {
    value = decode_float<kFp8E4m3Format>(
        encode_float<kFp8E4m3Format>(static_cast<float>(value) * inverse_scale));
  }
  return values;
}

/// Rows of an operand, decoded one at a time.
class RowReader {
 public:
  RowReader(DType dtype, std::int64_t length, GemmHostView::ReadRow read)
      : dtype_(dtype),
        read_(std::move(read)),
        raw_(static_cast<std::size_t>(length * size_bytes(dtype))),
        values_(static_cast<std::size_t>(length)) {}

  const std::vector<double>& row(std::int64_t index) {
    read_(index, raw_.data());
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i] = load_element(dtype_, raw_.data(), static_cast<std::int64_t>(i));
    }
    return values_;
  }

 private:
  DType dtype_;
  GemmHostView::ReadRow read_;
  std::vector<std::byte> raw_;
  std::vector<double> values_;
};

struct Reference {
  double value, bound;
};

/// Σ|S| of the running sum S after every `every` products.
double sum_of_running_sums(const std::vector<double>& x, const std::vector<double>& w, int every) {
  double running = 0.0, all = 0.0;
  for (std::size_t i = 0; i < x.size();) {
    const std::size_t end = std::min(x.size(), i + static_cast<std::size_t>(every));
    for (; i < end; ++i) running += x[i] * w[i];
    all += std::abs(running);
  }
  return all;
}

Reference reference_of(const std::vector<double>& x, const std::vector<double>& w, double scale,
                       DType output, const GemmAccuracy& accuracy) {
  double sum = 0.0, magnitude = 0.0, squares = 0.0;
#pragma omp simd reduction(+ : sum, magnitude, squares)
  for (std::size_t i = 0; i < x.size(); ++i) {
    const double product = x[i] * w[i];
    sum += product;
    magnitude += std::abs(product);
    squares += product * product;
  }
  constexpr double kMargin = 8.0;  // of a zero-mean sum's standard deviation, hence never by chance
  const double accumulator =
      accuracy.accumulator_bits > 0 ? std::ldexp(1.0, -accuracy.accumulator_bits) : 0.0;
  const double cut = accuracy.operand_bits < 24 ? std::ldexp(1.0, 1 - accuracy.operand_bits) : 0.0;
  const double value = scale * sum;
  const double roundoff = output_roundoff(output);
  double error = kMargin * (accumulator * magnitude + cut * std::sqrt(squares));
  if (accuracy.cut_every > 0) error += accumulator * sum_of_running_sums(x, w, accuracy.cut_every);
  if (accuracy.rounded_parts > 1)
    error += kMargin * roundoff * std::sqrt(squares * (accuracy.rounded_parts + 1) / 6);
  return {value, (roundoff + 2 * cut) * std::abs(value) + std::abs(scale) * error};
}

/// The first element from which `is_bad` holds, or `count`.
template <typename IsBad>
std::int64_t find_first(std::int64_t count, const IsBad& is_bad) {
  std::int64_t first = count;
#pragma omp parallel for schedule(static) reduction(min : first)
  for (std::int64_t i = 0; i < count; ++i) {
    if (is_bad(i)) first = std::min(first, i);
  }
  return first;
}

template <typename Word>
std::int64_t find_not_finite(const void* array, std::int64_t count, Word infinity) {
  const auto* words = static_cast<const Word*>(array);
  constexpr Word kMagnitude = std::numeric_limits<Word>::max() / 2;
  return find_first(count, [=](std::int64_t i) { return (words[i] & kMagnitude) >= infinity; });
}

/// The first element that is poison, NaN or infinite, or `count`; not for integers.
std::int64_t find_not_finite(DType dtype, const void* array, std::int64_t count) {
  switch (dtype) {
    case DType::kFp32:
    case DType::kTf32:
      return find_not_finite<std::uint32_t>(array, count, 0x7F800000U);
    case DType::kBf16:
      return find_not_finite<std::uint16_t>(array, count, kBf16Format.infinity_code());
    case DType::kFp16:
      return find_not_finite<std::uint16_t>(array, count, kFp16Format.infinity_code());
    case DType::kFp8E4m3:
      return find_not_finite<std::uint8_t>(array, count, kFp8E4m3Format.nan_code());
    case DType::kFp8E5m2:
      return find_not_finite<std::uint8_t>(array, count, kFp8E5m2Format.infinity_code());
    case DType::kInt8:
    case DType::kInt32:
      break;
  }
  return count;
}

/// Up to 64 of the elements that hold poison's −1, evenly spread over them.
std::vector<std::int64_t> sample_minus_ones(const std::int32_t* array, std::int64_t count) {
  constexpr std::int64_t kSampled = 64;
  const std::int64_t found = std::count(array, array + count, -1);
  const std::int64_t stride = std::max<std::int64_t>(1, (found + kSampled - 1) / kSampled);
  std::vector<std::int64_t> sampled;
  for (std::int64_t i = 0, nth = 0; i < count; ++i) {
    if (array[i] == -1 && nth++ % stride == 0) sampled.push_back(i);
  }
  return sampled;
}

}  // namespace

GemmSample sample_gemm(std::int64_t m, std::int64_t n, std::uint64_t seed) {
  return {sample_indices(m, 1, 4, seed), sample_indices(n, 32, 192, seed + 1)};
}

GemmAccuracy customary_accuracy(const Gemm& op) {
  if (op.activations == DType::kInt8) return {.accumulator_bits = 0, .operand_bits = 24};
  if (op.activations == DType::kFp32) return {.accumulator_bits = 24, .operand_bits = 24};
  const bool is_tf32 = op.activations == DType::kTf32;
  return {.accumulator_bits = 24,
          .operand_bits = is_tf32 ? 11 : 24,
          .cut_every = is_tf32 ? kTf32CutEvery : kCutEvery};
}

Comparison compare_gemm(const Gemm& op, const GemmHostView& view, const GemmAccuracy& accuracy,
                        std::string where, std::uint64_t seed) {
  Comparison comparison(std::move(where), op.n);
  RowReader x(op.activations, op.k, view.x);
  RowReader w(op.weights, op.k, view.w);
  const auto x_row = [&](std::int64_t row) {
    return quantises_activations(op) ? quantised(x.row(row), view.x_inverse_scale) : x.row(row);
  };
  const auto compare = [&](std::int64_t row, std::int64_t column, const Reference& reference) {
    const std::int64_t index = row * op.n + column;
    comparison.add(load_element(op.output, view.y, index), reference.value, reference.bound, index);
  };

  const GemmSample sample = sample_gemm(op.m, op.n, seed);
  std::vector<std::vector<double>> x_rows;
  for (std::int64_t row : sample.rows) x_rows.push_back(x_row(row));
  for (std::int64_t column : sample.columns) {
    const std::vector<double>& w_row = w.row(column);
    for (std::size_t i = 0; i < x_rows.size(); ++i) {
      compare(sample.rows[i], column,
              reference_of(x_rows[i], w_row, view.scale, op.output, accuracy));
    }
  }

  std::vector<std::int64_t> suspects;
  const std::int64_t count = op.m * op.n;
  if (op.output == DType::kInt32) {
    suspects = sample_minus_ones(static_cast<const std::int32_t*>(view.y), count);
  } else if (const std::int64_t bad = find_not_finite(op.output, view.y, count); bad < count) {
    suspects.push_back(bad);
  }
  for (std::int64_t index : suspects) {
    const std::int64_t row = index / op.n, column = index % op.n;
    compare(row, column, reference_of(x_row(row), w.row(column), view.scale, op.output, accuracy));
  }
  return comparison;
}

}  // namespace gpugauge
