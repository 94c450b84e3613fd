#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/device/device_info.hpp"

namespace gpugauge {

/// What code a program carries for cards: `80 89+PTX 90a`, with PTX for what is newer than 8.9.
struct ProgramCode {
  std::vector<std::string> machine;  ///< `80`, `90a`: machine code
  std::vector<std::string> ptx;      ///< what a driver can compile at the start
};
ProgramCode parse_program_code(std::string_view architectures);

enum class CodeKind : std::uint8_t { kMachineCode, kPtx, kNone };
struct CodeForCard {
  CodeKind kind = CodeKind::kNone;
  std::string architecture;  ///< `89`, `90a`
};
/// What of it a card of a compute capability (89 for 8.9) runs. Machine code runs on the same major
/// version from its minor version on, PTX on every later one, and what ends with `a` on exactly its
/// own (CUDA programming guide, binary and PTX compatibility).
CodeForCard code_for(int compute_capability, const ProgramCode& code);

/// Compute capability 8.0 is the oldest that the kernels are written for (cp.async, mma.sync).
bool is_too_old(const DeviceInfo& card);
/// `Tesla T4 has compute capability 7.5, and the kernels need 8.0 (Ampere) or newer; …`
std::string too_old_message(const DeviceInfo& card);

/// `8.9` of 89, `9.0a` of `90a`.
std::string format_capability(std::string_view architecture);

}  // namespace gpugauge
