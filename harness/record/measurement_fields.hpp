#pragma once

// The fields of a measured case (see fields.hpp).

#include <optional>

#include "harness/base/of.hpp"
#include "harness/record/field_rule.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

/// The coverage of every interval in the file (median_interval's default).
inline constexpr double kConfidence = 0.95;

void fields(Of<Case> auto& c, auto&& visit) {
  visit.about(
      "What was measured: its identity in every comparison, together with the semantics version.");
  visit("op", c.op);
  visit("model", c.model, {"The model whose layer this is; empty where the case belongs to none."});
  visit("role", c.role, {"Which of the model's linears; empty for other operations."});
  visit("implementation", c.implementation,
        {.text = "The way to run the operation, as in the case's name.", .not_empty = true});
  visit("cache", c.options.cache,
        {"Where the operands are when a launch begins: cold rotates through buffers that together "
         "exceed the last-level cache five times, and on a card a model's footprint."});
  visit("data", c.options.data,
        {"What the inputs hold: normal is N(0,1), quantised with a true scale."});
  visit(
      "pace", c.options.pace,
      {"How launches follow each other: burst times eight after five seconds of rest and one more "
       "launch; absent: without a break."});
}

void fields(Of<Work> auto& work, auto&& visit) {
  visit.about("What one launch does at least.");
  visit("flops", work.flops, {"Floating-point (or integer) operations; a multiply-add is two."});
  visit("bytes", work.bytes,
        {"Bytes that must cross device memory; of a transfer or an all-reduce, the link."});
}

void fields(Of<Estimate> auto& estimate_ns, auto&& visit) {
  visit.about(
      "Device time of one launch, in nanoseconds: the median of the samples and its interval.");
  visit("median", estimate_ns.value,
        {.text = "Median, in nanoseconds.", .above = 0, .decimals = kEstimateNsDecimals});
  visit("low", estimate_ns.low,
        {.text = "Lower end of the interval, in nanoseconds.", .decimals = kEstimateNsDecimals});
  visit("high", estimate_ns.high,
        {.text = "Upper end of the interval, in nanoseconds.",
         .above = 0,
         .decimals = kEstimateNsDecimals});
  visit.constant("confidence", kConfidence,
                 {.text = "Nominal coverage of the interval, from order statistics; with fewer "
                          "than six samples the interval is their whole range.",
                  .above = 0,
                  .below = 1});
}

void fields(Of<SampleColumns> auto& samples, auto&& visit) {
  visit.about(
      "The timed replays, by column: entry i of each column belongs to sample i. A column that the "
      "device does not know is left out.");
  visit.column("time_ns", samples.time_ns,
               {.text = "Device time of one launch, in nanoseconds.",
                .above = 0,
                .decimals = kSampleNsDecimals});
  visit.column("clock_mhz", samples.clock_mhz,
               {.text = "Core clock, in MHz.", .decimals = kMhzDecimals});
  visit.column("memory_clock_mhz", samples.memory_clock_mhz,
               {.text = "Memory clock, in MHz.", .decimals = kMhzDecimals});
  visit.column("power_w", samples.power_w,
               {.text = "Power of the board as the driver tells it, in watts; on most cards since "
                        "Ampere the mean of the last second, which may have begun before the case.",
                .decimals = kWattDecimals});
  visit.column(
      "temperature_c", samples.temperature_c,
      {.text = "Temperature, in degrees Celsius.", .any_sign = true, .decimals = kCelsiusDecimals});
  visit.column("memory_temperature_c", samples.memory_temperature_c,
               {.text = "Temperature of the HBM, in degrees Celsius.",
                .any_sign = true,
                .decimals = kCelsiusDecimals});
  visit.column(
      "steal_percent", samples.steal_percent,
      {.text = "CPU time that the hypervisor took away, in percent of the sample's wall time.",
       .decimals = kPercentDecimals});
  visit.column("wait_percent", samples.wait_percent,
               {.text = "Time that the measuring threads waited for a CPU which other programs "
                        "had, in percent of the sample's wall time.",
                .decimals = kPercentDecimals});
  visit.column(
      "throttle_reasons", samples.throttle_reasons,
      {"NVML clock-event reasons, a bit mask. Files of before 2026-12 leave the column out where "
       "all are 0 as well."});
}

void fields(Of<Verification> auto& verification, auto&& visit) {
  visit.about("The comparison of the timed buffers with a high-precision reference.");
  visit("passed", verification.passed,
        {"Whether it passed; always true where origin is measured."});
  visit("max_error", verification.max_error,
        {"Worst absolute error over its own bound, without unit; 1 is the limit."});
  visit("relative_error", verification.relative_error,
        {"Relative error in the 2-norm over the checked elements, without unit."});
  visit("checked", verification.checked, {"Elements that were compared."});
  visit("reason", verification.reason, {"Why it failed; empty if it passed."});
}

