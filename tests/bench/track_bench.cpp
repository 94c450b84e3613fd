// How long `track check` takes, and how much memory: an index of 365 nights of 200 cases on one
// card, of one process or five, a tenth and ten times that. The budget is 1 s and 300 MiB for the
// first.
//
// Measured apart: reading the index and comparing it with the files (which are there, and empty of
// all but their size), and judging tonight.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>

#include "harness/analyze/track/track.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/history/history.hpp"

namespace gpugauge {
namespace {

constexpr int kCases = 200;
constexpr int kNights = 365;
constexpr std::time_t kFirstDay = 1'577'836'800;  // 2020-01-01
constexpr std::time_t kDay = 86'400;

/// A history of so many nights that scatter by 0.3%, removed at the end.
class MadeUpHistory {
 public:
  MadeUpHistory(int nights, int processes) {
    std::string name = (std::filesystem::temp_directory_path() / "gpugauge-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    HistoryIndex index;
    for (int night = 0; night < nights; ++night) {
      for (int process = 0; process < processes; ++process) {
        index.runs.push_back(run(utc_date(kFirstDay + night * kDay), index.names));
        write(index.runs.back());
      }
    }
    write_index(folder_, index);
    for (int process = 0; process < processes; ++process)
      tonight_.push_back(run(utc_date(kFirstDay + nights * kDay), index.names));
  }
  MadeUpHistory(const MadeUpHistory&) = delete;
  MadeUpHistory& operator=(const MadeUpHistory&) = delete;
  ~MadeUpHistory() { std::filesystem::remove_all(folder_); }

  const std::filesystem::path& folder() const { return folder_; }
  const std::vector<RunEntry>& tonight() const { return tonight_; }

 private:
  RunEntry run(const std::string& night, CaseNames& names) {
    RunEntry entry;
    entry.run_id = fmt::format("00000000-0000-4000-8000-{:012}", ++made_);
    entry.night = night;
    entry.started_utc = night + "T02:00:00Z";
    entry.card = "GPU-1";
    entry.sku = "synthetic-h100";
    entry.sha256 = std::string(64, 'a');
    entry.suite = "nightly";
    entry.file = fmt::format("date={}/host=h/gpu=GPU-1/{}.json", night, entry.run_id);
    for (int c = 0; c < kCases; ++c) {
      entry.cases.push_back(
          {.name = names.id_of(fmt::format(
               "gemm/fp8_e4m3/llama-3.1-8b/gate_up/m:{}/n:28672/k:4096/cublaslt_search/cold", c)),
           .time_ns = 41234.5 * std::exp(scatter_(random_)),
           .clock_mhz = 1755});
    }
    return entry;
  }
  /// What the index is compared with: a file of its size and time.
  void write(RunEntry& entry) const {
    const std::filesystem::path file = folder_ / entry.file;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << "made up";
    struct stat status = {};
    if (::stat(file.c_str(), &status) != 0) throw std::runtime_error("no file was written");
    entry.file_bytes = static_cast<std::uint64_t>(status.st_size);
    entry.modified_ns = status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec;
  }

  std::filesystem::path folder_;
  std::vector<RunEntry> tonight_;
  int made_ = 0;
  std::mt19937 random_{1};
  std::normal_distribution<double> scatter_{0, 0.003};
};

/// The highest resident memory since the last call, in MiB; see proc(5), clear_refs.
double take_peak_mib() {
  std::ifstream status("/proc/self/status");
  double kib = 0;
  for (std::string word; status >> word;) {
    if (word == "VmHWM:") status >> kib;
  }
  std::ofstream("/proc/self/clear_refs") << "5";
  return kib / 1024;
}

void check_nights(benchmark::State& state) {
  const MadeUpHistory made(static_cast<int>(state.range(1)), static_cast<int>(state.range(0)));
  double reading = 0, judging = 0;
  take_peak_mib();
  for ([[maybe_unused]] auto iteration : state) {
    const auto start = std::chrono::steady_clock::now();
    const History history = read_history(made.folder());
    const auto read = std::chrono::steady_clock::now();
    if (!history.warnings.empty()) throw std::runtime_error(history.warnings.front());
    const TrackReport report = check_tonight(history.index.names, history.index.runs,
                                             made.tonight(), {}, {}, TrackSettings{});
    reading += std::chrono::duration<double, std::milli>(read - start).count();
    judging +=
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - read).count();
    if (report.findings.size() != kCases) throw std::runtime_error("cases are missing");
  }
  const auto iterations = static_cast<double>(state.iterations());
  state.counters["peak_rss_mib"] = take_peak_mib();
  state.counters["reading_ms"] = reading / iterations;
  state.counters["judging_ms"] = judging / iterations;
  state.counters["index_mib"] =
      static_cast<double>(std::filesystem::file_size(made.folder() / kIndexName)) / (1 << 20);
}
BENCHMARK(check_nights)
    ->ArgNames({"processes", "nights"})  // the peak of a small one is not seen behind a large one
    ->ArgsProduct({{1, 5}, {kNights / 10, kNights, kNights * 10}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

}  // namespace
}  // namespace gpugauge

BENCHMARK_MAIN();
