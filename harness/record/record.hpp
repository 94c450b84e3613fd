#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/enum_table.hpp"
#include "harness/base/flag.hpp"
#include "harness/base/statistics.hpp"
#include "harness/base/verification.hpp"
#include "harness/device/card_health.hpp"
#include "harness/device/device_info.hpp"
#include "harness/plan/case.hpp"

namespace gpugauge {

/// Where a number comes from.
enum class Origin : std::uint8_t {
  kMeasured,
  kInterpolated,  ///< between two that were measured here
  kModelled,
  kImported,  ///< measured by others
  kQuoted,
  kInterpolatedImported,  ///< between two of which one at least is imported
};
struct OriginRow {
  Origin value;
  std::string_view name;
  std::string_view words;  ///< for a reader
};
template <>
struct EnumTable<Origin> {
  static constexpr std::array rows{OriginRow{Origin::kMeasured, "measured", "measured"},
                                   OriginRow{Origin::kInterpolated, "interpolated", "interpolated"},
                                   OriginRow{Origin::kModelled, "modelled", "modelled"},
                                   OriginRow{Origin::kImported, "imported", "imported"},
                                   OriginRow{Origin::kQuoted, "quoted", "quoted"},
                                   OriginRow{Origin::kInterpolatedImported, "interpolated_imported",
                                             "interpolated between imported"}};
};

constexpr bool is_interpolated(Origin origin) {
  return origin == Origin::kInterpolated || origin == Origin::kInterpolatedImported;
}
constexpr bool is_of_imported(Origin origin) {
  return origin == Origin::kImported || origin == Origin::kInterpolatedImported;
}

/// Why sampling ended.
enum class StopReason : std::uint8_t { kConverged, kTimeBudget, kMaxSamples };
template <>
struct EnumTable<StopReason> {
  static constexpr std::array rows{EnumName{StopReason::kConverged, "converged"},
                                   EnumName{StopReason::kTimeBudget, "time_budget"},
                                   EnumName{StopReason::kMaxSamples, "max_samples"}};
};

/// Samples by column, one entry a sample; a column that the device does not know is empty.
struct SampleColumns {
  std::vector<double> time_ns;  ///< device time of one launch
  std::vector<float> clock_mhz;
  std::vector<float> memory_clock_mhz;
  std::vector<float> power_w;
  std::vector<float> temperature_c;
  std::vector<float> memory_temperature_c;
  std::vector<float> steal_percent;
  std::vector<float> wait_percent;
  std::vector<std::uint64_t> throttle_reasons;
};

/// A case that was measured and verified.
struct Measurement {
  std::string name;  ///< `case_name(c)`
  Case c;
  int semantics_version = 1;
  bool is_library = false;  ///< what a framework would run today
  /// Of a GEMM: whether it takes a BF16 input and quantises it inside its time.
  std::optional<bool> quantizes_input;  ///< absent: no
  /// Whether each launch began while the one before it ended.
  std::optional<bool> overlaps_itself;  ///< absent: no
  Work work{};
  Estimate time_ns;  ///< of one launch: median and its 95% interval
  std::optional<double>
      burst_time_ns;  ///< median of the first replays after idle, where it differs
  StopReason stop = StopReason::kConverged;
  std::int64_t launches_per_sample = 1;
  std::optional<std::int64_t> buffer_sets;  ///< that the launches rotated through
  int sample_count = 0;
  std::optional<double> clock_mhz;         ///< median over the samples, as the driver told it
  std::optional<double> kernel_clock_mhz;  ///< as the kernel measured it
  /// Over warm-up and samples, from the card's energy counter or readings without delay. What
  /// `samples.power_w` holds may be of the second before.
  std::optional<double> mean_power_w;
  std::optional<double> temperature_max_c, memory_temperature_max_c;
  SampleColumns samples;  ///< empty if the file was read without them
  Verification verification;
  std::vector<Flag> flags;
  std::string details;  ///< what the implementation chose
  int repetition = 0;
  Origin origin = Origin::kMeasured;

