#pragma once

// Elements of operands as the matrix instructions read them.

#include <bit>
#include <cstdint>

#include "harness/base/float_codec.hpp"
#include "tests/simt/tensor_core_sum.hpp"

namespace gpugauge::simt {

/// Each type: its bytes, its value from its bits, what its products are summed in, and how many of
/// them at once by mma.sync (of an A100; FP8 of Ada) and by wgmma (of an H100).
struct Bf16Element {
  using Sum = double;
  using Bits = std::uint16_t;
  static Sum value(Bits bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }
  static constexpr SumWidth kMma{8, 25, 24}, kWgmma{16, 26, 24};
};
struct Fp16Element {
  using Sum = double;
  using Bits = std::uint16_t;
  static Sum value(Bits bits) { return decode_float<kFp16Format>(bits); }
  static constexpr SumWidth kMma{8, 25, 24}, kWgmma{16, 26, 24};
};
/// The low thirteen bits are not looked at.
struct Tf32Element {
  using Sum = double;
  using Bits = std::uint32_t;
  static Sum value(Bits bits) { return std::bit_cast<float>(bits & 0xFFFFE000U); }
  static constexpr SumWidth kMma{4, 25, 24}, kWgmma{8, 26, 24};
};
struct Fp8Element {
  using Sum = double;
  using Bits = std::uint8_t;
  static Sum value(Bits bits) { return decode_float<kFp8E4m3Format>(bits); }
  static constexpr SumWidth kMma{16, 14, 14}, kWgmma{32, 14, 14};
};
struct Int8Element {
  using Sum = std::int64_t;
  using Bits = std::uint8_t;
  static Sum value(Bits bits) { return static_cast<std::int8_t>(bits); }
  static constexpr SumWidth kMma{}, kWgmma{};  // exact
};

}  // namespace gpugauge::simt
