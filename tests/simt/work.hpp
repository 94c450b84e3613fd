#pragma once

#include <cstddef>

// What instructions do that is not seen in the kernels' own loads and stores.
namespace gpugauge::simt {

/// Memory of the device that an instruction reads or writes: for the emulated card to check. Where
/// there is none (tests/simt/no_accesses.cpp) it does nothing.
void note_access(const void* begin, std::size_t bytes, bool writes);

/// FLOP of the matrix units since the start, each type's counted as the dense 16-bit ones that take
/// as long.
inline double matrix_flops = 0;

/// A product of a warp, 16 by `columns`, 32 bytes deep.
inline void count_product(std::size_t columns) {
  matrix_flops += 2.0 * 16 * 16 * static_cast<double>(columns);
}

}  // namespace gpugauge::simt
