#include "harness/device/nvidia_host.hpp"

#include <cctype>
#include <sstream>
#include <string_view>

#include "harness/base/environment.hpp"
#include "harness/base/text_file.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// Display controllers (PCI class 03) of NVIDIA (vendor 10de).
int count_cards(const fs::path& root) {
  int cards = 0;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(root / "sys/bus/pci/devices", none)) {
    if (read_text(entry.path() / "vendor") == "0x10de" &&
        read_text(entry.path() / "class").starts_with("0x03")) {
      ++cards;
    }
  }
  return cards;
}

constexpr const char* kVersionFile = "proc/driver/nvidia/version";

/// `580.65.06` of `NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  …`: the word of
/// digits and points, at least three digits before the first.
std::optional<std::string> driver_version(const fs::path& root) {
  const std::string text = read_text(root / kVersionFile);
  std::istringstream words(text.substr(0, text.find('\n')));
  for (std::string word; words >> word;) {
    const auto point = word.find('.');
    if (point != std::string::npos && point >= 3 &&
        word.find_first_not_of("0123456789.") == std::string::npos) {
      return word;
    }
  }
  return std::nullopt;
}

/// `/dev/nvidia0`; `/dev/nvidiactl` and `/dev/nvidia-uvm` are there without a card, too.
bool has_device_files(const fs::path& root) {
  constexpr std::string_view kPrefix = "nvidia";
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(root / "dev", none)) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with(kPrefix) && name.size() > kPrefix.size() &&
        std::isdigit(static_cast<unsigned char>(name[kPrefix.size()])) != 0) {
      return true;
    }
  }
  return false;
}

}  // namespace

NvidiaHost look_at_nvidia_host(const fs::path& root) {
  std::error_code none;
  return {.cards = count_cards(root),
          .driver_version = driver_version(root),
          .has_version_file = fs::exists(root / kVersionFile, none),
          .has_device_files = has_device_files(root)};
}

fs::path system_root() {
  const std::string root = environment("GPUGAUGE_SYSTEM_ROOT");
  return root.empty() ? "/" : root;
}

}  // namespace gpugauge
