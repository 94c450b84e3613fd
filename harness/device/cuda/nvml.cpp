#include "harness/device/cuda/nvml.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace gpugauge {
namespace {

constexpr int kSuccess = 0;
constexpr unsigned kClockGraphics = 0;  // application clocks are told of it alone
constexpr unsigned kClockSm = 1;
constexpr unsigned kClockMemory = 2;
constexpr unsigned kTemperatureGpu = 0;
constexpr unsigned kEnabled = 1;
// nvmlMemoryErrorType_t, nvmlEccCounterType_t, nvmlEventTypeXidCriticalError.
constexpr unsigned kCorrected = 0;
constexpr unsigned kUncorrected = 1;
constexpr unsigned kSinceDriverLoad = 0;
constexpr unsigned kLifetime = 1;
constexpr unsigned long long kXidEvent = 0x8;
// NVML_FI_DEV_MEMORY_TEMP, NVML_FI_DEV_POWER_INSTANT; NVML_VALUE_TYPE_UNSIGNED_INT.
constexpr unsigned kFieldMemoryTemperature = 82;
constexpr unsigned kFieldInstantPower = 186;
constexpr int kTypeUnsigned = 1;

/// The value that a function writes to its last argument; nothing if the driver has no such
/// function or does not know.
template <typename Value, typename... Arguments>
std::optional<Value> ask(int (*function)(NvmlHandle, Arguments...), NvmlHandle handle,
                         auto... arguments) {
  Value value{};
  if (function == nullptr || function(handle, arguments..., &value) != kSuccess) {
    return std::nullopt;
  }
  return value;
}

std::optional<bool> ask_mode(NvmlApi::AskModes function, NvmlHandle handle) {
  unsigned current = 0;
  unsigned pending = 0;
  if (function == nullptr || function(handle, &current, &pending) != kSuccess) return std::nullopt;
  return current == kEnabled;
}

template <typename Number>
std::optional<Number> as(std::optional<unsigned> value) {
  if (!value) return std::nullopt;
  return static_cast<Number>(*value);
}

/// Watts of milliwatts, joules of millijoules.
std::optional<double> thousandth(std::optional<unsigned long long> value) {
  if (!value) return std::nullopt;
  return static_cast<double>(*value) / 1000;
}

/// What the driver says of a field that is an unsigned int.
std::optional<unsigned> unsigned_of(const NvmlFieldValue& value) {
  if (value.status != kSuccess || value.type != kTypeUnsigned) return std::nullopt;
  return static_cast<unsigned>(value.bits);
}

/// The library stays open until the process ends: others in it may use NVML too.
NvmlApi load(void* library) {
  const auto find = [library](auto& function, std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (function != nullptr) return;
      function =
          reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    }
  };
  NvmlApi api;
  find(api.init, {"nvmlInit_v2"});
  find(api.driver_version, {"nvmlSystemGetDriverVersion"});
  find(api.handle_by_uuid, {"nvmlDeviceGetHandleByUUID"});
  find(api.handle_by_pci_bus_id, {"nvmlDeviceGetHandleByPciBusId_v2"});
  find(api.parent_of_mig_handle, {"nvmlDeviceGetDeviceHandleFromMigDeviceHandle"});
  find(api.clock_mhz, {"nvmlDeviceGetClockInfo"});
  find(api.power_mw, {"nvmlDeviceGetPowerUsage"});
  find(api.energy_mj, {"nvmlDeviceGetTotalEnergyConsumption"});
  find(api.field_values, {"nvmlDeviceGetFieldValues"});
  find(api.application_clock_mhz, {"nvmlDeviceGetApplicationsClock"});
  find(api.default_application_clock_mhz, {"nvmlDeviceGetDefaultApplicationsClock"});
  find(api.temperature_c, {"nvmlDeviceGetTemperature"});
  find(api.clock_event_reasons,  // the second name is the one before driver 535
       {"nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"});
  find(api.ecc_mode, {"nvmlDeviceGetEccMode"});
  find(api.mig_mode, {"nvmlDeviceGetMigMode"});
  find(api.power_limit_mw, {"nvmlDeviceGetPowerManagementLimit"});
  find(api.default_power_limit_mw, {"nvmlDeviceGetPowerManagementDefaultLimit"});
  find(api.max_pcie_generation, {"nvmlDeviceGetMaxPcieLinkGeneration"});
  find(api.pcie_generation, {"nvmlDeviceGetCurrPcieLinkGeneration"});
  find(api.max_pcie_width, {"nvmlDeviceGetMaxPcieLinkWidth"});
  find(api.pcie_width, {"nvmlDeviceGetCurrPcieLinkWidth"});
  find(api.vbios_version, {"nvmlDeviceGetVbiosVersion"});
  find(api.compute_processes, {"nvmlDeviceGetComputeRunningProcesses_v2"});
  find(api.ecc_errors, {"nvmlDeviceGetTotalEccErrors"});
  find(api.remapped_rows, {"nvmlDeviceGetRemappedRows"});
  find(api.create_event_set, {"nvmlEventSetCreate"});
  find(api.free_event_set, {"nvmlEventSetFree"});
  find(api.register_events, {"nvmlDeviceRegisterEvents"});
  find(api.wait_for_event, {"nvmlEventSetWait_v2"});
  return api;
}

