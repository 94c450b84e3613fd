#include "harness/device/device_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <sstream>

namespace gpugauge {
namespace {

constexpr int kOldestCapability = 80;

int number_of(std::string_view architecture) {
  int number = 0;
  std::from_chars(architecture.data(), architecture.data() + architecture.size(), number);
  return number;
}

bool is_exact(std::string_view architecture) { return architecture.ends_with('a'); }

bool runs_machine_code(int capability, std::string_view of) {
  const int number = number_of(of);
  if (is_exact(of)) return capability == number;
  return capability / 10 == number / 10 && capability >= number;
}

bool compiles_ptx(int capability, std::string_view of) {
  return is_exact(of) ? capability == number_of(of) : capability >= number_of(of);
}

/// The newest of those that the card can take.
template <typename Takes>
std::string newest(const std::vector<std::string>& architectures, Takes takes) {
  std::string found;
  for (const std::string& each : architectures) {
    if (takes(each) && number_of(each) >= number_of(found)) found = each;
  }
  return found;
}

}  // namespace

ProgramCode parse_program_code(std::string_view architectures) {
  ProgramCode code;
  std::istringstream words{std::string(architectures)};
  for (std::string word; words >> word;) {
    const std::string name = word.substr(0, word.find_first_of("+-"));
    if (!word.ends_with("-virtual")) code.machine.push_back(name);
    if (word.ends_with("+PTX") || word.ends_with("-virtual")) code.ptx.push_back(name);
  }
  return code;
}

CodeForCard code_for(int compute_capability, const ProgramCode& code) {
  const auto machine = newest(code.machine, [&](std::string_view each) {
    return runs_machine_code(compute_capability, each);
  });
  if (!machine.empty()) return {CodeKind::kMachineCode, machine};
  const auto ptx = newest(
      code.ptx, [&](std::string_view each) { return compiles_ptx(compute_capability, each); });
  if (!ptx.empty()) return {CodeKind::kPtx, ptx};
  return {};
}

bool is_too_old(const DeviceInfo& card) {
  return card.compute_capability && *card.compute_capability < kOldestCapability;
}

std::string too_old_message(const DeviceInfo& card) {
  return fmt::format(
      "{} has compute capability {}, and the kernels need {} (Ampere) or newer; --device cpu "
      "measures the CPU",
      card.name, format_capability(std::to_string(card.compute_capability.value_or(0))),
      format_capability(std::to_string(kOldestCapability)));
}

std::string format_capability(std::string_view architecture) {
  const auto digits = std::min(architecture.find_first_not_of("0123456789"), architecture.size());
  if (digits < 2) return std::string(architecture);
  return fmt::format("{}.{}", architecture.substr(0, digits - 1), architecture.substr(digits - 1));
}

}  // namespace gpugauge
