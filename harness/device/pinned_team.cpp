#include "harness/device/pinned_team.hpp"

#include <omp.h>
#include <sched.h>

#include <utility>

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

}  // namespace

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
