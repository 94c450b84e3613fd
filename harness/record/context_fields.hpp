#pragma once

// The fields of a file's context (see fields.hpp).

#include <optional>
#include <string_view>

#include "harness/base/of.hpp"
#include "harness/record/emulated.hpp"
#include "harness/record/field_rule.hpp"
#include "harness/record/record.hpp"

namespace gpugauge {

inline constexpr std::string_view kUtcTime =
                                      "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
                                  kUtcTimeOrNone =
                                      "^$|^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
                                  kSha256OrNone = "^([0-9a-f]{64})?$";

void fields(Of<CardHealth> auto& health, auto&& visit) {
  visit.about(
      "What a card said of its health as a session began or ended. What it or its driver does not "
      "say is left out.");
  visit("corrected_errors", health.corrected_errors,
        {"Corrected ECC errors since the driver was loaded."});
  visit("uncorrected_errors", health.uncorrected_errors,
        {"Uncorrected ECC errors since the driver was loaded."});
  visit("lifetime_corrected_errors", health.lifetime_corrected_errors,
        {"Corrected ECC errors over the card's life."});
  visit("lifetime_uncorrected_errors", health.lifetime_uncorrected_errors,
        {"Uncorrected ECC errors over the card's life."});
  visit("rows_remapped_corrected", health.rows_remapped_corrected,
        {"Memory rows replaced after corrected errors."});
  visit("rows_remapped_uncorrected", health.rows_remapped_uncorrected,
        {"Memory rows replaced after uncorrected errors."});
  visit("remap_pending", health.remap_pending, {"A row is replaced at the next reset."});
  visit("remap_failed", health.remap_failed,
        {"A row could not be replaced, once over the card's lifetime."});
  visit("xids", health.xids,
        {"Numbers of the driver's errors (XID) since the device was opened, each once."});
}

void fields(Of<Session> auto& session, auto&& visit) {
  visit.about("One process that contributed; a resumed run has several.");
  visit("started_utc", session.started_utc, {.text = "UTC, ISO 8601.", .pattern = kUtcTime});
  visit("ended_utc", session.ended_utc,
        {.text = "UTC, ISO 8601; empty where the process was killed.", .pattern = kUtcTimeOrNone});
  visit("argv", session.argv, {"Its command line."});
  visit("health_before", session.health_before);
  visit("health_after", session.health_after);
}

void fields(Of<DeviceInfo> auto& device, auto&& visit) {
  visit.about("The device that ran the cases. What it or its driver does not say is left out.");
  visit("id", device.id, {.text = "cpu or cuda:N.", .pattern = "^(cpu|cuda:[0-9]+)$"});
  visit("backend", device.backend, {"What runs it."});
  visit("name", device.name, {"As the vendor spells it."});
  visit("memory_bytes", device.memory_bytes, {"Memory, in bytes."});
  visit("cache_bytes", device.cache_bytes, {"Last-level cache, in bytes."});
  visit("compute_units", device.compute_units, {"SMs, or cores that are used."});
  visit("features", device.features,
        {"Instructions that matter for types, e.g. avx512_bf16, sm_90."});
  visit("max_clock_mhz", device.max_clock_mhz,
        {.text = "Highest core clock, in MHz.", .decimals = kMhzDecimals});
  visit("application_clock_mhz", device.application_clock_mhz,
        {.text = "Core clock that was set for applications, in MHz.", .decimals = kMhzDecimals});
  visit("default_application_clock_mhz", device.default_application_clock_mhz,
        {.text = "That clock as the card comes, in MHz.", .decimals = kMhzDecimals});
  visit("max_memory_clock_mhz", device.max_memory_clock_mhz,
        {.text = "Highest memory clock, in MHz.", .decimals = kMhzDecimals});
  visit("memory_bus_bits", device.memory_bus_bits, {"Width of the memory bus, in bits."});
  visit("pin_rate_gbps", device.pin_rate_gbps,
        {"2 x memory clock x bus width / 8: what the pins can carry, in GB/s (decimal)."});
  visit("uuid", device.uuid, {"UUID."});
  visit("pci_bus_id", device.pci_bus_id, {"PCI bus id."});
  visit("pcie_generation", device.pcie_generation,
        {"Highest PCIe generation that the card and its slot agree on."});
  visit("pcie_current_generation", device.pcie_current_generation,
        {"PCIe generation when the run began; lower while the link is idle."});
  visit("pcie_width", device.pcie_width, {"PCIe lanes in use."});
  visit("pcie_max_width", device.pcie_max_width, {"PCIe lanes that the card and its slot have."});
  visit("compute_capability", device.compute_capability,
        {"CUDA compute capability times ten, e.g. 90."});
  visit("driver_version", device.driver_version, {"Driver."});
  visit("runtime_version", device.runtime_version, {"CUDA runtime."});
  visit("vbios_version", device.vbios_version, {"VBIOS."});
  visit("power_limit_w", device.power_limit_w,
        {.text = "Power limit in force, in watts.", .decimals = kWattDecimals});
  visit("default_power_limit_w", device.default_power_limit_w,
        {.text = "Power limit as the card comes, in watts.", .decimals = kWattDecimals});
  visit("ecc_enabled", device.ecc_enabled,
        {"Error-correcting memory; left out of cards without it."});
  visit("mig_enabled", device.mig_enabled, {"Multi-instance GPU; left out of cards without it."});
  visit("other_processes", device.other_processes, {"Other compute processes on the device."});
  visit("governor", device.governor, {"CPU frequency governor."});
  visit("hypervisor", device.hypervisor, {"The virtual machine monitor, if there is one."});
}

void fields(Of<HostCache> auto& cache, auto&& visit) {
  visit.about("One cache of the host.");
  visit("type", cache.type, {"Data, Instruction or Unified."});
  visit("level", cache.level, {"Level."});
  visit("size", cache.size_bytes, {"Size, in bytes."});
  visit("num_sharing", cache.num_sharing, {"Hardware threads that share it."});
}

/// `context` of the file: Google Benchmark's own keys, then our part.
void fields(Of<Record> auto& record, auto&& visit) {
  visit.about(
      "Google Benchmark's context. Further keys may stand here, but json_schema_version must not: "
      "compare.py refuses versions that it does not know.");
  auto& p = record.provenance;
  const bool started = !p.sessions.empty();
  visit.constant("date", started ? p.sessions.front().started_utc : std::string(),
                 {.text = "Start of the run: UTC, ISO 8601.", .pattern = kUtcTime});
  visit("host_name", p.host_name, {"Host name."});
  visit.constant(
      "executable",
      started && !p.sessions.front().argv.empty() ? p.sessions.front().argv.front() : std::string(),
      {"The program, as it was called."});
  visit("num_cpus", p.cpu_count, {"Hardware threads of the host."});
  visit("mhz_per_cpu", p.benchmark_host.mhz_per_cpu,
        {.text = "Nominal clock of the host's processor, in MHz.", .decimals = 0});
  visit("cpu_scaling_enabled", p.benchmark_host.cpu_scaling_enabled,
        {"Whether the host changes its clock."});
  visit("caches", p.benchmark_host.caches, {"Caches of the host."});
  visit("load_avg", p.benchmark_host.load_avg,
        {.text = "Load averages of the host, without unit.", .decimals = 2});
  // Of the library that owns the timed loop, which is ours.
  visit.constant(
      "library_build_type", std::string(p.build_type == "Debug" ? "debug" : "release"),
      {.text = "How the code that owns the timed loop was built.", .pattern = "^(debug|release)$"});
  visit.group("gpugauge", [&](auto&& ours) {
    ours.about("gpugauge's part of the context.");
    ours.fixed("schema_version", Record::kSchemaVersion, {"Version of this schema."});
    ours("run_id", p.run_id, {.text = "UUID of the run.", .not_empty = true});
    ours.constant("complete", record.complete(),
                  {"Whether every planned case has a number or a reason why it has none."});
    ours.constant("emulated", is_emulated(record.device) ? std::optional(true) : std::nullopt,
                  {"True of a card in software, where nothing is measured; else left out."});
    ours.group("suite", [&](auto&& suite) {
      suite.about("What was asked for.");
      suite("name", p.suite, {"The suite's name."});
      suite("path", p.suite_path, {"The file it was read from."});
      suite("sha256", p.suite_sha256,
            {.text = "SHA-256 of that file, hexadecimal; empty if it was not taken.",
             .pattern = kSha256OrNone});
    });
    ours("contexts", p.contexts, {"Tokens of KV cache that the suite makes its token tables for."});
    ours("sessions", p.sessions,
         {.text = "The processes that contributed, in order.", .some = true});
    ours("wall_seconds", p.wall_seconds,
         {.text = "Duration of the whole run, in seconds.", .decimals = kSecondsDecimals});
    ours("measured_seconds", p.measured_seconds,
         {.text = "Of it, inside warm-up and timed replays, in seconds.",
          .decimals = kSecondsDecimals});
    ours("device", record.device);
    ours.group("host", [&](auto&& host) {
      host.about("The machine around the device.");
      host("os", p.os, {"Operating system."});
      host("kernel", p.kernel, {"Kernel release."});
      host("container", p.container, {"What the process ran in; empty if nothing said so."});
      host("cpu_name", p.cpu_name, {"Processor."});
    });
    ours.group("software", [&](auto&& software) {
      software.about("What measured.");
      software("gpugauge_version", p.gpugauge_version, {"Version."});
      software("git_sha", p.git_sha, {"Commit it was built from."});
      software("git_dirty", p.git_dirty, {"Whether tracked files differed from that commit."});
      software("executable_sha256", p.executable_sha256,
               {.text = "SHA-256 of the program, hexadecimal; empty if it was not taken.",
                .pattern = kSha256OrNone});
      software("compiler", p.compiler, {"Compiler and its version."});
      software("compiler_flags", p.compiler_flags, {"Its flags."});
      software("build_type", p.build_type, {"CMake build type."});
      software("libraries", p.libraries,
               {"Versions of the libraries that matter to the numbers, by name."});
    });
    ours("planned", record.planned,
         {.text = "Names of all cases of the plan, in its order.",
          .not_empty = true,
          .unique = true});
    ours("not_measured", record.not_measured,
         {"The planned cases without a number, which are never in benchmarks."});
  });
}

}  // namespace gpugauge
