#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "harness/device/cgroup.hpp"

namespace gpugauge {

/// What a CPU quota did to this process while this lived.
class QuotaWatch {
 public:
  explicit QuotaWatch(std::filesystem::path root = "/");
  /// `the control group's quota of 0.5 CPUs stopped the threads in 39 of 40 periods`; nothing where
  /// it did not.
  std::optional<std::string> report() const;

 private:
  std::filesystem::path root_;
  std::optional<CgroupThrottling> before_;
};

}  // namespace gpugauge
