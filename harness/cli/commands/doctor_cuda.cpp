#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>

#include "harness/cli/commands/doctor_checks.hpp"

namespace gpugauge::doctor_checks {
namespace {

/// 13000 of `13.0.88`.
int cuda_number(const std::string& version) {
  std::istringstream in(version);
  int major = 0, minor = 0;
  char dot = 0;
  in >> major >> dot >> minor;
  return 1000 * major + 10 * minor;
}

bool has_cuda_device(const Machine& machine) {
  return std::ranges::any_of(
      machine.devices, [](const DeviceInfo& device) { return device.backend == Backend::kCuda; });
}

/// Some containers hide the PCI bus, and some show a driver that they may not use.
bool has_card(const Machine& machine) {
  return machine.nvidia.shows_any() || machine.driver_cuda || has_cuda_device(machine);
}

DoctorCheck check_card(const Machine& machine) {
  if (machine.nvidia.cards > 0) {
    return ok("NVIDIA card", fmt::format("{} on the PCI bus", machine.nvidia.cards));
  }
  if (has_card(machine)) return ok("NVIDIA card", "known to the driver");
  return missing("NVIDIA card", "none on the PCI bus", "nothing to do: the CPU is measured");
}

/// Within a major version of CUDA a driver runs newer programs from their machine code, but does
/// not compile newer PTX: CUDA compatibility guide, minor version compatibility.
std::string what_it_runs(int driver_cuda) {
  return fmt::format("runs CUDA {}.x from machine code, PTX up to {}", driver_cuda / 1000,
                     format_cuda_version(driver_cuda));
}

DoctorCheck check_driver(const Machine& machine) {
  const auto& version = machine.nvidia.driver_version;
  if (machine.driver_cuda) {
    return ok("NVIDIA driver", fmt::format("{}, {}", version.value_or("version not shown"),
                                           what_it_runs(*machine.driver_cuda)));
  }
  if (!has_card(machine)) return missing("NVIDIA driver", "none", "only needed for a GPU");
  if (machine.nvidia.has_version_file) {
    return missing(
        "NVIDIA driver",
        version.value_or("/proc/driver/nvidia/version names no version") +
            ", but its library libcuda.so.1 is not here",
        fmt::format("{}, NVIDIA_DRIVER_CAPABILITIES=compute,utility", kContainerWithCard));
  }
  return missing("NVIDIA driver", "none",
                 fmt::format("{}; {}", kInstallDriver, kContainerWithCard));
}

/// `8.0, 9.0a; PTX of 8.9`
std::string code_text(const ProgramCode& code) {
  const auto capabilities = [](const std::vector<std::string>& architectures) {
    std::vector<std::string> texts;
    for (const std::string& each : architectures) texts.push_back(format_capability(each));
    return fmt::format("{}", fmt::join(texts, ", "));
  };
  std::string text = " for compute capability " + capabilities(code.machine);
  if (!code.ptx.empty()) text += "; PTX of " + capabilities(code.ptx);
  return text;
}

DoctorCheck check_build(const Machine& machine) {
  const std::string topic = "this program";
  if (machine.build_cuda.empty()) {
    return warn_if(has_card(machine), topic, "built for the CPU only",
                   "GPUGAUGE_CUDA=ON ./scripts/run.sh");
  }
  const bool too_new =
      machine.driver_cuda && *machine.driver_cuda / 1000 < cuda_number(machine.build_cuda) / 1000;
  return warn_if(too_new, topic,
                 fmt::format("built with CUDA {}{}", machine.build_cuda, code_text(machine.code)),
                 "the driver is too old for it: take the portable program (CUDA 12), build with an "
                 "older toolkit (./scripts/run.sh chooses it), or update the driver");
}

/// Which of them builds the program depends on their versions: setup.sh asks them.
std::optional<std::string> toolkits_text(const std::vector<std::string>& nvccs) {
  if (nvccs.empty()) return std::nullopt;
  return fmt::format("{}{}", fmt::join(nvccs, ", "),
                     nvccs.size() > 1 ? "; setup.sh takes the newest that the driver runs" : "");
}

Checks check_toolkit(const Machine& machine) {
  const auto part = [&](std::string topic, const std::optional<std::string>& found,
                        std::string advice) {
    if (found) return ok(std::move(topic), *found);
    return missing(std::move(topic), "none",
                   has_card(machine) ? std::move(advice) : "only needed for a GPU");
  };
  Checks checks{
      part("CUDA toolkit", toolkits_text(machine.nvccs),
           "only needed to build: GPUGAUGE_CUDA=ON ./scripts/setup.sh"),
      part("NVML", machine.nvml_version,
           "install the driver's libnvidia-ml (Debian: apt-get install libnvidia-ml1); container: "
           "NVIDIA_DRIVER_CAPABILITIES=compute,utility")};
  if (!machine.build_cuda.empty()) {
    checks.push_back(part("cuBLASLt", machine.cublaslt, machine.cublaslt_command));
    if (!machine.other_cublaslts.empty()) {
      checks.back().found +=
          fmt::format("; not used: {}", fmt::join(machine.other_cublaslts, ", "));
    }
  }
  return checks;
}

}  // namespace

Checks check_cuda(const Machine& machine) {
  Checks checks{check_card(machine), check_driver(machine), check_build(machine)};
  for (DoctorCheck& check : check_toolkit(machine)) checks.push_back(std::move(check));
  if (machine.trouble) {
    checks.push_back(
        missing("CUDA", machine.trouble->words,
                fmt::format("{}: {}", machine.trouble->usually, machine.trouble->advice)));
  }
  return checks;
}

DoctorCheck check_code(const DeviceInfo& device, const Machine& machine) {
  const std::string topic = device.id + " code";
  const CodeForCard code = code_for(device.compute_capability.value_or(0), machine.code);
  switch (code.kind) {
    case CodeKind::kMachineCode:
      return ok(topic, fmt::format("machine code of {}", format_capability(code.architecture)));
    case CodeKind::kPtx: {
      const int program_cuda = cuda_number(machine.build_cuda);
      const bool too_new = machine.driver_cuda && *machine.driver_cuda < program_cuda;
      return warn_if(too_new, topic,
                     fmt::format("PTX of {}, which the driver compiles when the program starts",
                                 format_capability(code.architecture)),
                     fmt::format("the driver compiles PTX up to CUDA {}, and this is of {}: update "
                                 "it, or build for this card (./scripts/run.sh)",
                                 format_cuda_version(machine.driver_cuda.value_or(0)),
                                 format_cuda_version(program_cuda)));
    }
    case CodeKind::kNone:
      break;
  }
  return missing(
      topic, "none for this card",
      is_too_old(device) ? too_old_message(device) : "build for this card: ./scripts/run.sh");
}

}  // namespace gpugauge::doctor_checks
