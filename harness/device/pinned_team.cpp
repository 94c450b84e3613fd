#include "harness/device/pinned_team.hpp"

#include <fmt/format.h>
#include <omp.h>
#include <sched.h>
#include <spdlog/spdlog.h>

#include <cstdlib>
#include <future>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "harness/base/counted.hpp"
#include "harness/device/host.hpp"

namespace gpugauge {
namespace {

/// Binds the calling thread. Where that is not allowed it stays where it was, only less steadily.
void bind_to(const std::vector<int>& cpus) {
  cpu_set_t mask;
  CPU_ZERO(&mask);
  for (int cpu : cpus) CPU_SET(static_cast<std::size_t>(cpu), &mask);
  sched_setaffinity(0, sizeof mask, &mask);
}

/// libgomp ends the process where the system refuses it a thread; this asks first.
std::size_t startable_threads(std::size_t wanted) {
  std::promise<void> done;
  const std::shared_future<void> until_done = done.get_future().share();
  std::vector<std::jthread> others;
  try {
    while (others.size() + 1 < wanted) others.emplace_back([until_done] { until_done.wait(); });
  } catch (const std::system_error& error) {
    spdlog::debug("cpu: thread {}: {}", others.size() + 2, error.what());
  }
  done.set_value();
  return others.size() + 1;
}

void warn_of_fewer(std::size_t granted, std::size_t wanted) {
  static std::once_flag said;
  std::call_once(said, [&] {
    const char* const limit = std::getenv("OMP_THREAD_LIMIT");
    spdlog::warn("cpu: {} of {} threads may run ({}): measured on {}", granted, wanted,
                 limit != nullptr ? fmt::format("OMP_THREAD_LIMIT={}", limit)
                                  : "limits of OpenMP or of the system: ulimit -u, -v, pids.max",
                 counted(granted, "core"));
  });
}

}  // namespace

std::vector<int> cpus_with_threads(std::vector<int> cpus) {
  const std::size_t wanted = cpus.size();
  const auto startable = static_cast<int>(startable_threads(wanted));
  int granted = 1;
#pragma omp parallel num_threads(startable)
#pragma omp single
  granted = omp_get_num_threads();
  if (static_cast<std::size_t>(granted) >= wanted) return cpus;
  warn_of_fewer(static_cast<std::size_t>(granted), wanted);
  cpus.resize(static_cast<std::size_t>(granted));
  return cpus;
}

PinnedTeam::PinnedTeam(std::vector<int> cpus)
    : cpus_(std::move(cpus)), previous_threads_(omp_get_max_threads()) {
  omp_set_num_threads(static_cast<int>(cpus_.size()));
  pin();
}

PinnedTeam::~PinnedTeam() {
#pragma omp parallel
  bind_to(allowed_cpus());
  omp_set_num_threads(previous_threads_);
}

void PinnedTeam::pin() const {
#pragma omp parallel
  bind_to({cpus_[static_cast<std::size_t>(omp_get_thread_num()) % cpus_.size()]});
}

}  // namespace gpugauge
