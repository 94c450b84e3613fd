#pragma once

#include <filesystem>
#include <optional>
#include <string>

namespace gpugauge {

/// What the host's files show of NVIDIA's hardware and driver, without any library of theirs.
struct NvidiaHost {
  int cards = 0;                              ///< on the PCI bus, whether a driver runs them or not
  std::optional<std::string> driver_version;  ///< of the kernel module: `580.65.06`
  bool has_version_file = false;              ///< of the kernel module, whatever it holds
  bool has_device_files = false;              ///< `/dev/nvidia0` or another

  bool shows_any() const { return cards > 0 || has_version_file || has_device_files; }
};

/// Reads it below `root` in place of `/`. What is missing or malformed is no error.
NvidiaHost look_at_nvidia_host(const std::filesystem::path& root);

/// `/`, or $GPUGAUGE_SYSTEM_ROOT, with which tests lay out another machine.
std::filesystem::path system_root();

}  // namespace gpugauge
