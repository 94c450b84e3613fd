#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"

namespace gpugauge {

enum class Backend : std::uint8_t { kCpu, kCuda };

template <>
struct EnumTable<Backend> {
  static constexpr std::array rows{EnumName{Backend::kCpu, "cpu"},
                                   EnumName{Backend::kCuda, "cuda"}};
};

/// What a device is. Everything optional is absent when the device or its driver does not say.
struct DeviceInfo {
  std::string id;  ///< `cpu`, `cuda:0`
  Backend backend = Backend::kCpu;
  std::string
      name;  ///< as the vendor spells it: `NVIDIA H100 80GB HBM3`, `Intel(R) Xeon(R) Processor`
  std::int64_t memory_bytes = 0;
  std::int64_t cache_bytes = 0;       ///< the last-level cache: L2 on a GPU, L3 on most CPUs
  int compute_units = 0;              ///< SMs, or the cores that are used
  std::vector<std::string> features;  ///< dtype-relevant ISA: `avx512_bf16`, `sm_90`

  std::optional<double> max_clock_mhz;
  /// What was set with `nvidia-smi -ac`, and what the card comes with. Not every card has them.
  std::optional<double> application_clock_mhz, default_application_clock_mhz;
  std::optional<double> max_memory_clock_mhz;
  std::optional<int> memory_bus_bits;
  /// 2 × memory clock × bus width / 8: what the pins can carry. No measured rate may exceed it.
  std::optional<double> pin_rate_gbps;

  std::optional<std::string> uuid;
  std::optional<std::string> pci_bus_id;
  std::optional<int> pcie_generation;          ///< the highest that the card and its slot agree on
  std::optional<int> pcie_current_generation;  ///< lower while the link is idle
  std::optional<int> pcie_width;               ///< lanes in use
  std::optional<int> pcie_max_width;           ///< lanes that the card and its slot have
  std::optional<int> compute_capability;       ///< 90 for 9.0
  std::optional<std::string> driver_version;
  std::optional<std::string> runtime_version;
  std::optional<std::string> vbios_version;
  std::optional<double> power_limit_w;
  std::optional<double> default_power_limit_w;
  std::optional<bool> ecc_enabled;        ///< absent of a card that has no ECC
  std::optional<bool> mig_enabled;        ///< absent of a card that cannot be cut into slices
  std::optional<int> other_processes;     ///< compute processes on the device besides this one
  std::optional<std::string> governor;    ///< CPU frequency governor
  std::optional<std::string> hypervisor;  ///< the virtual machine monitor, if there is one

  bool has_feature(std::string_view feature) const;
};

/// `nvidia-h100-80gb-hbm3`, `intel-xeon-processor`: the name as a folder.
std::string slug_of(std::string_view name);

}  // namespace gpugauge
