#pragma once

// What a result file says, once for both directions: each `fields` names the keys of one object and
// the member that each stands for (an op's stand in kernels/ops). The writer's visitor takes the
// values, the reader's sets them.
//
// A visitor is called as visit(key, member[, decimals]); `decimals` is where the writer rounds. It
// offers `group` (an object without a struct of its own), `column` (samples: left out where the
// device does not know them) and `constant` (written, not read).

#include <string_view>

#include "harness/base/of.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

// Where digits end that only cost space: 0.01 ns is far below any timer's resolution.
inline constexpr int kSampleNsDecimals = 2;
inline constexpr int kEstimateNsDecimals = 3;  // the median of an even count lies between two
inline constexpr int kMhzDecimals = 1;
inline constexpr int kWattDecimals = 2;
inline constexpr int kCelsiusDecimals = 1;
inline constexpr int kPercentDecimals = 2;
inline constexpr int kSecondsDecimals = 3;

/// The coverage of every interval in the file (median_interval's default).
inline constexpr double kConfidence = 0.95;

void fields(Of<Case> auto& c, auto&& visit) {
  visit("op", c.op);
  visit("model", c.model);
  visit("role", c.role);
  visit("implementation", c.implementation);
  visit("cache", c.options.cache);
  visit("data", c.options.data);
}

void fields(Of<Work> auto& work, auto&& visit) {
  visit("flops", work.flops);
  visit("bytes", work.bytes);
}

void fields(Of<Estimate> auto& estimate_ns, auto&& visit) {
  visit("median", estimate_ns.value, kEstimateNsDecimals);
  visit("low", estimate_ns.low, kEstimateNsDecimals);
  visit("high", estimate_ns.high, kEstimateNsDecimals);
  visit.constant("confidence", kConfidence);
}

void fields(Of<SampleColumns> auto& samples, auto&& visit) {
  visit.column("time_ns", samples.time_ns, kSampleNsDecimals);
  visit.column("clock_mhz", samples.clock_mhz, kMhzDecimals);
  visit.column("memory_clock_mhz", samples.memory_clock_mhz, kMhzDecimals);
  visit.column("power_w", samples.power_w, kWattDecimals);
  visit.column("temperature_c", samples.temperature_c, kCelsiusDecimals);
  visit.column("steal_percent", samples.steal_percent, kPercentDecimals);
  visit.column("wait_percent", samples.wait_percent, kPercentDecimals);
  visit.column("throttle_reasons", samples.throttle_reasons);
}

void fields(Of<Verification> auto& verification, auto&& visit) {
  visit("passed", verification.passed);
  visit("max_error", verification.max_error);
  visit("relative_error", verification.relative_error);
  visit("checked", verification.checked);
  visit("reason", verification.reason);
}

/// Our part of an entry of `benchmarks`; name and repetition stand beside it.
void fields(Of<Measurement> auto& m, auto&& visit) {
  visit.group("case", [&](auto&& inner) {
    fields(m.c, inner);
    inner("semantics_version", m.semantics_version);
    inner("library", m.is_library);
  });
  visit("work", m.work);
  visit("time_ns", m.time_ns);
  visit("burst_time_ns", m.burst_time_ns, kEstimateNsDecimals);
  visit("stop", m.stop);
  visit.group("samples", [&](auto&& inner) {
    inner("launches_per_sample", m.launches_per_sample);
    inner("count", m.sample_count);
    fields(m.samples, inner);
  });
  visit.group("telemetry", [&](auto&& inner) {
    inner("clock_mhz", m.clock_mhz, kMhzDecimals);
    inner("power_w", m.power_w, kWattDecimals);
    inner("temperature_max_c", m.temperature_max_c, kCelsiusDecimals);
  });
  visit("verification", m.verification);
  visit("flags", m.flags);
  visit("details", m.details);
  visit("origin", m.origin);
}

void fields(Of<NotMeasured> auto& n, auto&& visit) {
  visit("name", n.name);
  visit("status", n.status);
  visit("reason", n.reason);
}

void fields(Of<CardHealth> auto& health, auto&& visit) {
  visit("corrected_errors", health.corrected_errors);
  visit("uncorrected_errors", health.uncorrected_errors);
  visit("lifetime_corrected_errors", health.lifetime_corrected_errors);
  visit("lifetime_uncorrected_errors", health.lifetime_uncorrected_errors);
  visit("rows_remapped_corrected", health.rows_remapped_corrected);
  visit("rows_remapped_uncorrected", health.rows_remapped_uncorrected);
  visit("remap_pending", health.remap_pending);
  visit("remap_failed", health.remap_failed);
  visit("xids", health.xids);
}

