#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// What is held against another: result files of one model of card.
struct Side {
  std::string label;                   ///< as the user named it
  std::vector<const Record*> records;  ///< not empty; they must outlive what is made from them
  const Datasheet* datasheet = nullptr;
  std::optional<double> dollars_per_gpu_hour;

  const DeviceInfo& device() const { return records.front()->device; }
};

/// The card could not hold its clock while it was measured: heat, power or the hardware itself.
bool is_throttled(const Measurement& measurement);

/// Why a case of a side cannot be compared with anything.
enum class Unusable : std::uint8_t {
  kNo,
  kNotVerified,
  kNoTime,          ///< not a positive time inside its interval
  kMixedSemantics,  ///< its runs do not mean the same thing
};

/// One case of a side: all its runs, which are the repetitions of every file.
struct CaseRuns {
  struct Run {
    std::size_t record;  ///< index into the side's
    const Measurement* measurement;
  };
  std::vector<Run> runs;  ///< not empty
  Unusable unusable = Unusable::kNo;
  /// Of one run its own median and interval. Of several the median of their medians; the interval
  /// is that of the order statistics of the medians from six runs on (`median_interval`), and below
  /// from the lowest end of a run's interval to the highest.
  Estimate time_ns;
  std::vector<double> sorted_ns;  ///< the samples of all runs; empty if they were not read
  int sample_count = 0;
  std::optional<double> clock_mhz, power_w;  ///< medians over the runs that know them
  bool throttled = false;                    ///< in any run

  const Measurement& first() const { return *runs.front().measurement; }
  const std::string& name() const { return first().name; }
};

/// The cases of a side by name, in the order in which they were first met.
class CaseTable {
 public:
  explicit CaseTable(const Side& side);

  const std::vector<CaseRuns>& cases() const { return cases_; }
  /// Null if the side has no number for it.
  const CaseRuns* find(std::string_view name) const;

 private:
  std::vector<CaseRuns> cases_;
  std::unordered_map<std::string_view, std::size_t> index_;
};

}  // namespace gpugauge