std::optional<NvmlApi> open_nvml() {
  constexpr const char* kConsequence = "clocks, power, temperature and throttling stay unknown";
  void* library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    spdlog::warn("NVML: {}: {}", dlerror(), kConsequence);
    return std::nullopt;
  }
  const NvmlApi api = load(library);
  const int status = api.init == nullptr ? -1 : api.init();
  if (status != kSuccess) {
    spdlog::warn("NVML: nvmlInit_v2 returned {}: {}", status, kConsequence);
    return std::nullopt;
  }
  return api;
}

}  // namespace

const NvmlApi* nvml() {
  static const std::optional<NvmlApi> api = open_nvml();
  return api ? &*api : nullptr;
}

NvmlDevice::NvmlDevice(const NvmlApi& api, NvmlHandle handle)
    : api_(&api), handle_(handle), is_cut_(ask_mode(api.mig_mode, handle).value_or(false)) {}

std::optional<NvmlDevice> NvmlDevice::find(const NvmlApi& api, std::span<const char, 16> uuid,
                                           const std::string& pci_bus_id) {
  NvmlHandle handle = nullptr;
  const std::string digits = format_uuid(uuid);
  if (api.handle_by_uuid != nullptr) {
    if (api.handle_by_uuid(("GPU-" + digits).c_str(), &handle) == kSuccess) {
      return NvmlDevice(api, handle);
    }
    if (api.handle_by_uuid(("MIG-" + digits).c_str(), &handle) == kSuccess) {
      if (const auto parent = ask<NvmlHandle>(api.parent_of_mig_handle, handle)) {
        return NvmlDevice(api, *parent);
      }
    }
  }
  if (api.handle_by_pci_bus_id != nullptr &&
      api.handle_by_pci_bus_id(pci_bus_id.c_str(), &handle) == kSuccess) {
    return NvmlDevice(api, handle);
  }
  return std::nullopt;
}

Telemetry NvmlDevice::telemetry() const {
  std::array fields{NvmlFieldValue{.field = kFieldInstantPower},
                    NvmlFieldValue{.field = kFieldMemoryTemperature}};
  const bool known =
      api_->field_values != nullptr &&
      api_->field_values(handle_, static_cast<int>(fields.size()), fields.data()) == kSuccess;
  const auto field = [&](std::size_t index) {
    return known ? unsigned_of(fields.at(index)) : std::nullopt;
  };
  Telemetry telemetry{
      .clock_mhz = as<double>(ask<unsigned>(api_->clock_mhz, handle_, kClockSm)),
      .memory_clock_mhz = as<double>(ask<unsigned>(api_->clock_mhz, handle_, kClockMemory)),
      .power_w = thousandth(ask<unsigned>(api_->power_mw, handle_)),
      .instant_power_w = thousandth(field(0)),
      .energy_j = thousandth(ask<unsigned long long>(api_->energy_mj, handle_)),
      .temperature_c = as<double>(ask<unsigned>(api_->temperature_c, handle_, kTemperatureGpu)),
      .memory_temperature_c = as<double>(field(1)),
      .steal_percent = std::nullopt,
      .wait_percent = std::nullopt,
      .quota_percent = std::nullopt,
      .throttle_reasons = ask<unsigned long long>(api_->clock_event_reasons, handle_)};
  if (is_cut_) telemetry.power_w = telemetry.instant_power_w = telemetry.energy_j = std::nullopt;
  return telemetry;
}

