#include "harness/cli/commands/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/render/table/columns.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

using Checks = std::vector<DoctorCheck>;

constexpr std::int64_t kResultsBytes = 100LL << 20;  // a nightly file with all its samples, and air
constexpr double kNoticeableSteal = 0.01;

DoctorCheck ok(std::string topic, std::string found) {
  return {std::move(topic), CheckStatus::kOk, std::move(found), {}};
}
/// The advice is dropped where nothing is wrong.
DoctorCheck warn_if(bool wrong, std::string topic, std::string found, std::string advice) {
  if (!wrong) return ok(std::move(topic), std::move(found));
  return {std::move(topic), CheckStatus::kWarning, std::move(found), std::move(advice)};
}
DoctorCheck missing(std::string topic, std::string found, std::string advice) {
  return {std::move(topic), CheckStatus::kMissing, std::move(found), std::move(advice)};
}

/// `13.0` from CUDA's 13000.
std::string cuda_version_text(int version) {
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

int major_of(std::string_view version) {
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  return major;
}

bool has_cuda_device(const Machine& machine) {
  return std::any_of(machine.devices.begin(), machine.devices.end(),
                     [](const DeviceInfo& device) { return device.backend == Backend::kCuda; });
}

/// Some containers hide the PCI bus, and some show a driver that they may not use.
bool has_card(const Machine& machine) {
  return machine.nvidia_cards > 0 || machine.driver_version || has_cuda_device(machine);
}

std::string bytes_text(std::int64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

DoctorCheck check_card(const Machine& machine) {
  if (machine.nvidia_cards > 0) {
    return ok("NVIDIA card", fmt::format("{} on the PCI bus", machine.nvidia_cards));
  }
  if (has_card(machine)) return ok("NVIDIA card", "known to the driver");
  return missing("NVIDIA card", "none on the PCI bus", "nothing to do: the CPU is measured");
}

DoctorCheck check_driver(const Machine& machine) {
  if (machine.driver_version) return ok("NVIDIA driver", *machine.driver_version);
  if (machine.driver_cuda)
    return ok("NVIDIA driver", "library found; the kernel module reports no version");
  if (machine.nvidia_cards == 0) return missing("NVIDIA driver", "none", "only needed for a GPU");
  return missing(
      "NVIDIA driver", "none",
      "Ubuntu: ubuntu-drivers install; Debian: apt-get install nvidia-driver (non-free); "
      "container: start it with --gpus all");
}

DoctorCheck check_build(const Machine& machine) {
  const std::string topic = "this program";
  if (machine.build_cuda.empty()) {
    return warn_if(has_card(machine), topic, "built for the CPU only",
                   "GPUGAUGE_CUDA=ON ./scripts/run.sh");
  }
  // Within one major version a newer program runs on an older driver: CUDA compatibility guide,
  // minor version compatibility.
  const bool too_new =
      machine.driver_cuda && *machine.driver_cuda / 1000 < major_of(machine.build_cuda);
  std::string found = "built with CUDA " + machine.build_cuda;
  if (machine.driver_cuda) {
    found += ", the driver runs up to " + cuda_version_text(*machine.driver_cuda);
  }
  return warn_if(too_new, topic, found,
                 "update the driver, or build with a toolkit of its version: "
                 "CUDA_HOME=/usr/local/cuda-12.8 ./scripts/run.sh");
}

Checks check_toolkit(const Machine& machine) {
  const auto part = [&](std::string topic, const std::optional<std::string>& found,
                        std::string advice) {
    if (found) return ok(std::move(topic), *found);
    return missing(std::move(topic), "none",
                   has_card(machine) ? std::move(advice) : "only needed for a GPU");
  };
  Checks checks{
      part("CUDA toolkit", machine.nvcc ? std::optional(machine.nvcc->string()) : std::nullopt,
           "GPUGAUGE_CUDA=ON ./scripts/setup.sh"),
      part("NVML", machine.nvml_version,
           "install the driver's libnvidia-ml (Debian: apt-get install libnvidia-ml1); container: "
           "NVIDIA_DRIVER_CAPABILITIES=compute,utility")};
  if (!machine.build_cuda.empty()) {
    checks.push_back(part("cuBLASLt", machine.cublaslt_version,
                          "put the toolkit's lib64 on LD_LIBRARY_PATH, or build with NVIDIA's "
                          "wheels: GPUGAUGE_CUDA=WHEELS ./scripts/run.sh"));
  }
  return checks;
}

Checks check_devices(const Machine& machine) {
  Checks checks;
  if (machine.devices.empty()) {
    checks.push_back(missing("devices", "none: nothing can be measured", "gpugauge doctor -v"));
  }
  if (!machine.build_cuda.empty() && has_card(machine) && !has_cuda_device(machine)) {
    checks.push_back(missing(
        "CUDA devices",
        machine.visible_devices.empty() ? "none can be opened"
                                        : "none, CUDA_VISIBLE_DEVICES=" + machine.visible_devices,
        "nvidia-smi must list the card; unset CUDA_VISIBLE_DEVICES; on an HGX board: systemctl "
        "start nvidia-fabricmanager"));
  }
  return checks;
}

/// nvidia-smi takes a PCI bus id where CUDA's own numbers may be others.
std::string nvidia_smi(const DeviceInfo& device, std::string_view arguments) {
  return fmt::format("nvidia-smi -i {} {}", device.pci_bus_id.value_or("GPU"), arguments);
}

Checks check_card_state(const DeviceInfo& device) {
  Checks checks;
  if (device.max_clock_mhz && device.max_memory_clock_mhz) {
    checks.push_back(ok(device.id + " clocks",
                        fmt::format("SM up to {:.0f} MHz, memory {:.0f} MHz", *device.max_clock_mhz,
                                    *device.max_memory_clock_mhz)));
  }
  const auto on_off = [](bool on) { return on ? "on" : "off"; };
  if (device.ecc_enabled) {
    checks.push_back(warn_if(!*device.ecc_enabled, device.id + " ECC", on_off(*device.ecc_enabled),
                             "memory errors are not detected: " + nvidia_smi(device, "-e 1") +
                                 ", then restart the machine"));
  }
  if (device.mig_enabled) {
    checks.push_back(warn_if(
        *device.mig_enabled, device.id + " MIG", on_off(*device.mig_enabled),
        "only a MIG instance is measured; for the whole card: " + nvidia_smi(device, "-mig 0")));
  }
  if (device.power_limit_w && device.default_power_limit_w) {
    const double usual = *device.default_power_limit_w;
    checks.push_back(
        warn_if(*device.power_limit_w < usual, device.id + " power limit",
                fmt::format("{:.0f} W, by default {:.0f} W", *device.power_limit_w, usual),
                nvidia_smi(device, fmt::format("-pl {:.0f}", usual))));
  }
  if (device.application_clock_mhz && device.default_application_clock_mhz) {
    const double usual = *device.default_application_clock_mhz;
    checks.push_back(warn_if(
        *device.application_clock_mhz < usual, device.id + " application clock",
        fmt::format("{:.0f} MHz, by default {:.0f} MHz", *device.application_clock_mhz, usual),
        nvidia_smi(device, "-rac") + " resets it"));
  }
  if (device.other_processes) {
    checks.push_back(warn_if(*device.other_processes > 0, device.id + " other processes",
                             std::to_string(*device.other_processes),
                             nvidia_smi(device, "-q -d PIDS") + " lists them; stop them"));
  }
  return checks;
}

/// What of it is unknown has no row.
Checks check_health(const DeviceInfo& device, const CardHealth& health) {
  Checks checks;
  if (const std::string errors = describe_errors(health); !errors.empty()) {
    checks.push_back(warn_if(health.uncorrected_errors.value_or(0) > 0, device.id + " ECC errors",
                             errors, std::string(advice_on(CardConcern::kUncorrectedErrors))));
  }
  if (const std::string rows = describe_rows(health); !rows.empty()) {
    const bool failed = health.remap_failed.value_or(false);
    checks.push_back(warn_if(
        failed || health.remap_pending.value_or(false), device.id + " remapped rows", rows,
        std::string(advice_on(failed ? CardConcern::kRemapFailed : CardConcern::kRemapPending))));
  }
  return checks;
}

DoctorCheck check_datasheet(const DeviceInfo& device, const Machine& machine) {
  const Datasheet* sheet = match_datasheet(machine.datasheets, device);
  return warn_if(sheet == nullptr, device.id + " datasheet",
                 sheet == nullptr ? "none matches this name and memory size" : sheet->name,
                 "only measured peaks are shown; add a file to configs/devices/");
}

Checks check_device(const DeviceInfo& device, const Machine& machine) {
  const bool is_card = device.backend == Backend::kCuda;
  Checks checks{
      ok(device.id, fmt::format("{}, {}, {} {}", device.name, bytes_text(device.memory_bytes),
                                device.compute_units, is_card ? "SMs" : "cores"))};
  if (is_card) {
    for (DoctorCheck& check : check_card_state(device)) checks.push_back(std::move(check));
    if (const auto health = machine.health.find(device.id); health != machine.health.end()) {
      for (DoctorCheck& check : check_health(device, health->second))
        checks.push_back(std::move(check));
    }
    checks.push_back(check_datasheet(device, machine));
  }
  if (device.governor) {
    checks.push_back(warn_if(*device.governor != "performance", device.id + " governor",
                             *device.governor, "cpupower frequency-set --governor performance"));
  }
  if (device.hypervisor) checks.push_back(ok(device.id + " hypervisor", *device.hypervisor));
  return checks;
}

DoctorCheck check_memory(const Machine& machine) {
  // A triad reads and writes three arrays, each of at least five times the last-level cache.
  std::int64_t wanted = 0;
  for (const DeviceInfo& device : machine.devices) {
    if (device.backend == Backend::kCpu) wanted = std::int64_t{3} * 5 * device.cache_bytes;
  }
  return warn_if(machine.available_memory_bytes < wanted, "free memory",
                 bytes_text(machine.available_memory_bytes),
                 "cold cases on the CPU need " + bytes_text(wanted) + ": stop other programs");
}

DoctorCheck check_disk(const Machine& machine) {
  const std::string folder = machine.folder.string();
  if (!machine.folder_writable) {
    return warn_if(true, "disk", folder + " cannot be written",
                   "run in another folder, or name one with --output");
  }
  return warn_if(machine.free_disk_bytes < kResultsBytes, "disk",
                 fmt::format("{} in {}", bytes_text(machine.free_disk_bytes), folder),
                 "a result file may need " + bytes_text(kResultsBytes));
}

Checks check_host(const Machine& machine) {
  Checks checks;
  if (machine.steal_share) {
    checks.push_back(warn_if(*machine.steal_share >= kNoticeableSteal, "CPU steal time",
                             format_percent(*machine.steal_share) + " since boot",
                             "the host is shared: rent dedicated cores for CPU numbers"));
  }
  if (!machine.huge_pages.empty()) {
    checks.push_back(warn_if(machine.huge_pages == "never", "huge pages", machine.huge_pages,
                             "page tables limit the CPU's bandwidth: echo madvise "
                             ">/sys/kernel/mm/transparent_hugepage/enabled"));
  }
  checks.push_back(check_memory(machine));
  checks.push_back(check_disk(machine));
  return checks;
}

DoctorCheck check_configs(const Machine& machine) {
  if (!machine.configs) {
    return missing("configs", machine.configs_error, "export GPUGAUGE_CONFIGS=/path/to/configs");
  }
  return ok("configs",
            fmt::format("{}: {} suites, {} models, {} datasheets", machine.configs->string(),
                        machine.suites, machine.models, machine.datasheets.size()));
}

Tone tone_of(CheckStatus status) {
  switch (status) {
    case CheckStatus::kOk:
      return Tone::kGood;
    case CheckStatus::kWarning:
      return Tone::kWarning;
    case CheckStatus::kMissing:
      return Tone::kBad;
  }
  return Tone::kPlain;
}

}  // namespace

std::vector<DoctorCheck> run_doctor(const Machine& machine) {
  Checks checks;
  const auto add = [&](Checks more) {
    std::move(more.begin(), more.end(), std::back_inserter(checks));
  };
  add({check_card(machine), check_driver(machine), check_build(machine)});
  add(check_toolkit(machine));
  add({ok("oneDNN", machine.onednn_version)});
  add(check_devices(machine));
  for (const DeviceInfo& device : machine.devices) add(check_device(device, machine));
  add(check_host(machine));
  add({check_configs(machine)});
  return checks;
}

Table doctor_table(std::span<const DoctorCheck> checks) {
  ColumnList<DoctorCheck> c;
  c.text("topic", "", &DoctorCheck::topic);
  c.text("status", "status", [](auto& check) {
    const std::string status(name_of(check.status));
    return Cell(status, status, tone_of(check.status));
  });
  c.add(wrapping(20, text_column("found", "found")),
        [](auto& check) { return text_cell(check.found); });
  c.add(wrapping(20, text_column("advice", "how to fix it")),
        [](auto& check) { return text_cell(check.advice); });
  return c.table("doctor", "", checks);
}

}  // namespace gpugauge
