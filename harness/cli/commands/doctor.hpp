#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/device/card_health.hpp"
#include "harness/device/cuda_start.hpp"
#include "harness/device/device_code.hpp"
#include "harness/device/device_info.hpp"
#include "harness/device/nvidia_host.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

enum class CheckStatus : std::uint8_t { kOk, kWarning, kMissing };
template <>
struct EnumTable<CheckStatus> {
  static constexpr std::array rows{EnumName{CheckStatus::kOk, "ok"},
                                   EnumName{CheckStatus::kWarning, "warning"},
                                   EnumName{CheckStatus::kMissing, "missing"}};
};

struct DoctorCheck {
  std::string topic;  ///< `NVIDIA driver`, `cuda:0 power limit`
  CheckStatus status = CheckStatus::kOk;
  std::string found;
  std::string advice;  ///< the command that fixes it, or what it means; empty where all is well
};

/// What the doctor knows of a machine. What could not be found out is absent or empty.
struct Machine {
  std::vector<DeviceInfo> devices;
  std::map<std::string, CardHealth> health;  ///< of the devices that tell it, by their ids

  NvidiaHost nvidia;
  std::optional<int> driver_cuda;       ///< the newest CUDA that it runs, 13000 for 13.0
  std::optional<StartTrouble> trouble;  ///< a card or a driver is here and CUDA does not start
  std::optional<std::string> nvml_version;
  /// Only a build with CUDA looks for it: the copy that is used, others that are not, and where
  /// there is none the command that installs it.
  std::optional<std::string> cublaslt;
  std::vector<std::string> other_cublaslts;
  std::string cublaslt_command;
  std::string onednn_version;
  std::string build_cuda;          ///< the toolkit of this program; empty in a build without CUDA
  ProgramCode code;                ///< of the kernels in this program
  std::vector<std::string> nvccs;  ///< of every toolkit here, where scripts/cuda_toolkit.sh looks

  std::optional<double> steal_share;  ///< of the CPU time since boot
  std::string huge_pages;             ///< `always`, `madvise` or `never`
  std::int64_t available_memory_bytes = 0;
  std::filesystem::path folder;  ///< where results would be written
  std::int64_t free_disk_bytes = 0;
  bool folder_writable = false;

  std::optional<std::filesystem::path> configs;
  std::string configs_error;  ///< why there are none
  std::size_t suites = 0;
  std::size_t models = 0;
  std::vector<Datasheet> datasheets;
};

/// Looks at this machine through its files, its libraries and `discover_devices`; changes nothing
/// and starts no program.
Machine examine_machine();

/// The kernel's and the file system's part of it, under `root` in place of `/`.
void examine_files(Machine& machine, const std::filesystem::path& root);

std::vector<DoctorCheck> run_doctor(const Machine& machine);

Table doctor_table(std::span<const DoctorCheck> checks);

}  // namespace gpugauge
