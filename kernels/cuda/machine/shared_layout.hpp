#pragma once

#include <cstdint>

/// How Hopper's copy engine and matrix units see a matrix in shared memory: rows of 128 bytes, K
/// (or the output's columns) contiguous, the eight 16-byte chunks of a row permuted by the row's
/// number so that eight rows of one chunk fall on different banks. Tiles begin at multiples of 1024
/// bytes. Pure; the unit tests prove each byte.
///
/// Source: PTX ISA 9.0, "Shared Memory Matrix Layout", "Matrix descriptor format" and
/// "Swizzling Modes" of tensors.
namespace gpugauge {

inline constexpr int kSwizzleRowBytes = 128;
/// The pattern repeats every eight rows.
inline constexpr int kSwizzleAtomBytes = 8 * kSwizzleRowBytes;
/// What one wgmma takes of a row of K.
inline constexpr int kWgmmaStepBytes = 32;
inline constexpr int kWgmmaStepsPerRow = kSwizzleRowBytes / kWgmmaStepBytes;

/// Where byte `byte` of row `row` lies.
constexpr int swizzled_offset(int row, int byte) {
  return row * kSwizzleRowBytes + (byte ^ (row % 8 * 16));
}

/// Describes rows that begin at a shared address, a multiple of 1024, to wgmma. Addresses count in
/// units of 16 bytes. The byte offset between atoms along K is not read when a row of K is one
/// atom wide.
constexpr std::uint64_t wgmma_descriptor(std::uint32_t shared_address) {
  constexpr std::uint64_t kSwizzle128 = std::uint64_t{1} << 62;
  constexpr std::uint64_t kNextEightRows = std::uint64_t{kSwizzleAtomBytes / 16} << 32;
  constexpr std::uint64_t kUnused = std::uint64_t{1} << 16;
  return kSwizzle128 | kNextEightRows | kUnused | (shared_address / 16 & 0x3FFF);
}

/// The same rows or others, `bytes` further: by kWgmmaStepBytes along a row of K, as the hardware
/// swizzles the address that it has worked out, or by whole atoms to other rows.
constexpr std::uint64_t advance(std::uint64_t descriptor, int bytes) {
  return descriptor + static_cast<std::uint64_t>(bytes / 16);
}

}  // namespace gpugauge
