#include "harness/config/price_formats.hpp"

#include <fmt/format.h>

#include <cmath>

namespace gpugauge {

bool is_no_price(double dollars) {
  // skypilot-org/skypilot-catalog has 0.00 and 99999999, which nobody pays.
  constexpr double kFewest = 1e5, kMost = 1e12;  // a double still holds the last nine
  const double after = std::floor(dollars) + 1;
  return dollars == 0 || (after >= kFewest && after <= kMost &&
                          after == std::pow(10, std::round(std::log10(after))));
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
