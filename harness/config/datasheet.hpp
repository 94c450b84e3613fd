#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/dtype.hpp"
#include "harness/device/device_info.hpp"

namespace gpugauge {

/// A number with where it was read.
struct SourcedValue {
  double value;
  std::string source;
};

/// Likewise a word.
struct SourcedText {
  std::string text;
  std::string source;
};

/// One row of a datasheet: a dense arithmetic rate (`dtype` set, TFLOPS) or the memory bandwidth
/// (`dtype` absent, GB/s).
struct DatasheetMetric {
  std::optional<DType> dtype;
  SourcedValue datasheet;
  std::optional<SourcedValue>
      published;     ///< the best credible published measurement; `source` says how
  double pass_mark;  ///< the share of the datasheet under which a card is below par
  /// Of the factors that the file gives, which the datasheet rounds: of the memory what its pins
  /// can carry.
  std::optional<double> product = std::nullopt;
};

/// What a card is said to do, and what good ones of its kind reach.
struct Datasheet {
  std::string name;  ///< `h100-sxm5`: the stem of its file
  std::string title;
  std::vector<std::string> match_names;  ///< exact device names, as the driver spells them
  double memory_gib_min = 0,
         memory_gib_max = 0;  ///< what the driver reports, to tell variants of one name apart
  std::string accelerator;    ///< the price list's AcceleratorName
  std::string form_factor;    ///< the price list's form_factor; may be empty
  std::optional<int> compute_capability;  ///< 90 for 9.0
  std::optional<SourcedValue> memory_gib, tdp_w, sm_count, l2_mib, boost_clock_mhz, nvlink_gbps,
      pcie_gbps, mig_instances;
  /// The highest clock of the SMs that the driver names; at least the boost clock.
  std::optional<SourcedValue> max_clock_mhz;
  std::optional<SourcedText> memory_kind;  ///< `HBM3`
  std::vector<DatasheetMetric> metrics;
};

/// Reads the file of a card. Where it gives the factors of a peak (`bus_bits` and `mhz` of the
/// memory, `flop_per_sm_clock` and `mhz` of an arithmetic rate), the peak is held against their
/// product; what the driver reports (`reported_mib`) against the memory that it is matched by.
/// Throws UsageError.
Datasheet load_datasheet(const std::filesystem::path& file);

/// Its row of a dtype, of the memory where there is none; null where it says nothing of it.
const DatasheetMetric* metric_of(const Datasheet& sheet, std::optional<DType> dtype);

/// What matches both: `'NVIDIA L4' with 21.5 to 24.5 GiB`; nothing if no card can.
std::optional<std::string> matched_by_both(const Datasheet& a, const Datasheet& b);

/// What a card is called: by its datasheet, else as the driver spells it. `sheet` may be null.
const std::string& card_name(const DeviceInfo& device, const Datasheet* sheet);

/// The datasheet of this device by name and memory, or null.
const Datasheet* match_datasheet(const std::vector<Datasheet>& sheets, const DeviceInfo& device);

}  // namespace gpugauge
