#include "tests/emulated/card.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include "harness/base/nearest.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

constexpr int kKib = 1024;
constexpr std::int64_t kMib = std::int64_t{1} << 20;

// Compute capability, shared memory per SM, per block with opt-in, reserved, threads, blocks.
constexpr Limits kTuring{75, 64 * kKib, 64 * kKib, 0, 1024, 16, false};
constexpr Limits kAmpere{80, 164 * kKib, 163 * kKib, kKib, 2048, 32, false};
constexpr Limits kAda{89, 100 * kKib, 99 * kKib, kKib, 1536, 24, false};
constexpr Limits kHopper{90, 228 * kKib, 227 * kKib, kKib, 2048, 32, true};
constexpr Limits kBlackwell{100, 228 * kKib, 227 * kKib, kKib, 2048, 32, true};
constexpr Limits kBlackwellRtx{120, 100 * kKib, 99 * kKib, kKib, 1536, 24, true};

// Multiprocessors, L2, bus and power: NVIDIA's architecture whitepapers (Turing, A100, Ada, H100,
// Blackwell) and datasheets. Clocks and memory: as nvidia-smi and deviceQuery print them, rounded
// to a MiB. H200's and B200's L2 is what CUDA reports there, a little over the whitepaper's.
constexpr std::array kCards{
    Card{.key = "h100-sxm",
         .name = "emulated NVIDIA H100 80GB HBM3",
         .limits = kHopper,
         .multiprocessors = 132,
         .l2_bytes = 50 * kMib,
         .memory_bytes = 81'090 * kMib,
         .memory_bus_bits = 5120,
         .memory_clock_mhz = 2619,
         .max_clock_mhz = 1980,
         .power_limit_w = 700,
         .idle_power_w = 70,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = false,
         .has_memory_temperature = true,
         .pcie_generation = 5},
    Card{.key = "h100-pcie",
         .name = "emulated NVIDIA H100 PCIe",
         .limits = kHopper,
         .multiprocessors = 114,
         .l2_bytes = 50 * kMib,
         .memory_bytes = 81'090 * kMib,
         .memory_bus_bits = 5120,
         .memory_clock_mhz = 1593,
         .max_clock_mhz = 1755,
         .power_limit_w = 350,
         .idle_power_w = 50,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = false,
         .has_memory_temperature = true,
         .pcie_generation = 5},
    // One compute slice of seven and one of memory's eight. Source: NVIDIA MIG User Guide.
    Card{.key = "h100-mig",
         .name = "emulated NVIDIA H100 80GB HBM3 MIG 1g.10gb",
         .limits = kHopper,
         .multiprocessors = 16,
         .l2_bytes = 50 * kMib / 8,
         .memory_bytes = 9'984 * kMib,
         .memory_bus_bits = 640,
         .memory_clock_mhz = 2619,
         .max_clock_mhz = 1980,
         .power_limit_w = 700,
         .idle_power_w = 70,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = true,
         .has_memory_temperature = true,
         .pcie_generation = 5},
    Card{.key = "h200",
         .name = "emulated NVIDIA H200",
         .limits = kHopper,
         .multiprocessors = 132,
         .l2_bytes = 60 * kMib,
         .memory_bytes = 143'155 * kMib,
         .memory_bus_bits = 6144,
         .memory_clock_mhz = 3201,
         .max_clock_mhz = 1980,
         .power_limit_w = 700,
         .idle_power_w = 75,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = false,
         .has_memory_temperature = true,
         .pcie_generation = 5},
    Card{.key = "l40s",
         .name = "emulated NVIDIA L40S",
         .limits = kAda,
         .multiprocessors = 142,
         .l2_bytes = 96 * kMib,
         .memory_bytes = 45'465 * kMib,
         .memory_bus_bits = 384,
         .memory_clock_mhz = 9001,
         .max_clock_mhz = 2520,
         .power_limit_w = 350,
         .idle_power_w = 35,
         .ecc = Ecc::kOn,
         .has_mig = false,
         .is_mig_slice = false,
         .has_memory_temperature = false,
         .pcie_generation = 4},
    Card{.key = "a100",
         .name = "emulated NVIDIA A100-SXM4-80GB",
         .limits = kAmpere,
         .multiprocessors = 108,
         .l2_bytes = 40 * kMib,
         .memory_bytes = 81'050 * kMib,
         .memory_bus_bits = 5120,
         .memory_clock_mhz = 1593,
         .max_clock_mhz = 1410,
         .power_limit_w = 400,
         .idle_power_w = 60,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = false,
         .has_memory_temperature = true,
         .pcie_generation = 4},
    Card{.key = "rtx4090",
         .name = "emulated NVIDIA GeForce RTX 4090",
         .limits = kAda,
         .multiprocessors = 128,
         .l2_bytes = 72 * kMib,
         .memory_bytes = 24'207 * kMib,
         .memory_bus_bits = 384,
         .memory_clock_mhz = 10501,
         .max_clock_mhz = 2520,
         .power_limit_w = 450,
         .idle_power_w = 20,
         .ecc = Ecc::kOff,
         .has_mig = false,
         .is_mig_slice = false,
         .has_memory_temperature = false,
         .pcie_generation = 4},
    Card{.key = "rtx5090",
         .name = "emulated NVIDIA GeForce RTX 5090",
         .limits = kBlackwellRtx,
         .multiprocessors = 170,
         .l2_bytes = 96 * kMib,
         .memory_bytes = 32'112 * kMib,
         .memory_bus_bits = 512,
         .memory_clock_mhz = 14001,
         .max_clock_mhz = 2407,
         .power_limit_w = 575,
         .idle_power_w = 20,
         .ecc = Ecc::kNone,
         .has_mig = false,
         .is_mig_slice = false,
         .has_memory_temperature = false,
         .pcie_generation = 5},
    Card{.key = "b200",
         .name = "emulated NVIDIA B200",
         .limits = kBlackwell,
         .multiprocessors = 148,
         .l2_bytes = 126 * kMib,
         .memory_bytes = 182'579 * kMib,
         .memory_bus_bits = 8192,
         .memory_clock_mhz = 3996,
         .max_clock_mhz = 1965,
         .power_limit_w = 1000,
         .idle_power_w = 140,
         .ecc = Ecc::kOn,
         .has_mig = true,
         .is_mig_slice = false,
         .has_memory_temperature = true,
         .pcie_generation = 5},
    Card{.key = "t4",
         .name = "emulated Tesla T4",
         .limits = kTuring,
         .multiprocessors = 40,
         .l2_bytes = 4 * kMib,
         .memory_bytes = 14'910 * kMib,
         .memory_bus_bits = 256,
         .memory_clock_mhz = 5001,
         .max_clock_mhz = 1590,
         .power_limit_w = 70,
         .idle_power_w = 10,
         .ecc = Ecc::kOn,
         .has_mig = false,
         .is_mig_slice = false,
         .has_memory_temperature = false,
         .pcie_generation = 3},
};

}  // namespace

std::span<const Card> cards() { return kCards; }

const Card& card_named(std::string_view key) {
  const auto found = std::ranges::find(kCards, key, &Card::key);
  if (found != kCards.end()) return *found;
  std::vector<std::string_view> known;
  for (const Card& each : kCards) known.push_back(each.key);
  throw std::invalid_argument(unknown_name_message("card", key, known));
}

const Card& card() { return *switches().card; }

CardIdentity identity_of(int index) {
  CardIdentity identity{};
  std::string digits;
  for (int i = 0; i < 16; ++i) {
    identity.uuid[i] = static_cast<char>(i == 0 ? 0xE0 + index : i);
    if (i == 4 || i == 6 || i == 8 || i == 10) digits += '-';
    digits += fmt::format("{:02x}", static_cast<unsigned char>(identity.uuid[i]));
  }
  identity.gpu_uuid = "GPU-" + digits;
  identity.mig_uuid = "MIG-" + digits;
  identity.pci_bus_id = fmt::format("0000:{:02X}:00.0", 0x1B + 0x10 * index);
  return identity;
}

}  // namespace gpugauge::emulated
