#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/device/card_health.hpp"
#include "harness/device/device_info.hpp"
#include "harness/device/sample.hpp"

/// NVML, the driver's library that tells a card's state. It is opened at run time, and the little
/// of it that is used is declared here, so that neither the toolkit's header nor a driver is needed
/// to build or to start. Names, types and values: NVML API reference.
namespace gpugauge {

using NvmlHandle = struct nvmlDevice_st*;
using NvmlEventSet = struct nvmlEventSet_st*;

/// The second form of the process record. The third changed its size between drivers.
struct NvmlProcess {
  unsigned pid;
  unsigned long long used_memory_bytes;
  unsigned gpu_instance_id;
  unsigned compute_instance_id;
};

/// What an event says, as nvmlEventSetWait_v2 fills it in. Layout: nvmlEventData_t of nvml.h, as in
/// NVIDIA/go-nvml; the last two members are of MIG's slices.
struct NvmlEvent {
  NvmlHandle device;
  unsigned long long type;
  unsigned long long data;  ///< the number of an XID
  unsigned gpu_instance_id;
  unsigned compute_instance_id;
};

/// One of the values that a driver knows by number, as nvmlDeviceGetFieldValues fills it in.
/// Layout: nvmlFieldValue_t of nvml.h.
struct NvmlFieldValue {
  unsigned field = 0;
  unsigned scope = 0;
  long long timestamp_us = 0;
  long long latency_us = 0;
  int type = 0;    ///< nvmlValueType_t: which kind of number `bits` holds
  int status = 0;  ///< of this field; 0 is success
  std::uint64_t bits = 0;
};

/// The functions used. One that a driver lacks is null, and what it would say stays unknown. Each
/// returns 0 on success.
struct NvmlApi {
  template <typename... Arguments>
  using Function = int (*)(Arguments...);
  using AskNumber = Function<NvmlHandle, unsigned*>;
  using AskText = Function<NvmlHandle, char*, unsigned>;
  using AskModes = Function<NvmlHandle, unsigned*, unsigned*>;  ///< the current and the pending one

  Function<> init = nullptr;
  Function<char*, unsigned> driver_version = nullptr;
  Function<const char*, NvmlHandle*> handle_by_uuid = nullptr;
  Function<const char*, NvmlHandle*> handle_by_pci_bus_id = nullptr;
  Function<NvmlHandle, NvmlHandle*> parent_of_mig_handle = nullptr;
  Function<NvmlHandle, unsigned, unsigned*> clock_mhz = nullptr;
  AskNumber power_mw = nullptr;  ///< the mean of the last second on most cards since Ampere
  Function<NvmlHandle, unsigned long long*> energy_mj = nullptr;  ///< since the driver was loaded
  Function<NvmlHandle, int, NvmlFieldValue*> field_values = nullptr;
  Function<NvmlHandle, unsigned, unsigned*> application_clock_mhz = nullptr;
  Function<NvmlHandle, unsigned, unsigned*> default_application_clock_mhz = nullptr;
  Function<NvmlHandle, unsigned, unsigned*> temperature_c = nullptr;
  Function<NvmlHandle, unsigned long long*> clock_event_reasons = nullptr;
  AskModes ecc_mode = nullptr;
  AskModes mig_mode = nullptr;
  AskNumber power_limit_mw = nullptr;
  AskNumber default_power_limit_mw = nullptr;
  AskNumber max_pcie_generation = nullptr;
  AskNumber pcie_generation = nullptr;
  AskNumber max_pcie_width = nullptr;
  AskNumber pcie_width = nullptr;
  AskText vbios_version = nullptr;
  Function<NvmlHandle, unsigned*, NvmlProcess*> compute_processes = nullptr;
  /// Kind of error, kind of counter.
  Function<NvmlHandle, unsigned, unsigned, unsigned long long*> ecc_errors = nullptr;
  /// Rows lost to corrected errors and to uncorrected ones, whether one waits, whether one failed.
  Function<NvmlHandle, unsigned*, unsigned*, unsigned*, unsigned*> remapped_rows = nullptr;
  Function<NvmlEventSet*> create_event_set = nullptr;
  Function<NvmlEventSet> free_event_set = nullptr;
  Function<NvmlHandle, unsigned long long, NvmlEventSet> register_events = nullptr;
  Function<NvmlEventSet, NvmlEvent*, unsigned> wait_for_event = nullptr;  ///< at most so many ms
};

/// The driver's NVML, initialised. Null where there is none, of which the first call warns.
const NvmlApi* nvml();

/// Collects the XIDs of a card from its making on. Where the driver refuses to tell them (an older
/// one, a slice of a card) or there is no card, they stay unknown.
class XidWatch {
 public:
  XidWatch() = default;
  XidWatch(const NvmlApi& api, NvmlHandle card);

  /// Each number that has come, once, in the order in which they came. Does not wait.
  std::optional<std::vector<int>> seen();

 private:
  struct Free {
    const NvmlApi* api;
    void operator()(NvmlEventSet set) const { api->free_event_set(set); }
  };

  std::unique_ptr<nvmlEventSet_st, Free> set_;
  std::vector<int> seen_;
};

/// One card, as NVML sees it.
class NvmlDevice {
 public:
  NvmlDevice(const NvmlApi& api, NvmlHandle handle);

  /// The card with a CUDA device's UUID or, failing that, its PCI bus id: NVML counts the cards of
  /// a machine in its own order. A MIG slice is found as the card that it is cut from.
  static std::optional<NvmlDevice> find(const NvmlApi& api, std::span<const char, 16> uuid,
                                        const std::string& pci_bus_id);

  Telemetry telemetry() const;
  /// Fills the fields that only NVML knows.
  void describe(DeviceInfo& info) const;
  /// Without XIDs, which are only told to who watches.
  CardHealth health() const;
  XidWatch watch_xids() const { return {*api_, handle_}; }

 private:
  /// Compute processes on the card besides this one.
  std::optional<int> other_processes() const;

  const NvmlApi* api_;
  NvmlHandle handle_;
  bool is_cut_;  ///< into MIG slices, of which the program has one: the card's power is not its own
};

/// `00010203-0405-0607-0809-0a0b0c0d0e0f`
std::string format_uuid(std::span<const char, 16> uuid);

}  // namespace gpugauge
