// How long it takes to compare result files: a base with 49 others, of 2,000 cases with 30 samples
// each, and a tenth and ten times that many files. The budget is 1 s for the 50 files on two cores,
// of reading and comparing together.

#include "harness/analyze/compare/compare.hpp"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "harness/record/reader.hpp"
#include "harness/record/writer.hpp"

namespace gpugauge {
namespace {

constexpr std::int64_t kFiles = 50;
constexpr int kCases = 2000;
constexpr int kSamples = 30;

Record made_up_record() {
  Record record;
  record.provenance.sessions = {{"2025-01-01T00:00:00Z", "2025-01-01T00:10:00Z", {"gpugauge"}}};
  record.device.name = "SYNTHETIC H100 80GB";
  for (int i = 0; i < kCases; ++i) {
    Measurement m;
    m.c = {.op = gemm_of(DType::kFp8E4m3, i + 1, 28672, 4096),
           .implementation = "cublaslt_search",
           .options = {},
           .model = "llama-3.1-8b",
           .role = "gate_up"};
    m.name = case_name(m.c);
    m.work = work_of(m.c.op);
    m.time_ns = {.value = 41234.567, .low = 41200.25, .high = 41300.75};
    m.sample_count = kSamples;
    for (int s = 0; s < kSamples; ++s) {
      m.samples.time_ns.push_back(41200.25 + 3.21 * ((s * 7 + i) % kSamples));
      m.samples.clock_mhz.push_back(1755.0F);
      m.samples.power_w.push_back(640.25F);
    }
    m.clock_mhz = 1755;
    m.mean_power_w = 640;
    m.verification.passed = true;
    record.planned.push_back(m.name);
    record.measurements.push_back(std::move(m));
  }
  return record;
}

/// The same file under many names, removed at the end.
class Files {
 public:
  explicit Files(std::int64_t count) {
    std::string name = (std::filesystem::temp_directory_path() / "gpugauge-bench-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    folder_ = name;
    const std::filesystem::path first = folder_ / "0.json";
    std::ofstream(first, std::ios::binary) << format_result(made_up_record());
    paths_.push_back(first);
    for (std::int64_t i = 1; i < count; ++i) {
      paths_.push_back(folder_ / fmt::format("{}.json", i));
      std::filesystem::create_hard_link(first, paths_.back());
    }
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(folder_); }

  std::span<const std::filesystem::path> first(std::int64_t count) const {
    return std::span(paths_).first(static_cast<std::size_t>(count));
  }

 private:
  std::filesystem::path folder_;
  std::vector<std::filesystem::path> paths_;
};

std::vector<Side> sides_of(const std::vector<Record>& records) {
  std::vector<Side> sides(records.size());
  for (std::size_t i = 0; i < records.size(); ++i) sides[i].records = {&records[i]};
  return sides;
}

void compare_all(const std::vector<Record>& records) {
  const std::vector<Side> sides = sides_of(records);
  const auto reports = compare(sides.front(), std::span(sides).subspan(1));
  benchmark::DoNotOptimize(reports.data());
}

}  // namespace
}  // namespace gpugauge

int main(int argc, char** argv) {
  using namespace gpugauge;  // NOLINT(google-build-using-namespace)
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  const Files files(10 * kFiles);
  const auto read_and_compare = [&](benchmark::State& state) {
    for ([[maybe_unused]] auto iteration : state)
      compare_all(read_records(files.first(state.range(0)), Detail::kSamples, {}));
  };
  const auto only_compare = [&](benchmark::State& state) {
    const auto records = read_records(files.first(state.range(0)), Detail::kSamples, {});
    for ([[maybe_unused]] auto iteration : state) compare_all(records);
  };
  const auto add = [&](const char* name, auto body) {
    auto* made = benchmark::RegisterBenchmark(name, body);
    made->ArgName("files")->Unit(benchmark::kMillisecond)->UseRealTime();
    for (const std::int64_t count : {kFiles / 10, kFiles, 10 * kFiles}) made->Arg(count);
  };
  add("read_and_compare", read_and_compare);
  add("compare", only_compare);
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
