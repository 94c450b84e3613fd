#include "tests/unit/record/synthetic.hpp"

#include <tuple>

namespace gpugauge::test {
namespace {

// Structured bindings name every member, so that a struct that grows does not compile here until
// the comparison knows the new one.

auto members(const Work& w) {
  const auto& [flops, bytes] = w;
  return std::tie(flops, bytes);
}
auto members(const Estimate& e) {
  const auto& [value, low, high] = e;
  return std::tie(value, low, high);
}
auto members(const Verification& v) {
  const auto& [passed, max_error, relative_error, checked, reason] = v;
  return std::tie(passed, max_error, relative_error, checked, reason);
}
auto members(const SampleColumns& s) {
  const auto& [time, clock, memory_clock, power, temperature, memory_temperature, steal, wait,
               throttle] = s;
  return std::tie(time, clock, memory_clock, power, temperature, memory_temperature, steal, wait,
                  throttle);
}
auto members(const CaseOptions& o) {
  const auto& [cache, data, pace, cold_bytes] = o;  // the last is the suite's, no part of a case
  return std::tie(cache, data, pace);
}
/// By value, since of one that is absent an empty one is taken.
auto members(const std::optional<CardHealth>& health) {
  const auto [corrected, uncorrected, ever_corrected, ever_uncorrected, rows_corrected,
              rows_uncorrected, pending, failed, xids] = health.value_or(CardHealth());
  return std::tuple(health.has_value(), corrected, uncorrected, ever_corrected, ever_uncorrected,
                    rows_corrected, rows_uncorrected, pending, failed, xids);
}
auto members(const Session& s) {
  const auto& [started, ended, argv, before, after] = s;
  return std::tuple_cat(std::tie(started, ended, argv), members(before), members(after));
}
auto members(const HostCache& c) {
  const auto& [type, level, size, sharing] = c;
  return std::tie(type, level, size, sharing);
}
auto members(const NotMeasured& n) {
  const auto& [name, status, reason] = n;
  return std::tie(name, status, reason);
}
auto members(const DeviceInfo& d) {
  const auto& [id, backend, name, memory, cache, units, features, clock, application_clock,
               default_application_clock, memory_clock, bus, pins, uuid, pci, generation,
               now_generation, width, max_width, capability, driver, runtime, vbios, power,
               default_power, ecc, mig, others, governor, hypervisor] = d;
  return std::tie(id, backend, name, memory, cache, units, features, clock, application_clock,
                  default_application_clock, memory_clock, bus, pins, uuid, pci, generation,
                  now_generation, width, max_width, capability, driver, runtime, vbios, power,
                  default_power, ecc, mig, others, governor, hypervisor);
}

template <typename T>
void expect_members(const T& found, const T& expected, const char* what) {
  EXPECT_TRUE(members(found) == members(expected)) << what;
}
template <typename T>
void expect_lists(const std::vector<T>& found, const std::vector<T>& expected, const char* what) {
  ASSERT_EQ(found.size(), expected.size()) << what;
  for (std::size_t i = 0; i < found.size(); ++i) expect_members(found[i], expected[i], what);
}

void expect_same_host(const BenchmarkHost& found, const BenchmarkHost& expected) {
  const auto& [mhz, scaling, caches, load] = found;
  EXPECT_EQ(mhz, expected.mhz_per_cpu);
  EXPECT_EQ(scaling, expected.cpu_scaling_enabled);
  expect_lists(caches, expected.caches, "caches");
  EXPECT_EQ(load, expected.load_avg);
}

void expect_same_provenance(const Provenance& found, const Provenance& expected) {
  const auto& [run_id, host_name, suite, suite_path, suite_sha256, contexts, sessions, version, sha,
               compiler, flags, build_type, executable, dirty, libraries, os, kernel, cpu,
               container, cpus, host, wall, measured] = found;
  EXPECT_EQ(run_id, expected.run_id);
  EXPECT_EQ(host_name, expected.host_name);
  EXPECT_EQ(suite, expected.suite);
  EXPECT_EQ(suite_path, expected.suite_path);
  EXPECT_EQ(suite_sha256, expected.suite_sha256);
  EXPECT_EQ(contexts, expected.contexts);
  expect_lists(sessions, expected.sessions, "sessions");
  EXPECT_EQ(version, expected.gpugauge_version);
  EXPECT_EQ(sha, expected.git_sha);
  EXPECT_EQ(compiler, expected.compiler);
  EXPECT_EQ(flags, expected.compiler_flags);
  EXPECT_EQ(build_type, expected.build_type);
  EXPECT_EQ(executable, expected.executable_sha256);
  EXPECT_EQ(dirty, expected.git_dirty);
  EXPECT_EQ(libraries, expected.libraries);
  EXPECT_EQ(os, expected.os);
  EXPECT_EQ(kernel, expected.kernel);
  EXPECT_EQ(cpu, expected.cpu_name);
  EXPECT_EQ(container, expected.container);
  EXPECT_EQ(cpus, expected.cpu_count);
  expect_same_host(host, expected.benchmark_host);
  EXPECT_EQ(wall, expected.wall_seconds);
  EXPECT_EQ(measured, expected.measured_seconds);
}

DeviceInfo full_device() {
  DeviceInfo d;
  d.id = "cuda:0";
  d.backend = Backend::kCuda;
  d.name = "SYNTHETIC H100 80GB";
  d.memory_bytes = 85520809984;
  d.cache_bytes = 52428800;
  d.compute_units = 132;
  d.features = {"sm_90", "fp8"};
  d.max_clock_mhz = 1980;
  d.application_clock_mhz = 1755;
  d.default_application_clock_mhz = 1965;
  d.max_memory_clock_mhz = 2619;
  d.memory_bus_bits = 5120;
  d.pin_rate_gbps = 3352.32;
  d.uuid = "GPU-00000000-0000-0000-0000-000000000000";
  d.pci_bus_id = "00000000:01:00.0";
  d.pcie_generation = 5;
  d.pcie_current_generation = 1;
  d.pcie_width = 8;
  d.pcie_max_width = 16;
  d.compute_capability = 90;
  d.driver_version = "580.00";
  d.runtime_version = "13.0";
  d.vbios_version = "96.00";
  d.power_limit_w = 650;
  d.default_power_limit_w = 700;
  d.ecc_enabled = true;
  d.mig_enabled = false;
  d.other_processes = 1;
  d.governor = "performance";
  d.hypervisor = "kvm";
  return d;
}

Provenance full_provenance() {
  Provenance p;
  p.run_id = "00000000-0000-4000-8000-000000000001";
  p.host_name = "synthetic";
  p.suite = "quick";
  p.suite_path = "configs/suites/quick.yaml";
  p.suite_sha256 = std::string(64, 'a');
  p.contexts = {1024, 8192};
  CardHealth before;
  before.corrected_errors = 0;
  before.remap_pending = false;
  CardHealth after{.corrected_errors = 3,
                   .uncorrected_errors = 1,
                   .lifetime_corrected_errors = 5000000000,
                   .lifetime_uncorrected_errors = 2,
                   .rows_remapped_corrected = 1,
                   .rows_remapped_uncorrected = 4,
                   .remap_pending = true,
                   .remap_failed = false,
                   .xids = {{48, 63}}};
  p.sessions = {{"2025-01-01T00:00:00Z",
                 "2025-01-01T00:00:30Z",
                 {"gpugauge", "run"},
                 before,
                 std::move(after)},
                {"2025-01-01T00:01:00Z",
                 "2025-01-01T00:02:00Z",
                 {"gpugauge", "run", "--resume", "a \"quoted\" naïve\n.json"}}};
  p.gpugauge_version = "0.1.0";
  p.git_sha = std::string(40, 'b');
  p.git_dirty = true;
  p.executable_sha256 = std::string(64, 'c');
  p.compiler = "GNU 12.2.0";
  p.compiler_flags = "-O3 -DNDEBUG";
  p.build_type = "Release";
  p.libraries = {{"onednn", "2.6.3"}, {"google_benchmark", "1.7.1"}};
  p.os = "Synthetic Linux 1";
  p.kernel = "6.0.0";
  p.container = "docker";
  p.cpu_name = "Synthetic CPU";
  p.cpu_count = 16;
  p.benchmark_host = {.mhz_per_cpu = 2100,
                      .cpu_scaling_enabled = false,
                      .caches = {{"Data", 1, 49152, 2}, {"Unified", 3, 110100480, 16}},
                      .load_avg = {0.25, 0.5, 1}};
  p.wall_seconds = 90.125;
  p.measured_seconds = 80.5;
  return p;
}

}  // namespace

Measurement synthetic_measurement(const Op& op, bool everything) {
  Measurement m;
  m.c = {.op = op, .implementation = "synthetic", .options = {}, .model = {}, .role = {}};
  m.work = work_of(op);
  m.time_ns = {.value = 5123.455, .low = 5100.25, .high = 5150};
  m.launches_per_sample = 50;
  m.buffer_sets = 7;
  m.sample_count = 4;
  m.samples.time_ns = {5123.46, 5123.45, 5100.25, 5150};
  m.verification = {
      .passed = true, .max_error = 0.125, .relative_error = 1.5e-3, .checked = 4096, .reason = {}};
  if (everything) {
    m.c.options = {
        .cache = CacheState::kHot, .data = Distribution::kSmallIntegers, .pace = Pace::kBurst};
    m.c.model = "llama-3.1-8b";
    m.c.role = "gate_up";
    m.semantics_version = 3;
    m.is_library = true;
    m.quantizes_input = true;
    m.overlaps_itself = true;
    m.burst_time_ns = 5000.125;
    m.stop = StopReason::kTimeBudget;
    m.clock_mhz = 1755;
    m.kernel_clock_mhz = 1748.5;
    m.mean_power_w = 640.25;
    m.temperature_max_c = 61;
    m.memory_temperature_max_c = 80;
    m.samples.clock_mhz = {1980, 1755, 1755, 1740.5F};
    m.samples.memory_clock_mhz = {2619, 2619, 2619, 2619};
    m.samples.power_w = {600, 640.25F, 640.5F, 650};
    m.samples.temperature_c = {58, 59, 60, 61};
    m.samples.memory_temperature_c = {77, 78, 79, 80};
    m.samples.steal_percent = {0, 0, 0.25F, 0};
    m.samples.wait_percent = {0, 0.5F, 0, 0};
    m.samples.throttle_reasons = {0, 4, 4, 0x8000000000000024};
    m.flags = {Flag::kNotConverged, Flag::kPowerCapped, Flag::kNondeterministic};
    m.details = "algo 66, tile 128x64, split-K 4";
  }
  m.name = case_name(m.c);
  return m;
}

Record synthetic_full_record() {
  Record record;
  record.provenance = full_provenance();
  record.device = full_device();
  const Op ops[] = {MemoryStream{.pattern = MemoryPattern::kTriad, .bytes = std::int64_t{1} << 32},
                    gemm_of(DType::kFp8E4m3, 8, 28672, 4096), gemm_of(DType::kInt8, 1, 4096, 4096),
                    AttentionDecode{.batch = 8,
                                    .context = 1024,
                                    .heads = 32,
                                    .kv_heads = 8,
                                    .head_dim = 128,
                                    .kv = DType::kBf16},
                    token_op_of(TokenOpKind::kRopeAppend, 8, 6144, 8, 128)};
  for (const Op& op : ops) record.measurements.push_back(synthetic_measurement(op, true));
  Measurement again = record.measurements.back();
  again.repetition = 1;
  record.measurements.push_back(again);
  Measurement imported = synthetic_measurement(gemm_of(DType::kBf16, 1, 4096, 4096), false);
  imported.origin = Origin::kImported;
  imported.verification = {};
  record.measurements.push_back(imported);
  record.not_measured = {
      {"gemm/tf32/m:1/n:1/k:1/synthetic/cold", NotMeasuredStatus::kUnsupported, "no tf32 here"},
      {"gemm/fp16/m:1/n:1/k:1/synthetic/cold", NotMeasuredStatus::kFailed, "out of memory"},
      {"gemm/bf16/m:1/n:1/k:1/synthetic/cold", NotMeasuredStatus::kVerificationFailed,
       "element 7: found nan, expected 0.5"},
      {"memory/read/1MiB/synthetic/cold", NotMeasuredStatus::kRefused, "more than the pins carry"}};
  for (const Measurement& m : record.measurements) {
    if (m.repetition == 0) record.planned.push_back(m.name);
  }
  for (const NotMeasured& n : record.not_measured) record.planned.push_back(n.name);
  return record;
}

Record synthetic_bare_record() {
  Record record;
  record.provenance.run_id = "00000000-0000-4000-8000-000000000002";
  record.provenance.sessions = {{"2025-01-01T00:00:00Z", "", {"gpugauge", "run"}}};
  record.provenance.build_type = "Debug";
  record.device.id = "cpu";
  record.device.name = "SYNTHETIC CPU";
  record.measurements = {synthetic_measurement(
      MemoryStream{.pattern = MemoryPattern::kRead, .bytes = 1 << 30}, false)};
  record.measurements.front().samples = {};
  record.planned = {record.measurements.front().name};
  return record;
}

void expect_same(const Measurement& found, const Measurement& expected) {
  SCOPED_TRACE(expected.name);
  const auto& [name, c, semantics, library, quantizes_input, overlaps, work, time, burst, stop,
               launches, buffer_sets, count, clock, kernel_clock, power, temperature,
               memory_temperature, samples, verification, flags, details, repetition, origin] =
      found;
  EXPECT_EQ(name, expected.name);
  const auto& [op, implementation, options, model, role] = c;
  EXPECT_EQ(op, expected.c.op);
  EXPECT_EQ(implementation, expected.c.implementation);
  expect_members(options, expected.c.options, "options");
  EXPECT_EQ(model, expected.c.model);
  EXPECT_EQ(role, expected.c.role);
  EXPECT_EQ(semantics, expected.semantics_version);
  EXPECT_EQ(library, expected.is_library);
  EXPECT_EQ(quantizes_input, expected.quantizes_input);
  EXPECT_EQ(overlaps, expected.overlaps_itself);
  expect_members(work, expected.work, "work");
  expect_members(time, expected.time_ns, "time_ns");
  EXPECT_EQ(burst, expected.burst_time_ns);
  EXPECT_EQ(stop, expected.stop);
  EXPECT_EQ(launches, expected.launches_per_sample);
  EXPECT_EQ(buffer_sets, expected.buffer_sets);
  EXPECT_EQ(count, expected.sample_count);
  EXPECT_EQ(clock, expected.clock_mhz);
  EXPECT_EQ(kernel_clock, expected.kernel_clock_mhz);
  EXPECT_EQ(power, expected.mean_power_w);
  EXPECT_EQ(temperature, expected.temperature_max_c);
  EXPECT_EQ(memory_temperature, expected.memory_temperature_max_c);
  expect_members(samples, expected.samples, "samples");
  expect_members(verification, expected.verification, "verification");
  EXPECT_EQ(flags, expected.flags);
  EXPECT_EQ(details, expected.details);
  EXPECT_EQ(repetition, expected.repetition);
  EXPECT_EQ(origin, expected.origin);
}

void expect_same(const Record& found, const Record& expected) {
  expect_same_provenance(found.provenance, expected.provenance);
  expect_members(found.device, expected.device, "device");
  EXPECT_EQ(found.planned, expected.planned);
  ASSERT_EQ(found.measurements.size(), expected.measurements.size());
  for (std::size_t i = 0; i < found.measurements.size(); ++i)
    expect_same(found.measurements[i], expected.measurements[i]);
  expect_lists(found.not_measured, expected.not_measured, "not_measured");
}

}  // namespace gpugauge::test
