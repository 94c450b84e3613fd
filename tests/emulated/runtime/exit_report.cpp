#include "tests/emulated/runtime/exit_report.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "tests/emulated/broken_rule.hpp"
#include "tests/emulated/runtime/errors.hpp"
#include "tests/emulated/runtime/kernels.hpp"
#include "tests/emulated/runtime/memory.hpp"
#include "tests/emulated/runtime/stream.hpp"
#include "tests/emulated/switches.hpp"

namespace gpugauge::emulated {
namespace {

void write_report() {
  if (switches().report.empty()) return;
  std::ofstream file(switches().report);
  file << fmt::format("peak_bytes\t{}\n", peak_device_bytes());
  for (const Kernel* kernel : launched_kernels()) {
    file << fmt::format("kernel\t{}\t{}\n", kernel->launches, kernel->name);
  }
}

void at_exit() {
  write_report();
  if (context_error() != cudaSuccess) return;  // nothing can be freed then
  std::string left = memory_not_freed();
  if (const std::string handles = handles_not_destroyed(); !handles.empty()) {
    left += (left.empty() ? "" : ", ") + handles;
  }
  if (!left.empty()) broken("the end of the process", "not freed: " + left);
}

}  // namespace

void report_at_exit() {
  static const bool registered = std::atexit(at_exit) == 0;
  (void)registered;
}

}  // namespace gpugauge::emulated