void NvmlDevice::describe(DeviceInfo& info) const {
  std::array<char, 96> text{};
  const auto size = static_cast<unsigned>(text.size());
  if (api_->driver_version != nullptr && api_->driver_version(text.data(), size) == kSuccess) {
    info.driver_version = text.data();
  }
  if (api_->vbios_version != nullptr &&
      api_->vbios_version(handle_, text.data(), size) == kSuccess) {
    info.vbios_version = text.data();
  }
  info.power_limit_w = thousandth(ask<unsigned>(api_->power_limit_mw, handle_));
  info.default_power_limit_w = thousandth(ask<unsigned>(api_->default_power_limit_mw, handle_));
  info.application_clock_mhz =
      as<double>(ask<unsigned>(api_->application_clock_mhz, handle_, kClockGraphics));
  info.default_application_clock_mhz =
      as<double>(ask<unsigned>(api_->default_application_clock_mhz, handle_, kClockGraphics));
  info.pcie_generation = as<int>(ask<unsigned>(api_->max_pcie_generation, handle_));
  info.pcie_current_generation = as<int>(ask<unsigned>(api_->pcie_generation, handle_));
  info.pcie_max_width = as<int>(ask<unsigned>(api_->max_pcie_width, handle_));
  info.pcie_width = as<int>(ask<unsigned>(api_->pcie_width, handle_));
  info.ecc_enabled = ask_mode(api_->ecc_mode, handle_);
  info.mig_enabled = ask_mode(api_->mig_mode, handle_);
  info.other_processes = other_processes();
}

CardHealth NvmlDevice::health() const {
  const auto errors = [this](unsigned kind, unsigned counter) -> std::optional<std::uint64_t> {
    return ask<unsigned long long>(api_->ecc_errors, handle_, kind, counter);
  };
  CardHealth health{.corrected_errors = errors(kCorrected, kSinceDriverLoad),
                    .uncorrected_errors = errors(kUncorrected, kSinceDriverLoad),
                    .lifetime_corrected_errors = errors(kCorrected, kLifetime),
                    .lifetime_uncorrected_errors = errors(kUncorrected, kLifetime)};
  unsigned corrected = 0, uncorrected = 0, pending = 0, failed = 0;
  if (api_->remapped_rows != nullptr &&
      api_->remapped_rows(handle_, &corrected, &uncorrected, &pending, &failed) == kSuccess) {
    health.rows_remapped_corrected = corrected;
    health.rows_remapped_uncorrected = uncorrected;
    health.remap_pending = pending != 0;
    health.remap_failed = failed != 0;
  }
  return health;
}

XidWatch::XidWatch(const NvmlApi& api, NvmlHandle card) : set_(nullptr, Free{&api}) {
  NvmlEventSet set = nullptr;
  if (api.create_event_set == nullptr || api.free_event_set == nullptr ||
      api.register_events == nullptr || api.wait_for_event == nullptr ||
      api.create_event_set(&set) != kSuccess) {
    return;
  }
  set_.reset(set);
  if (api.register_events(card, kXidEvent, set) != kSuccess) set_.reset();
}

std::optional<std::vector<int>> XidWatch::seen() {
  if (!set_) return std::nullopt;
  constexpr int kMostEvents = 10'000;  // so that a driver gone wrong does not hold the run up
  NvmlEvent event{};
  for (int i = 0; i < kMostEvents; ++i) {
    if (set_.get_deleter().api->wait_for_event(set_.get(), &event, 0) != kSuccess) break;
    const auto xid = static_cast<int>(event.data);
    if (std::find(seen_.begin(), seen_.end(), xid) == seen_.end()) seen_.push_back(xid);
  }
  return seen_;
}

std::optional<int> NvmlDevice::other_processes() const {
  std::array<NvmlProcess, 256> processes{};
  auto count = static_cast<unsigned>(processes.size());
  if (api_->compute_processes == nullptr ||
      api_->compute_processes(handle_, &count, processes.data()) != kSuccess) {
    return std::nullopt;
  }
  const auto self = static_cast<unsigned>(getpid());
  return static_cast<int>(
      std::count_if(processes.begin(), processes.begin() + count,
                    [self](const NvmlProcess& process) { return process.pid != self; }));
}

std::string format_uuid(std::span<const char, 16> uuid) {
  std::string text;
  for (std::size_t i = 0; i < uuid.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) text += '-';
    text += fmt::format("{:02x}", static_cast<unsigned char>(uuid[i]));
  }
  return text;
}

}  // namespace gpugauge
