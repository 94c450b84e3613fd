#include "harness/config/price_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace gpugauge {
namespace {

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return result;
}

/// `SXM5`, `PCIe` or `NVL`, as datasheets spell them; empty for any other word.
std::string form_factor_of(std::string_view word) {
  const std::string upper_case = upper(word);
  if (upper_case == "PCIE") return "PCIe";
  if (upper_case == "NVL") return upper_case;
  // SXM, or with its generation: SXM5.
  const bool is_sxm = upper_case.starts_with("SXM") && upper_case.size() <= 4;
  return is_sxm ? upper_case : std::string();
}

constexpr std::string_view kSeparators = "-_ ()";

}  // namespace

std::string form_factor_in(std::string_view name) {
  while (!name.empty()) {
    const std::string_view word = name.substr(0, name.find_first_of(kSeparators));
    if (std::string found = form_factor_of(word); !found.empty()) return found;
    name.remove_prefix(std::min(word.size() + 1, name.size()));
  }
  return {};
}

NamedCard split_card_name(std::string_view name) {
  constexpr std::string_view kNvl = "NVL";
  const auto last = name.find_last_of(kSeparators);
  if (last != std::string_view::npos && last > 0) {
    if (std::string form_factor = form_factor_of(name.substr(last + 1)); !form_factor.empty())
      return {std::string(name.substr(0, last)), std::move(form_factor)};
  } else if (name.size() > kNvl.size() && name.ends_with(kNvl)) {
    return {std::string(name.substr(0, name.size() - kNvl.size())), std::string(kNvl)};
  }
  return {std::string(name), {}};
}

std::string price_problem(double dollars, int gpu_count) {
  // Compared so that NaN fails.
  if (!std::isfinite(dollars) || !(dollars > 0))
    return "expected dollars an hour above 0, like 3.84";
  const double per_gpu = dollars / gpu_count;
  if (per_gpu <= kMaxDollarsPerGpuHour) return {};
  return fmt::format("${:.2f} for each of {} GPUs, expected at most ${:.0f} a GPU-hour", per_gpu,
                     gpu_count, kMaxDollarsPerGpuHour);
}

}  // namespace gpugauge
