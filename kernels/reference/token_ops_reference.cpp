#include "kernels/reference/token_ops_reference.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "harness/base/float_codec.hpp"

namespace gpugauge {
namespace {

/// The largest finite number of a type, its mantissa bits and its least exponent.
struct Range {
  double largest;
  int mantissa_bits;
  int min_exponent;
};

template <FloatFormat F>
Range range_of() {
  return {decode_float<F>(F.max_finite_code()), F.mantissa_bits, 1 - F.bias()};
}

Range range_of(DType dtype) {
  switch (dtype) {
    case DType::kBf16:
      return range_of<kBf16Format>();
    case DType::kFp16:
      return range_of<kFp16Format>();
    case DType::kFp8E4m3:
      return range_of<kFp8E4m3Format>();
    case DType::kFp8E5m2:
      return range_of<kFp8E5m2Format>();
    case DType::kFp32:
    case DType::kTf32:
    case DType::kInt8:
    case DType::kInt32:
      break;
  }
  return {std::numeric_limits<float>::max(), 23, -126};
}

/// Half the distance of the numbers of the type around `value`.
double half_step(const Range& range, double value) {
  const int exponent = value == 0.0 ? range.min_exponent : std::ilogb(value);
  return std::ldexp(0.5, std::max(exponent, range.min_exponent) - range.mantissa_bits);
}

double frequency(std::int64_t plane, std::int64_t head_dim) {
  return std::pow(kRopeBase, -2.0 * static_cast<double>(plane) / static_cast<double>(head_dim));
}

}  // namespace

std::vector<double> decode_elements(DType dtype, const void* array, std::int64_t first,
                                    std::int64_t count) {
  std::vector<double> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) {
    values[static_cast<std::size_t>(i)] = load_element(dtype, array, first + i);
  }
  return values;
}

std::vector<double> rms_norm(std::span<const double> values, std::span<const double> weight) {
  double squares = 0.0;
  for (double value : values) squares += value * value;
  const double factor = 1.0 / std::sqrt(squares / static_cast<double>(values.size()) +
                                        static_cast<double>(kNormEpsilon));
  std::vector<double> normed(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) normed[i] = values[i] * factor * weight[i];
  return normed;
}

std::vector<double> gated_activation(std::span<const double> gate, std::span<const double> up) {
  std::vector<double> y(gate.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = gate[i] / (1.0 + std::exp(-gate[i])) * up[i];
  return y;
}

std::vector<double> rotate_head(std::span<const double> head, std::int64_t position) {
  const std::size_t planes = head.size() / 2;
  std::vector<double> turned(head.size());
  for (std::size_t i = 0; i < planes; ++i) {
    const double angle =
        static_cast<double>(position) *
        frequency(static_cast<std::int64_t>(i), static_cast<std::int64_t>(head.size()));
    const double c = std::cos(angle), s = std::sin(angle);
    turned[i] = head[i] * c - head[i + planes] * s;
    turned[i + planes] = head[i + planes] * c + head[i] * s;
  }
  return turned;
}

std::vector<float> rotary_table(std::int64_t positions, std::int64_t head_dim) {
  const std::int64_t planes = head_dim / 2;
  std::vector<float> table(static_cast<std::size_t>(positions * head_dim));
#pragma omp parallel for schedule(static)
  for (std::int64_t plane = 0; plane < planes; ++plane) {
    const double turn = frequency(plane, head_dim);
    for (std::int64_t position = 0; position < positions; ++position) {
      const double angle = static_cast<double>(position) * turn;
      const auto cosine = static_cast<std::size_t>(position * head_dim + plane);
      table[cosine] = static_cast<float>(std::cos(angle));
      table[cosine + static_cast<std::size_t>(planes)] = static_cast<float>(std::sin(angle));
    }
  }
  return table;
}

std::int64_t argmax(std::span<const double> values) {
  return std::max_element(values.begin(), values.end()) - values.begin();
}

void compare_elements(Comparison& comparison, DType dtype, const void* found, std::int64_t first,
                      std::span<const double> expected, double scale, double absolute) {
  constexpr double kArithmetic = 0x1p-16;
  const Range range = range_of(dtype);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const auto index = static_cast<std::int64_t>(i);
    const double stored = std::clamp(expected[i] / scale, -range.largest, range.largest);
    const double bound = half_step(range, stored) + kArithmetic * std::abs(stored) + absolute;
    comparison.add(load_element(dtype, found, index), stored, bound, first + index);
  }
}

}  // namespace gpugauge
