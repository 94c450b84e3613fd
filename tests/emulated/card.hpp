#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// The cards that can be emulated, as data.
namespace gpugauge::emulated {

/// What follows from the compute capability. Source: CUDA C++ Programming Guide, table "Technical
/// Specifications per Compute Capability".
struct Limits {
  int compute_capability;     ///< 90 for 9.0
  int shared_bytes_per_sm;    ///< shared memory of a multiprocessor
  int shared_bytes_opt_in;    ///< of a block that opted in
  int shared_bytes_reserved;  ///< taken of each block by the system
  int threads_per_sm;
  int blocks_per_sm;
  bool has_clusters;  ///< and programmatic launches: since 9.0

  // The same on every card here.
  static constexpr int kSharedBytesPerBlock = 48 * 1024;  ///< without opt-in
  static constexpr int kRegistersPerSm = 65536;           ///< and per block
  static constexpr int kRegistersPerThread = 255;
  static constexpr int kThreadsPerBlock = 1024;
  static constexpr int kBlocksPerCluster = 8;  ///< the portable most
};

enum class Ecc : std::uint8_t { kNone, kOff, kOn };

/// One product. A MIG slice has what CUDA sees of it; NVML is asked about the whole card.
struct Card {
  std::string_view key;   ///< the value of EMULATED_CARD
  std::string_view name;  ///< begins with "emulated "
  Limits limits;
  int multiprocessors;
  std::int64_t l2_bytes;
  std::int64_t memory_bytes;  ///< as CUDA tells it
  int memory_bus_bits;
  double memory_clock_mhz;  ///< the highest; transfers are two a clock
  double max_clock_mhz;     ///< the highest of the multiprocessors
  double power_limit_w;
  double idle_power_w;
  Ecc ecc;
  bool has_mig;  ///< can be cut into slices
  bool is_mig_slice;
  bool has_memory_temperature;  ///< of its HBM
  int pcie_generation;
};

std::span<const Card> cards();
/// Throws std::invalid_argument, naming the nearest, where there is no such card.
const Card& card_named(std::string_view key);
/// The one that EMULATED_CARD names; see switches.hpp for what a wrong name does.
const Card& card();

/// Of the machine's card `index`, counted from 0: the 16 bytes, NVML's spelling of the whole card
/// (`GPU-…`) and of the slice (`MIG-…`), and the address on the bus.
struct CardIdentity {
  char uuid[16];
  std::string gpu_uuid, mig_uuid;
  std::string pci_bus_id;
};
CardIdentity identity_of(int index);

}  // namespace gpugauge::emulated
