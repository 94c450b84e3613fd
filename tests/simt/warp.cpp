#include "tests/simt/warp.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "tests/simt/hopper.hpp"

namespace gpugauge::simt {
namespace {

std::string hexadecimal(unsigned mask) {
  char text[16];
  std::snprintf(text, sizeof text, "0x%08x", mask);
  return text;
}

}  // namespace

void meet_lanes(const char* name, unsigned mask, void* arguments,
                void (*work)(void* const* arguments)) {
  Thread& thread = self();
  Warp& warp = thread.block->warps[thread.warp];
  const unsigned bit = 1U << thread.lane;
  if ((mask & bit) == 0) {
    machine().fail(std::string(name) + " with mask " + hexadecimal(mask) +
                   ", which leaves out the lane that calls it");
  }
  if ((mask & warp.exited) != 0) {
    machine().fail(std::string(name) + " with mask " + hexadecimal(mask) + " but lanes " +
                   hexadecimal(mask & warp.exited) + " have ended");
  }
  auto meeting = std::ranges::find(warp.meetings, mask, &Meeting::mask);
  if (meeting == warp.meetings.end()) {
    meeting = warp.meetings.insert(warp.meetings.end(), Meeting{.name = name, .mask = mask});
  }
  if (std::string_view(meeting->name) != name) {
    machine().fail(std::string("lane ") + std::to_string(thread.lane) + " is at " + name +
                   ", lanes " + hexadecimal(meeting->arrived) + " of the same mask at " +
                   meeting->name);
  }
  meeting->arrived |= bit;
  meeting->arguments[thread.lane] = arguments;
  if (meeting->arrived == mask) {
    const Meeting complete = *meeting;
    warp.meetings.erase(meeting);
    work(complete.arguments);
    for (unsigned lane = 0; lane < 32; ++lane) {
      if ((mask >> lane & 1) != 0) {
        machine().wake(thread.block->threads[thread.warp * 32 + lane]);
      }
    }
  }
  machine().wait({.format = "%s of warp %ld, mask 0x%08lx",
                  .name = name,
                  .first = static_cast<long>(thread.warp),
                  .second = static_cast<long>(mask)});
}

}  // namespace gpugauge::simt

namespace gpugauge {

void set_registers(int count) {
  simt::Block& block = *simt::self().block;
  block.registers[simt::self().warp] = count;
  const auto warps = static_cast<int>(block.warps.size());
  const int launched = 64 * 1024 / (32 * warps) / 8 * 8;
  int wanted = 0;
  for (const auto& [warp, registers] : block.registers) wanted += registers;
  if (wanted > launched * warps) {
    simt::machine().fail("warps want " + std::to_string(wanted) +
                         " registers a lane together, of " + std::to_string(launched * warps));
  }
}

}  // namespace gpugauge
