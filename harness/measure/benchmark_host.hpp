#pragma once

#include "harness/record/record.hpp"

namespace gpugauge {

/// What Google Benchmark finds out about this host.
BenchmarkHost benchmark_host();

}  // namespace gpugauge
