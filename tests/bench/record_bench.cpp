// How long it takes to read many result files, and how much memory they take: 1,000 files of 200
// cases with 30 samples in four columns each, and a tenth of that. The budget is 2 s and 500 MiB on
// two cores for the summary.

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/record/reader.hpp"
#include "harness/record/writer.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kFiles = 1000;
constexpr int kCases = 200;
constexpr int kSamples = 30;

Measurement made_up_measurement(int number) {
  Measurement m;
  m.c = {.op = gemm_of(DType::kFp8E4m3, number + 1, 28672, 4096),
         .implementation = "cublaslt_search",
         .options = {},
         .model = "llama-3.1-8b",
         .role = "gate_up"};
  m.name = case_name(m.c);
  m.work = work_of(m.c.op);
  m.time_ns = {.value = 41234.567, .low = 41200.25, .high = 41300.75};
  m.sample_count = kSamples;
  for (int i = 0; i < kSamples; ++i) {
    m.samples.time_ns.push_back(41200.25 + 3.21 * ((i * 7 + number) % kSamples));
    m.samples.clock_mhz.push_back(static_cast<float>(1740 + i % 3 * 15));
    m.samples.power_w.push_back(640.25F + static_cast<float>(i));
    m.samples.temperature_c.push_back(58.0F);
  }
  m.verification = {
      .passed = true, .max_error = 0.125, .relative_error = 1.5e-3, .checked = 4096, .reason = {}};
  m.details = "algo 66, tile 128x64, stages 4, split-K 1";
  return m;
}

std::string made_up_result() {
  Record record;
  record.provenance.sessions = {{"2025-01-01T00:00:00Z", "2025-01-01T00:10:00Z", {"gpugauge"}}};
  record.device.name = "SYNTHETIC H100 80GB";
  for (int i = 0; i < kCases; ++i) {
    record.measurements.push_back(made_up_measurement(i));
    record.planned.push_back(record.measurements.back().name);
  }
  return format_result(record);
}

/// The files, made once and removed at the end.
class Files {
 public:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "gpugauge-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    const std::string text = made_up_result();
    file_bytes_ = static_cast<std::int64_t>(text.size());
    for (std::int64_t i = 0; i < kFiles; ++i) {
      paths_.push_back(folder_ / fmt::format("{}.json", i));
      std::ofstream(paths_.back(), std::ios::binary) << text;
    }
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(folder_); }

  const std::vector<std::filesystem::path>& paths() const { return paths_; }
  std::int64_t file_bytes() const { return file_bytes_; }

 private:
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> paths_;
  std::int64_t file_bytes_ = 0;
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

void read_files(benchmark::State& state, const Files& files, Detail detail) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const std::span<const std::filesystem::path> paths(files.paths().data(), count);
  take_peak_mib();
  for ([[maybe_unused]] auto iteration : state) {
    const std::vector<Record> records = read_records(paths, detail, {});
    benchmark::DoNotOptimize(records.data());
  }
  state.counters["peak_rss_mib"] = take_peak_mib();
  state.counters["file_kib"] = static_cast<double>(files.file_bytes()) / 1024;
  state.SetBytesProcessed(state.iterations() * state.range(0) * files.file_bytes());
}

}  // namespace
}  // namespace gpugauge

int main(int argc, char** argv) {
  using gpugauge::Detail;
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const gpugauge::Files files;
  for (const auto& [name, detail] : {std::pair{"read_records/summary", Detail::kSummary},
                                     {"read_records/samples", Detail::kSamples}}) {
    benchmark::RegisterBenchmark(
        name,
        [&files, detail = detail](benchmark::State& state) { read_files(state, files, detail); })
        ->ArgName("files")
        ->Arg(gpugauge::kFiles / 10)
        ->Arg(gpugauge::kFiles)
        ->Unit(benchmark::kMillisecond)
        ->UseRealTime();
  }
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
