#include "harness/measure/benchmark_host.hpp"

#include <benchmark/benchmark.h>

namespace gpugauge {

BenchmarkHost benchmark_host() {
  const benchmark::CPUInfo& cpu = benchmark::CPUInfo::Get();
  BenchmarkHost host;
  host.mhz_per_cpu = cpu.cycles_per_second / 1e6;
  if (cpu.scaling != benchmark::CPUInfo::UNKNOWN)
    host.cpu_scaling_enabled = cpu.scaling == benchmark::CPUInfo::ENABLED;
  for (const auto& cache : cpu.caches) {
    host.caches.push_back({.type = cache.type,
                           .level = cache.level,
                           .size_bytes = cache.size,
                           .num_sharing = cache.num_sharing});
  }
  host.load_avg = cpu.load_avg;
  return host;
}

}  // namespace gpugauge
