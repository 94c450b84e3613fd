#pragma once

#include <cstdint>

#include "harness/device/stream.hpp"

namespace gpugauge {

/// Writes into the first 8 bytes of each of `count` lines (kChaseLineBytes) the address of the line
/// that `next` names. Asynchronous.
void launch_link(Stream stream, void* lines, const std::uint32_t* next, std::int64_t count);

/// One thread follows `steps` links from the line whose address `position` holds, and leaves there
/// the address of the line where it ends. Asynchronous.
void launch_chase(Stream stream, std::uint64_t* position, std::int64_t steps);

/// A chase that one multiprocessor is to walk, and whether it did.
struct BoundChase {
  std::uint64_t line;       ///< the address of the line where the walk stands
  std::uint64_t asked;      ///< loads that launches asked for …
  std::uint64_t walked;     ///< … and that the multiprocessor did; the same if all went well
  std::uint32_t processor;  ///< its number
};

/// Times, from one multiprocessor whose number is left in `processor`, how long the home of each
/// line in L2 takes to answer: `cycles`, the least of a few. The lines link to themselves; where
/// one does not, it and those after it get no value. Asynchronous.
void launch_probe(Stream stream, void* lines, std::int64_t count, std::uint32_t* cycles,
                  std::uint32_t* processor);

/// Shared memory of a block of `launch_bound_chase` beside which no second one fits.
int bound_chase_shared_bytes();

/// `launch_chase` past L1 and on the multiprocessor that `chase` names: there is a block on each
/// of `processors`, and the others end. Asynchronous.
void launch_bound_chase(Stream stream, BoundChase* chase, std::int64_t steps, int processors,
                        int shared_bytes);

/// Does nothing; with a `counter` it adds one there. Asynchronous.
void launch_empty(Stream stream, std::uint32_t* counter);

}  // namespace gpugauge
