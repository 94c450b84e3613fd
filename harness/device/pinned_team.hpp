#pragma once

#include <vector>

namespace gpugauge {

/// Those of the CPUs, the first ones, for which OpenMP gives a thread: OMP_THREAD_LIMIT,
/// OMP_DYNAMIC and limits of the system (RLIMIT_NPROC, pids.max, RLIMIT_AS) may allow fewer, which
/// is warned of.
std::vector<int> cpus_with_threads(std::vector<int> cpus);

/// The calling thread's OpenMP team, one thread on each of the given CPUs while this lives, and
/// free on all that the process was given afterwards. Regions must be opened by the thread that
/// made it; a thread that it starts meanwhile inherits the first CPU.
class PinnedTeam {
 public:
  explicit PinnedTeam(std::vector<int> cpus);
  PinnedTeam(const PinnedTeam&) = delete;
  PinnedTeam& operator=(const PinnedTeam&) = delete;
  ~PinnedTeam();

  /// Binds the threads again: the runtime may have replaced some since.
  void pin() const;

 private:
  std::vector<int> cpus_;
  int previous_threads_;
};

}  // namespace gpugauge
