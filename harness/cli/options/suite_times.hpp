#pragma once

#include <string>
#include <vector>

#include "harness/config/catalog.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// A card that is only known from its datasheet, so that a run on it can be planned before it is
/// rented.
DeviceInfo planned_device(const Datasheet& sheet);

/// How long the sampling of a whole suite takes on a device.
struct SuiteTime {
  std::string name;
  double seconds = 0;  ///< at most; set-up and verification come on top
};

/// Of every suite of the catalog that measures anything there, the shortest first.
std::vector<SuiteTime> suite_times(const Catalog& catalog, const DeviceInfo& device);

/// `quick 28 s, nightly 6 min 39 s, …`.
std::string in_words(const std::vector<SuiteTime>& times);

}  // namespace gpugauge
