#include "harness/measure/measure_case.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "harness/device/device_lost.hpp"
#include "harness/device/memory_shortage.hpp"
#include "harness/measure/flags_of.hpp"
#include "harness/measure/stopping.hpp"
#include "harness/record/silicon.hpp"

namespace gpugauge {
namespace {

/// Appends to a column only what the device knows, so that a column is whole or empty.
void append(std::vector<float>& column, const std::optional<double>& value) {
  if (value) column.push_back(static_cast<float>(*value));
}

SampleColumns columns_of(const std::vector<Sample>& samples) {
  SampleColumns columns;
  for (const Sample& sample : samples) {
    columns.time_ns.push_back(sample.seconds * 1e9);
    append(columns.clock_mhz, sample.telemetry.clock_mhz);
    append(columns.memory_clock_mhz, sample.telemetry.memory_clock_mhz);
    append(columns.power_w, sample.telemetry.power_w);
    append(columns.temperature_c, sample.telemetry.temperature_c);
    append(columns.memory_temperature_c, sample.telemetry.memory_temperature_c);
    append(columns.steal_percent, sample.telemetry.steal_percent);
    append(columns.wait_percent, sample.telemetry.wait_percent);
    if (const auto& reasons = sample.telemetry.throttle_reasons)
      columns.throttle_reasons.push_back(*reasons);
  }
  for (auto* column :
       {&columns.clock_mhz, &columns.memory_clock_mhz, &columns.power_w, &columns.temperature_c,
        &columns.memory_temperature_c, &columns.steal_percent, &columns.wait_percent}) {
    if (column->size() != samples.size()) column->clear();
  }
  if (columns.throttle_reasons.size() != samples.size()) columns.throttle_reasons.clear();
  return columns;
}

std::optional<double> median_of(const std::vector<float>& column) {
  if (column.empty()) return std::nullopt;
  return median({column.begin(), column.end()});
}

std::optional<double> max_of(const std::vector<float>& column) {
  if (column.empty()) return std::nullopt;
  return static_cast<double>(*std::max_element(column.begin(), column.end()));
}

Measurement measurement_of(const PlannedCase& planned, SampledCase sampled,
                           Verification verification, const Workload& workload, Backend backend) {
  Measurement m;
  m.name = planned.name;
  m.c = planned.c;
  m.semantics_version = planned.implementation->semantics_version;
  m.is_library = planned.implementation->is_library;
  if (planned.implementation->overlaps_itself) m.overlaps_itself = true;
  m.work = planned.work;
  m.time_ns = sampled.time_ns;
  m.burst_time_ns = sampled.burst_time_ns;
  m.stop = sampled.stop;
  m.launches_per_sample = sampled.launches_per_sample;
  m.buffer_sets = workload.slots();
  m.sample_count = static_cast<int>(sampled.samples.size());
  m.samples = columns_of(sampled.samples);
  m.clock_mhz = median_of(m.samples.clock_mhz);
  m.mean_power_w = sampled.mean_power_w;
  m.temperature_max_c = max_of(m.samples.temperature_c);
  m.memory_temperature_max_c = max_of(m.samples.memory_temperature_c);
  m.verification = std::move(verification);
  m.flags = flags_of(sampled, workload.deterministic(), backend);
  m.details = workload.details();
  if (sampled.short_samples) {
    if (!m.details.empty()) m.details += "; ";
    m.details +=
        fmt::format("samples of {:.3g} ms where {:.3g} ms were asked: a replay holds {} launches",
                    m.time_ns.value * static_cast<double>(m.launches_per_sample) / 1e6,
                    planned.policy.sample_seconds * 1e3, m.launches_per_sample);
  }
  return m;
}

bool is_lost(Device& device) {
  try {
    device.synchronize();
  } catch (const DeviceLost&) {
    return true;
  } catch (const EnvironmentError& error) {
    spdlog::debug("after a failed case: {}", error.what());
  }
  return false;
}

CaseOptions options_of(const PlannedCase& planned) {
  CaseOptions options = planned.c.options;
  options.cold_bytes = static_cast<std::int64_t>(planned.policy.cold_gib * kGib);
  return options;
}

CaseOutcome attempt(const PlannedCase& planned, Device& device, const SamplerHooks& hooks) {
  const double started = hooks.now_seconds();
  const std::unique_ptr<Workload> workload =
      planned.implementation->make(planned.c.op, device, options_of(planned));
  const auto capture = [&](std::int64_t launches) { return device.capture(*workload, launches); };
  const double made = hooks.now_seconds();
  SampledCase sampled = sample_case(capture, planned.policy, hooks);
  const double done = hooks.now_seconds();
  const double measured_seconds = sampled.measured_seconds;
  const std::optional<double> kernel_clock_mhz = workload->clock_mhz(
      static_cast<std::int64_t>(sampled.samples.size()) * sampled.launches_per_sample);

  Verification verification = verify_replay(*workload, *sampled.replay);
  spdlog::debug("{}: {:.2f} s to set up, {:.2f} s to sample, {:.2f} s to verify", planned.name,
                made - started, done - made, hooks.now_seconds() - done);
  if (!verification.passed) {
    return {NotMeasured{planned.name, NotMeasuredStatus::kVerificationFailed, verification.reason},
            measured_seconds};
  }
  Measurement m = measurement_of(planned, std::move(sampled), std::move(verification), *workload,
                                 device.info().backend);
  m.kernel_clock_mhz = kernel_clock_mhz;
  if (auto reason = above_silicon(m, silicon_of(device.info(), nullptr))) {
    return {NotMeasured{planned.name, NotMeasuredStatus::kRefused, std::move(*reason)},
            measured_seconds};
  }
  return {std::move(m), measured_seconds};
}

}  // namespace

CaseOutcome measure_case(const PlannedCase& planned, Device& device, const SamplerHooks& hooks) {
  if (planned.unsupported) {
    return {NotMeasured{planned.name, NotMeasuredStatus::kUnsupported, *planned.unsupported}, 0};
  }
  const auto not_measured = [&](NotMeasuredStatus status, const char* reason) {
    return CaseOutcome{NotMeasured{planned.name, status, reason}, 0};
  };
  try {
    try {
      return attempt(planned, device, hooks);
    } catch (const OutOfMemory& error) {
      spdlog::debug("{}: {}; retrying without inputs shared with other cases", planned.name,
                    error.what());
      device.release_pools();
      return attempt(planned, device, hooks);
    }
  } catch (const Interrupted&) {
    throw;
  } catch (const TooLargeForDevice& error) {
    return not_measured(NotMeasuredStatus::kUnsupported, error.what());
  } catch (const CandidateLost&) {
    throw;
  } catch (const DeviceLost& error) {
    return not_measured(NotMeasuredStatus::kCrashed, error.what());
  } catch (const std::exception& error) {
    // A library reports its error in its own words, and the context may be dead all the same.
    const bool lost = is_lost(device);
    return not_measured(lost ? NotMeasuredStatus::kCrashed : NotMeasuredStatus::kFailed,
                        error.what());
  }
}

double settle_clock(const PlannedCase& load, Device& device, double limit_seconds,
                    const SamplerHooks& hooks) {
  const auto workload = load.implementation->make(load.c.op, device, load.c.options);
  const auto replay = device.capture(*workload, 1);
  ClockSettleRule rule;
  const double start = hooks.now_seconds();
  double now = start;
  while (!rule.settled() && now - start < limit_seconds) {
    if (hooks.stop_requested()) throw Interrupted();
    const Sample sample = replay->run();
    now = hooks.now_seconds();
    if (sample.telemetry.clock_mhz) rule.add(now, *sample.telemetry.clock_mhz);
  }
  if (!rule.settled()) spdlog::debug("the clock did not settle within {:.1f} s", limit_seconds);
  return now - start;
}

}  // namespace gpugauge
