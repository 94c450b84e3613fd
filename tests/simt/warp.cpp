#include "tests/simt/warp.hpp"

#include <algorithm>
#include <cstdio>
#include <string_view>

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
