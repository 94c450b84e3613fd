#pragma once

// Elements of operands as the matrix instructions read them.

#include <bit>
#include <cstdint>

#include "harness/base/float_codec.hpp"

namespace gpugauge::simt {

/// Each type: its bytes, its value from its bits, and what its products are summed in.
struct Bf16Element {
  using Sum = double;
  using Bits = std::uint16_t;
  static Sum value(Bits bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
};
struct Fp16Element {
  using Sum = double;
  using Bits = std::uint16_t;
  static Sum value(Bits bits) { return decode_float<kFp16Format>(bits); }
};
/// The low thirteen bits are not looked at.
struct Tf32Element {
  using Sum = double;
  using Bits = std::uint32_t;
  static Sum value(Bits bits) { return std::bit_cast<float>(bits & 0xFFFFE000U); }
};
struct Fp8Element {
  using Sum = double;
  using Bits = std::uint8_t;
  static Sum value(Bits bits) { return decode_float<kFp8E4m3Format>(bits); }
};
struct Int8Element {
  using Sum = std::int64_t;
  using Bits = std::uint8_t;
  static Sum value(Bits bits) { return static_cast<std::int8_t>(bits); }
};

/// d + sum as the accumulator has it: fp32 rounded once, int32 wrapping.
inline float accumulated(float d, double sum) { return static_cast<float>(d + sum); }
inline std::int32_t accumulated(std::int32_t d, std::int64_t sum) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(d + sum));
}

}  // namespace gpugauge::simt
