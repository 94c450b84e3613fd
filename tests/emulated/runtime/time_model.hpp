#pragma once

#include <cstddef>

namespace gpugauge::emulated {

/// How long the work of a node takes on the card, in microseconds: its bound over an efficiency.
/// Nothing was measured: the numbers are there so that rates can be believed.
double memory_us(double bytes);
double link_us(std::size_t bytes);
/// Of the matrix units, on operands of that many bytes.
double matrix_us(double flops, int operand_bytes);
/// Of a thread that waits for each of its loads before the next.
double waiting_us(double loads);

/// From the end of a node to the start of the next.
double gap_us(bool programmatic);

/// A factor near 1, the next of a sequence that EMULATED_SEED chooses.
double scatter();

}  // namespace gpugauge::emulated
