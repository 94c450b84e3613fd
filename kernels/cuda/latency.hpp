#pragma once

#include <cstdint>

#include "harness/device/device.hpp"

namespace gpugauge {

/// Writes into the first 8 bytes of each of `count` lines (kChaseLineBytes) the address of the line
/// that `next` names. Asynchronous.
void launch_link(Stream stream, void* lines, const std::uint32_t* next, std::int64_t count);

/// One thread follows `steps` links from the line whose address `position` holds, and leaves there
/// the address of the line where it ends. Asynchronous.
void launch_chase(Stream stream, std::uint64_t* position, std::int64_t steps);

/// Does nothing; with a `counter` it adds one there. Asynchronous.
void launch_empty(Stream stream, std::uint32_t* counter);

}  // namespace gpugauge
