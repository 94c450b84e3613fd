#include "harness/device/quota_watch.hpp"

#include <fmt/format.h>

#include <utility>

namespace gpugauge {

QuotaWatch::QuotaWatch(std::filesystem::path root)
    : root_(std::move(root)), before_(read_cgroup_throttling(root_)) {}

std::optional<std::string> QuotaWatch::report() const {
  const auto now = read_cgroup_throttling(root_);
  if (!now) return std::nullopt;
  const CgroupThrottling before = before_.value_or(CgroupThrottling{});
  const double throttled = now->throttled_periods - before.throttled_periods;
  if (throttled <= 0) return std::nullopt;
  return fmt::format(
      "the control group's quota of {:.3g} CPUs stopped the threads in {:.0f} of {:.0f} periods",
      read_cgroup_limits(root_).cpus.value_or(0), throttled, now->periods - before.periods);
}

}  // namespace gpugauge