/// Our part of an entry of `benchmarks`; name and repetition stand beside it.
void fields(Of<Measurement> auto& m, auto&& visit) {
  visit.about("gpugauge's part of an entry.");
  visit.group("case", [&](auto&& inner) {
    fields(m.c, inner);
    inner("semantics_version", m.semantics_version,
          {.text = "Raised when the meaning of the number changes; never compare across it.",
           .least = 1});
    inner("library", m.is_library, {"Whether a framework would run this implementation today."});
    inner("quantizes_input", m.quantizes_input,
          {"Whether a GEMM takes a BF16 input and quantises it inside its time; absent: no."});
    inner("overlaps_itself", m.overlaps_itself,
          {"Whether each launch began while the one before it ended, so that its time is no part "
           "of a sum with other ops; absent: no."});
  });
  visit("work", m.work);
  visit("time_ns", m.time_ns);
  visit("burst_time_ns", m.burst_time_ns,
        {.text = "Median of the first replays after idle, in nanoseconds, where it differs from "
                 "the sustained one.",
         .above = 0,
         .decimals = kEstimateNsDecimals});
  visit("stop", m.stop, {"Why sampling ended."});
  visit.group("samples", [&](auto&& inner) {
    inner("launches_per_sample", m.launches_per_sample,
          {.text = "Launches that one sample times together.", .least = 1});
    inner("buffer_sets", m.buffer_sets,
          {.text = "Sets of buffers that the launches rotated through. Not in files of before "
                   "2026-12.",
           .least = 1});
    inner("count", m.sample_count, {"Samples taken; the length of every column."});
    fields(m.samples, inner);
  });
  visit.group("telemetry", [&](auto&& inner) {
    inner.about("The device while it was sampled.");
    inner("clock_mhz", m.clock_mhz,
          {.text = "Median core clock, in MHz.", .decimals = kMhzDecimals});
    inner(
        "kernel_clock_mhz", m.kernel_clock_mhz,
        {.text = "Median core clock over the last launches of the samples, in MHz, from the cycles "
                 "and nanoseconds that the kernel itself counted around its work; only of kernels "
                 "that do. Where both are known it is the better one: a reading of the driver may "
                 "be 20 ms old.",
         .above = 0,
         .decimals = kMhzDecimals});
    inner("mean_power_w", m.mean_power_w,
          {.text = "Mean power of the board over warm-up and samples, in watts: from its energy "
                   "counter, or from readings without delay; left out where the loop was too short "
                   "for either. Not in files of before 2026-12, whose power_w was the median of "
                   "readings of which each may be the mean of the second before.",
           .decimals = kWattDecimals});
    inner("temperature_max_c", m.temperature_max_c,
          {.text = "Highest temperature, in degrees Celsius.",
           .any_sign = true,
           .decimals = kCelsiusDecimals});
    inner("memory_temperature_max_c", m.memory_temperature_max_c,
          {.text = "Highest temperature of the HBM, in degrees Celsius.",
           .any_sign = true,
           .decimals = kCelsiusDecimals});
  });
  visit("verification", m.verification);
  visit("flags", m.flags, {.text = "What to know before using the number.", .unique = true});
  visit("details", m.details,
        {"What the implementation chose, for people; empty if there was no choice."});
  visit("origin", m.origin, {"Where the number comes from."});
}

/// An entry of `benchmarks`, as Google Benchmark writes a run. Only device time was measured, so
/// that it stands for the CPU time as well, which some readers insist on.
struct BenchmarkEntry {
  const Measurement& m;
  std::size_t family_index = 0;  ///< number of the case in the file
  int repetitions = 1;           ///< entries of this case

  std::optional<double> bytes_per_second() const { return positive(m.gbps() * 1e9); }
  std::optional<double> flops_per_second() const { return positive(m.tflops() * 1e12); }

 private:
  static std::optional<double> positive(double rate) {
    return rate > 0 ? std::optional(rate) : std::nullopt;
  }
};

/// Written only: what is read of an entry are name, repetition and our part.
void fields(Of<BenchmarkEntry> auto& entry, auto&& visit) {
  const Measurement& m = entry.m;
  visit.about(
      "A case that was measured, as Google Benchmark writes a run. Further counters may stand "
      "here.");
  visit("name", m.name, {.text = "The case's name.", .not_empty = true});
  visit("family_index", entry.family_index, {"Number of the case in the file."});
  visit.fixed("per_family_instance_index", 0,
              {"Google Benchmark's number within a family; every case is its own."});
  visit("run_name", m.name, {.text = "The case's name.", .not_empty = true});
  visit.fixed("run_type", "iteration", {"Never an aggregate."});
  visit("repetitions", entry.repetitions, {.text = "Entries of this case.", .least = 1});
  visit("repetition_index", m.repetition, {"Which of them this is."});
  visit.fixed("threads", 1,
              {"Google Benchmark's threads; those of an implementation are its own."});
  visit.constant("iterations", m.launches_per_sample * m.sample_count,
                 {"Launches that were timed, all samples together."});
  visit("real_time", m.time_ns.value,
        {.text = "Device time of one launch, in time_unit: the median.",
         .above = 0,
         .decimals = kEstimateNsDecimals});
  visit("cpu_time", m.time_ns.value,
        {.text = "The same as real_time, for readers that insist on it: host time is not measured.",
         .above = 0,
         .decimals = kEstimateNsDecimals});
  visit.fixed("time_unit", "ns", {"Nanoseconds."});
  visit("bytes_per_second", entry.bytes_per_second(),
        {.text = "Bytes of work over the median time, in bytes per second (decimal).", .above = 0});
  visit("flops_per_second", entry.flops_per_second(),
        {.text = "Operations of work over the median time, per second.", .above = 0});
  visit("gpugauge", m);
}

void fields(Of<NotMeasured> auto& n, auto&& visit) {
  visit.about("A planned case that has no number.");
  visit("name", n.name, {.text = "The case's name.", .not_empty = true});
  visit("status", n.status,
        {"unsupported: the device or library cannot run it; failed: it could not be run; "
         "crashed: it killed the process or the device's context in it; hung: it did not end; "
         "verification_failed: it computed something wrong; refused: its rate is more than the "
         "memory pins or the multiprocessors of the device can do."});
  visit("reason", n.reason, {"One line for people."});
}

}  // namespace gpugauge
