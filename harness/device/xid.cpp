#include "harness/device/xid.hpp"

#include <algorithm>
#include <array>

namespace gpugauge {
namespace {

// What a program brought about, what a reset mends, and what neither explains away.
constexpr std::string_view kProgram = "a program's fault, this one's or another's: dmesg names it";
constexpr std::string_view kReset =
    "reset the card (nvidia-smi -r) and run again; return it if it comes back";
constexpr std::string_view kReturn = "return the card";

constexpr std::array<Xid, 16> kCommon{{
    {13, "a kernel failed: graphics engine exception", kProgram},
    {31, "a program used memory that it does not have", kProgram},
    {43, "a program's work was stopped", kProgram},
    {45, "a program's work was taken off the card, after another error or its own end", kProgram},
    {48, "a memory error that could not be corrected", kReset},
    {63, "a bad row of memory was noted, to be remapped",
     "reset the card (nvidia-smi -r) before trusting it"},
    {64, "a bad row of memory could not be noted for remapping", kReturn},
    {74, "an error of an NVLink connection", kReset},
    {79, "the card fell off the bus", kReturn},
    {92, "corrected memory errors come at a high rate", "return the card if it comes back"},
    {94, "a memory error that stayed within one program",
     "run again, and reset the card (nvidia-smi -r) when you can; return it if it comes back"},
    {95, "a memory error that may have reached every program on the card", kReset},
    {119, "the card's system processor (GSP) does not answer", kReset},
    {120, "an error of the card's system processor (GSP)", kReset},
    {140, "a memory error that could not be corrected", kReset},
    {999, "one that the driver did not name", "dmesg has its line"},  // NVML's own number
}};

}  // namespace

const Xid* find_xid(int number) {
  const auto found = std::find_if(kCommon.begin(), kCommon.end(),
                                  [number](const Xid& xid) { return xid.number == number; });
  return found == kCommon.end() ? nullptr : &*found;
}

}  // namespace gpugauge
