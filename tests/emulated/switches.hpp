#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "tests/emulated/card.hpp"

/// What goes wrong on the emulated card: every environment variable EMULATED_*, read in one place.
namespace gpugauge::emulated {

struct Switches {
  /// EMULATED_CARD: the key of one of cards(); h100-sxm where it is not set.
  const Card* card = nullptr;
  /// EMULATED_L2_BYTES: the last-level cache in place of the card's own. Cold cases rotate through
  /// five times as much, which at a card's true size takes minutes.
  std::optional<std::int64_t> l2_bytes;
  /// EMULATED_DEVICES: cards in the machine, 1 to 8.
  int devices = 1;
  /// EMULATED_CRASH: a kernel whose name holds this, or a call of cuBLASLt (`cublasLtMatmul
  /// 64x8x256 algo 66 tile 18 stages 36 split-K 1`), ends with an illegal address, and the context
  /// with it.
  std::string crash;
  /// EMULATED_HANG: a kernel, or a call of cuBLASLt, whose name holds this never ends.
  std::string hang;
  /// EMULATED_GRAPH_LEAVES_OUT: a kernel whose name holds this does nothing in a graph, as if the
  /// capture had been of something else; outside of graphs it works.
  std::string graph_leaves_out;
  /// EMULATED_OUT_OF_MEMORY_BYTES: allocations fail once the sum of those alive exceeds this.
  std::optional<std::int64_t> out_of_memory_bytes;
  /// EMULATED_VANISH_AFTER: the card falls off the bus after so many launches of kernels.
  std::optional<std::int64_t> vanish_after_launches;

  /// EMULATED_START_ERROR: the CUDA error of every call that needs a driver (35: driver too old,
  /// 802: the fabric manager does not run, 999: unknown).
  int start_error = 0;
  /// EMULATED_DRIVER_VERSION: of cudaDriverGetVersion, 13000 for 13.0; 0 is no driver.
  int driver_version = 13000;

  /// EMULATED_NO_NVML=1: nvmlInit_v2 answers that the driver is not loaded.
  bool no_nvml = false;
  /// EMULATED_NVML_NOT_SUPPORTED: functions of NVML without their prefix `nvmlDevice`, and fields
  /// as `field82`, with commas between: each answers NVML_ERROR_NOT_SUPPORTED. `all`: every one.
  std::vector<std::string> nvml_not_supported;
  /// EMULATED_ECC_ERRORS: `3` or `3:1`: corrected (and uncorrected) errors that come with the first
  /// work.
  std::uint64_t corrected_errors = 0, uncorrected_errors = 0;
  /// EMULATED_XID: the event of this number comes with the first work.
  std::optional<int> xid;
  /// EMULATED_THROTTLE: the mask of reasons while the card works, decimal or 0x hexadecimal. Bits
  /// that NVML does not define are allowed.
  std::uint64_t throttle_reasons = 0;
  /// EMULATED_CLOCK_FALL: percent of the clock lost with each second of work.
  double clock_fall_percent_per_second = 0;
  /// EMULATED_APPLICATION_CLOCK_MHZ: the application clock that somebody set; the highest else.
  std::optional<double> application_clock_mhz;

  /// EMULATED_TIME_SCALE: factor on the modelled time of every node; 1 unless set.
  double time_scale = 1;
  /// EMULATED_SEED: of the scatter of times and of the order of blocks.
  std::uint64_t seed = 1;
  /// EMULATED_REPORT: a file that gets what ran (kernels and launches, broken rules, leaks, peak of
  /// memory) when the process ends.
  std::string report;

  /// Whether NVML answers NOT_SUPPORTED to this, as named above.
  bool nvml_lacks(std::string_view function) const;
};

/// From lines `NAME=value`; those whose name does not begin with EMULATED_ are skipped. Throws
/// std::invalid_argument with one line that names the variable, what was found and what was
/// expected.
Switches parse_switches(std::span<const std::string> environment);

/// The process's own, read at the first call. A wrong one is printed and ends the process with 2.
const Switches& switches();

}  // namespace gpugauge::emulated