void fields(Of<Session> auto& session, auto&& visit) {
  visit("started_utc", session.started_utc);
  visit("ended_utc", session.ended_utc);
  visit("argv", session.argv);
  visit("health_before", session.health_before);
  visit("health_after", session.health_after);
}

void fields(Of<DeviceInfo> auto& device, auto&& visit) {
  visit("id", device.id);
  visit("backend", device.backend);
  visit("name", device.name);
  visit("memory_bytes", device.memory_bytes);
  visit("cache_bytes", device.cache_bytes);
  visit("compute_units", device.compute_units);
  visit("features", device.features);
  visit("max_clock_mhz", device.max_clock_mhz, kMhzDecimals);
  visit("max_memory_clock_mhz", device.max_memory_clock_mhz, kMhzDecimals);
  visit("memory_bus_bits", device.memory_bus_bits);
  visit("pin_rate_gbps", device.pin_rate_gbps);
  visit("uuid", device.uuid);
  visit("pci_bus_id", device.pci_bus_id);
  visit("pcie_generation", device.pcie_generation);
  visit("pcie_current_generation", device.pcie_current_generation);
  visit("pcie_width", device.pcie_width);
  visit("pcie_max_width", device.pcie_max_width);
  visit("compute_capability", device.compute_capability);
  visit("driver_version", device.driver_version);
  visit("runtime_version", device.runtime_version);
  visit("vbios_version", device.vbios_version);
  visit("power_limit_w", device.power_limit_w, kWattDecimals);
  visit("default_power_limit_w", device.default_power_limit_w, kWattDecimals);
  visit("ecc_enabled", device.ecc_enabled);
  visit("mig_enabled", device.mig_enabled);
  visit("other_processes", device.other_processes);
  visit("governor", device.governor);
  visit("hypervisor", device.hypervisor);
}

void fields(Of<HostCache> auto& cache, auto&& visit) {
  visit("type", cache.type);
  visit("level", cache.level);
  visit("size", cache.size_bytes);
  visit("num_sharing", cache.num_sharing);
}

/// `context` of the file: Google Benchmark's own keys, then our part.
void fields(Of<Record> auto& record, auto&& visit) {
  auto& p = record.provenance;
  const bool started = !p.sessions.empty();
  visit.constant("date", started ? p.sessions.front().started_utc : std::string());
  visit("host_name", p.host_name);
  visit.constant("executable", started && !p.sessions.front().argv.empty()
                                   ? p.sessions.front().argv.front()
                                   : std::string());
  visit("num_cpus", p.cpu_count);
  visit("mhz_per_cpu", p.benchmark_host.mhz_per_cpu, 0);
  visit("cpu_scaling_enabled", p.benchmark_host.cpu_scaling_enabled);
  visit("caches", p.benchmark_host.caches);
  visit("load_avg", p.benchmark_host.load_avg, 2);
  // Of the library that owns the timed loop, which is ours.
  visit.constant("library_build_type", std::string(p.build_type == "Debug" ? "debug" : "release"));
  visit.group("gpugauge", [&](auto&& ours) {
    ours.constant("schema_version", Record::kSchemaVersion);
    ours("run_id", p.run_id);
    ours.constant("complete", record.complete());
    ours.group("suite", [&](auto&& suite) {
      suite("name", p.suite);
      suite("path", p.suite_path);
      suite("sha256", p.suite_sha256);
    });
    ours("contexts", p.contexts);
    ours("sessions", p.sessions);
    ours("wall_seconds", p.wall_seconds, kSecondsDecimals);
    ours("measured_seconds", p.measured_seconds, kSecondsDecimals);
    ours("device", record.device);
    ours.group("host", [&](auto&& host) {
      host("os", p.os);
      host("kernel", p.kernel);
      host("container", p.container);
      host("cpu_name", p.cpu_name);
    });
    ours.group("software", [&](auto&& software) {
      software("gpugauge_version", p.gpugauge_version);
      software("git_sha", p.git_sha);
      software("git_dirty", p.git_dirty);
      software("executable_sha256", p.executable_sha256);
      software("compiler", p.compiler);
      software("compiler_flags", p.compiler_flags);
      software("build_type", p.build_type);
      software("libraries", p.libraries);
    });
    ours("planned", record.planned);
    ours("not_measured", record.not_measured);
  });
}

}  // namespace gpugauge