  /// The best that is known of the clock at which it ran.
  std::optional<double> core_clock_mhz() const {
    return kernel_clock_mhz ? kernel_clock_mhz : clock_mhz;
  }
  /// Whether its time may be used: verified, or imported. What others measured was not verified as
  /// ours is; its label says that it is theirs.
  bool counts() const { return verification.passed || origin == Origin::kImported; }
  double gbps() const { return time_ns.value > 0 ? work.bytes / time_ns.value : 0.0; }
  double tflops() const { return time_ns.value > 0 ? work.flops / time_ns.value / 1e3 : 0.0; }
};

/// Why a planned case has no number.
enum class NotMeasuredStatus : std::uint8_t {
  kUnsupported,         ///< the device or library cannot run it
  kFailed,              ///< it could not be run: out of memory, a launch error
  kCrashed,             ///< it killed its process, or the context of the device in it
  kHung,                ///< the device was still at work on it when its time was over
  kVerificationFailed,  ///< it computed something wrong
  kRefused,             ///< its rate is more than the silicon can do (silicon.hpp)
};
template <>
struct EnumTable<NotMeasuredStatus> {
  static constexpr std::array rows{
      EnumName{NotMeasuredStatus::kUnsupported, "unsupported"},
      EnumName{NotMeasuredStatus::kFailed, "failed"},
      EnumName{NotMeasuredStatus::kCrashed, "crashed"},
      EnumName{NotMeasuredStatus::kHung, "hung"},
      EnumName{NotMeasuredStatus::kVerificationFailed, "verification_failed"},
      EnumName{NotMeasuredStatus::kRefused, "refused"}};
};

struct NotMeasured {
  std::string name;
  NotMeasuredStatus status = NotMeasuredStatus::kFailed;
  std::string reason;
};

/// One process that contributed to a record: a resumed run has several.
struct Session {
  std::string started_utc, ended_utc;
  std::vector<std::string> argv;
  /// Of the card, as the session began and ended; absent of a CPU and where nobody looked.
  std::optional<CardHealth> health_before = std::nullopt, health_after = std::nullopt;
};

/// One cache of the host, as Google Benchmark describes it.
struct HostCache {
  std::string type;  ///< `Data`, `Instruction`, `Unified`
  int level = 0;
  std::int64_t size_bytes = 0;
  int num_sharing = 0;  ///< hardware threads that share it
};

/// What every Google Benchmark file says about its host besides the name and the count of CPUs; the
/// runner fills it from benchmark::CPUInfo.
struct BenchmarkHost {
  double mhz_per_cpu = 0;
  std::optional<bool> cpu_scaling_enabled;  ///< absent where the library cannot tell
  std::vector<HostCache> caches;
  std::vector<double> load_avg;
};

/// Where the numbers come from.
struct Provenance {
  std::string run_id;  ///< UUID
  std::string host_name;
  std::string suite;
  std::string suite_path;
  std::string suite_sha256;
  std::vector<std::int64_t> contexts;
  std::vector<Session> sessions;
  std::string gpugauge_version, git_sha, compiler, compiler_flags, build_type;
  std::string executable_sha256;
  bool git_dirty = false;
  std::vector<std::pair<std::string, std::string>> libraries;  ///< name, version
  std::string os, kernel, cpu_name;
  std::string
      container;  ///< `docker`, `podman`, …: what the process runs in; empty if nothing says
  int cpu_count = 0;
  BenchmarkHost benchmark_host;
  double wall_seconds = 0;  ///< of the sessions that came to their end; a killed one leaves none
  double measured_seconds = 0;  ///< of it, inside warm-up and timed replays
};

/// A result file.
struct Record {
  static constexpr int kSchemaVersion = 1;

  std::filesystem::path path;
  Provenance provenance;
  DeviceInfo device;
  std::vector<std::string> planned;  ///< the names of all cases of the plan
  std::vector<Measurement> measurements;
  std::vector<NotMeasured> not_measured;
  std::vector<std::string>
      warnings;  ///< of the reader: a torn last line, a file that was not finished

  /// Planned cases that have a number or a reason why they have none.
  std::size_t answered_count() const;
  bool complete() const { return answered_count() == planned.size(); }
  /// Whether nothing was measured, and not because the device cannot run it.
  bool has_failed() const;
};

}  // namespace gpugauge
