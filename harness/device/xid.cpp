#include "harness/device/xid.hpp"

#include <algorithm>
#include <array>

namespace gpugauge {
namespace {

// Causes: the program, what a reset fixes, and what asks for another card.
constexpr std::string_view kProgram = "an application error; dmesg names the process";
constexpr std::string_view kReset =
    "reset the card (nvidia-smi -r) and run again; return it if it comes back";
constexpr std::string_view kReturn = "return the card";

constexpr std::array<Xid, 16> kCommon{{
    {13, "a kernel failed: graphics engine exception", kProgram},
    {31, "a program accessed an invalid address", kProgram},
    {43, "the GPU stopped a program's work", kProgram},
    {45, "a program's work was removed, after another error or its exit", kProgram},
    {48, "an uncorrected memory error", kReset},
    {63, "a memory row was recorded for remapping",
     "reset the card (nvidia-smi -r) before using it"},
    {64, "a memory row could not be recorded for remapping", kReturn},
    {74, "an error of an NVLink connection", kReset},
    {79, "the card fell off the bus", kReturn},
    {92, "corrected memory errors come at a high rate", "return the card if it comes back"},
    {94, "a contained memory error: one program is affected",
     "run again, and reset the card (nvidia-smi -r) when you can; return it if it comes back"},
    {95, "an uncontained memory error: every program on the card may be affected", kReset},
    {119, "the card's system processor (GSP) does not answer", kReset},
    {120, "an error of the card's system processor (GSP)", kReset},
    {140, "an uncorrected memory error", kReset},
    {999, "one that the driver did not name", "see its line in dmesg"},  // NVML's own number
}};

}  // namespace

const Xid* find_xid(int number) {
  const auto found = std::find_if(kCommon.begin(), kCommon.end(),
                                  [number](const Xid& xid) { return xid.number == number; });
  return found == kCommon.end() ? nullptr : &*found;
}

}  // namespace gpugauge
