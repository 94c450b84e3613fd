#include "harness/cli/commands/doctor.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/byte_size.hpp"
#include "harness/cli/commands/doctor_checks.hpp"
#include "harness/render/table/columns.hpp"
#include "harness/render/table/number.hpp"

namespace gpugauge {
namespace {

using namespace doctor_checks;

constexpr std::int64_t kResultsBytes = 100LL << 20;  // a nightly file with all its samples, and air
constexpr double kNoticeableSteal = 0.01;

std::string bytes_text(std::int64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

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
  Checks checks{warn_if(is_too_old(device), device.id,
                        fmt::format("{}, {}, {} {}", device.name, bytes_text(device.memory_bytes),
                                    device.compute_units, is_card ? "SMs" : "cores"),
                        "too old to be measured")};
  if (is_card) {
    checks.push_back(check_code(device, machine));
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

DoctorCheck check_onednn(const Machine& machine) {
  if (machine.onednn_version.empty()) {
    return missing("oneDNN", "cannot be opened: no GEMM is measured on the CPU",
                   "unpack lib/ beside the program; it needs libstdc++.so.6");
  }
  return ok("oneDNN", machine.onednn_version);
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
  add(check_cuda(machine));
  add({check_onednn(machine)});
  if (machine.devices.empty()) {
    add({missing("devices", "none: nothing can be measured", "gpugauge doctor -v")});
  }
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
