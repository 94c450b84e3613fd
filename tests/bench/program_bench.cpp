// What the program itself costs: start-up, and what a run spends outside kernels and warm-up.
//
//   cmake --preset bench && cmake --build --preset bench && build-bench/bench_program
//
// Goals: --help's first line under 30 ms; a quick suite with less than 15% of its time outside.

#include <benchmark/benchmark.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/record/reader.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): not every libc declares it

namespace {

namespace fs = std::filesystem;

fs::path program() { return fs::canonical("/proc/self/exe").parent_path() / "gpugauge"; }

/// A child whose standard output is a pipe; its standard error is left alone.
class Child {
 public:
  explicit Child(std::vector<std::string> arguments) {
    std::array<int, 2> pipe_ends{};
    if (pipe(pipe_ends.data()) != 0) throw std::runtime_error("no pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipe_ends[0]);
    const std::string path = program().string();
    arguments.insert(arguments.begin(), path);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const int error = posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_ends[1]);
    output_ = pipe_ends[0];
    if (error != 0) throw std::runtime_error("cannot start " + path);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { close(output_); }

  bool wait_for_output() const {
    char byte = 0;
    return read(output_, &byte, 1) == 1;
  }
  /// Its exit status; its output is read to the end.
  int wait() const {
    std::array<char, 4096> ignored{};
    while (read(output_, ignored.data(), ignored.size()) > 0) {
    }
    int status = 0;
    waitpid(pid_, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

void BM_HelpFirstByte(benchmark::State& state) {
  for ([[maybe_unused]] auto iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    const Child help({"--help"});
    const bool answered = help.wait_for_output();
    state.SetIterationTime(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (help.wait() != 0 || !answered) state.SkipWithError("gpugauge --help failed");
  }
}
BENCHMARK(BM_HelpFirstByte)->UseManualTime()->Unit(benchmark::kMillisecond)->Iterations(100);

void BM_QuickSuite(benchmark::State& state) {
  const fs::path file =
      fs::temp_directory_path() / ("gpugauge_bench_" + std::to_string(getpid()) + ".json");
  for ([[maybe_unused]] auto iteration : state) {
    const Child run({"run", "--suite", "quick", "--quiet", "--overwrite", "-o", file.string()});
    if (const int status = run.wait(); status != 0 && status != 1) {
      state.SkipWithError("gpugauge run failed");
      return;
    }
  }
  const auto provenance = gpugauge::read_record(file, gpugauge::Detail::kSummary).provenance;
  state.counters["outside_percent"] =
      100 * (1 - provenance.measured_seconds / provenance.wall_seconds);
  fs::remove(file);
}
BENCHMARK(BM_QuickSuite)->UseRealTime()->Unit(benchmark::kSecond)->Iterations(1);

}  // namespace

BENCHMARK_MAIN();
