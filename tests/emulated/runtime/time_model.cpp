#include "tests/emulated/runtime/time_model.hpp"

#include <cstdint>

#include "tests/emulated/card.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

constexpr double kMemoryEfficiency = 0.6;
constexpr double kMatrixEfficiency = 0.7;
constexpr double kLinkEfficiency = 0.85;
constexpr double kScatter = 0.004;  // half the width

/// Bytes a microsecond at the pins.
double pin_rate() { return 2 * card().memory_clock_mhz * card().memory_bus_bits / 8; }

/// Dense 16-bit FLOP a clock and multiprocessor. Source: NVIDIA's architecture whitepapers.
double matrix_flops_a_clock(int compute_capability) {
  switch (compute_capability) {
    case 100:
      return 8192;
    case 90:
      return 4096;
    case 80:
      return 2048;
    default:
      return 1024;
  }
}

}  // namespace

double memory_us(double bytes) { return bytes / pin_rate() / kMemoryEfficiency; }

double link_us(std::size_t bytes) {
  // One direction of sixteen lanes: 4 bytes a nanosecond for each at generation 5.
  const double rate = 64e3 / (1 << (5 - card().pcie_generation));
  return 4 + static_cast<double>(bytes) / rate / kLinkEfficiency;
}

double matrix_us(double flops, int operand_bytes) {
  const double a_clock = matrix_flops_a_clock(card().limits.compute_capability) * 2 / operand_bytes;
  return flops / (a_clock * card().multiprocessors * card().max_clock_mhz) / kMatrixEfficiency;
}

double waiting_us(double loads) {
  constexpr double kTripUs = 0.02;  // of many that are under way at once
  return loads * kTripUs;
}

double gap_us(bool programmatic) { return programmatic ? 0.7 : 2.0; }

double scatter() {
  // SplitMix64.
  static std::uint64_t state = switches().seed;
  state += 0x9E3779B97F4A7C15ULL;
  std::uint64_t z = state;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9ULL;
  z = (z ^ z >> 27) * 0x94D049BB133111EBULL;
  z ^= z >> 31;
  return 1 + kScatter * (static_cast<double>(z >> 11) * 0x1p-52 - 1);
}

}  // namespace gpugauge::emulated
