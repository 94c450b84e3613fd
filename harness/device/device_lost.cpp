#include "harness/device/device_lost.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace gpugauge {
namespace {

struct Loss {
  int error;  ///< cudaError_t
  std::string_view usually;
};

/// driver_types.h of CUDA 13.0 and NVIDIA's Xid catalog: which errors of the card end a context.
constexpr std::array kLosses{
    Loss{46, "another process took the card in exclusive mode, or somebody reset it"},
    Loss{100, "the card fell off the bus (XID 79)"},
    Loss{214, "an uncorrected memory error (XID 48, 94 or 95); gpugauge doctor counts them"},
    Loss{220, "an error of an NVLink connection (XID 74)"},
    Loss{702, "a display shares the card, and its watchdog ends long kernels"},
    Loss{719, "a kernel failed (XID 13 or 31), or the card did (XID 48, 79)"},
    Loss{999, "the card fell off the bus (XID 79), or its system processor failed (XID 119)"},
};

}  // namespace

std::string usual_loss(int cuda_error) {
  const auto* found = std::ranges::find(kLosses, cuda_error, &Loss::error);
  if (found == kLosses.end()) return {};
  return fmt::format("; usually: {}; sudo dmesg | grep -i xid says more", found->usually);
}

}  // namespace gpugauge
