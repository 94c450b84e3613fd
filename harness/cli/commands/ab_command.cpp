#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <limits>

#include "harness/analyze/compare/ab.hpp"
#include "harness/cli/child_process.hpp"
#include "harness/cli/commands.hpp"
#include "harness/cli/options/definitions.hpp"
#include "harness/cli/options/output.hpp"
#include "harness/record/reader.hpp"
#include "harness/record/run_id.hpp"
#include "harness/render/answers/ab_table.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAbExamples = R"(
Every round runs both builds in fresh processes, in the order A B, then B A, and so on. The result is the median of
ln(B / A) over the rounds, with a bootstrap interval. Exit status 1 if the whole interval of a case lies above the
threshold. All result files and logs stay in the folder.

Examples:
  gpugauge ab build-main/gpugauge build/gpugauge --filter 'gemm/'        is the branch slower?
  gpugauge ab ./gpugauge ./gpugauge --suite a.yaml --suite-b b.yaml      one build, two configs
  gpugauge ab ./gpugauge ./gpugauge --rounds 6                           the noise of this machine)";

struct AbOptions {
  std::string build_a, build_b;
  std::string suite = "quick", suite_b;
  std::string device = "best";
  std::string filter;
  std::size_t rounds = 10;
  std::string output;
  std::optional<double> time_limit_seconds;
  double threshold_percent = 100 * kDefaultThreshold;
  Printed printed;
};

/// What is run, and what it is called in file names.
struct BuildAndSuite {
  char letter;
  fs::path build;
  std::string suite;
};

enum class Stop : std::uint8_t { kNo, kInterrupted, kTimeLimit };

/// Two result files of one round.
struct Round {
  fs::path a, b;
};

struct Rounds {
  std::vector<Round> complete;
  Stop stop = Stop::kNo;
};

fs::path checked_build(const std::string& name) {
  std::error_code error;
  if (!fs::is_regular_file(name, error))
    throw UsageError(fmt::format("{}: no such program, expected the path of a gpugauge", name));
  if (access(name.c_str(), X_OK) != 0) throw UsageError(fmt::format("{}: is not executable", name));
  return fs::absolute(name);
}

/// `results/ab_20261122T140305Z` unless it was named. Throws UsageError if something is in it.
fs::path make_folder(const AbOptions& options) {
  std::string time = utc_now();
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  const fs::path folder =
      options.output.empty() ? fs::path("results") / ("ab_" + time) : fs::path(options.output);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw EnvironmentError(fmt::format("{}: {}", folder.string(), error.message()));
  if (!fs::is_empty(folder, error))
    throw UsageError(fmt::format("{}: is not empty, expected a new folder", folder.string()));
  return folder;
}

/// The last line of a child's log says why it failed.
std::string last_line(const fs::path& log) {
  std::ifstream stream(log);
  std::string last;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty()) last = line;
  }
  return last;
}

class Measuring {
 public:
  Measuring(const AbOptions& options, fs::path folder)
      : options_(options),
        folder_(std::move(folder)),
        a_{'a', checked_build(options.build_a), options.suite},
        b_{'b', checked_build(options.build_b),
           options.suite_b.empty() ? options.suite : options.suite_b},
        deadline_(ChildRunner::Clock::time_point::max()) {
    if (options.time_limit_seconds)
      deadline_ = ChildRunner::Clock::now() +
                  std::chrono::duration_cast<ChildRunner::Clock::duration>(
                      std::chrono::duration<double>(*options.time_limit_seconds));
  }

  /// Throws EnvironmentError if a child fails.
  Rounds all() {
    Rounds rounds;
    for (std::size_t number = 1; number <= options_.rounds; ++number) {
      spdlog::info("round {} of {}", number, options_.rounds);
      const bool a_first = number % 2 == 1;
      const fs::path first = measure(a_first ? a_ : b_, number, rounds.stop);
      if (rounds.stop != Stop::kNo) break;
      const fs::path second = measure(a_first ? b_ : a_, number, rounds.stop);
      if (rounds.stop != Stop::kNo) break;
      rounds.complete.push_back(a_first ? Round{first, second} : Round{second, first});
    }
    return rounds;
  }

 private:
  fs::path measure(const BuildAndSuite& which, std::size_t number, Stop& stop) {
    const fs::path stem = folder_ / fmt::format("round-{:02}-{}", number, which.letter);
    const fs::path result = fs::path(stem) += ".json", log = fs::path(stem) += ".log";
    const ChildEnd end = children_.run(arguments(which, result), log, deadline_);
    if (end.kind == ChildEnd::Kind::kInterrupted) stop = Stop::kInterrupted;
    if (end.kind == ChildEnd::Kind::kTimedOut) stop = Stop::kTimeLimit;
    if (stop != Stop::kNo) return result;
    // A card under its datasheet is no matter here.
    const bool done = end.kind == ChildEnd::Kind::kExited &&
                      (end.code == static_cast<int>(ExitStatus::kDone) ||
                       end.code == static_cast<int>(ExitStatus::kCheckFailed));
    std::error_code error;
    if (done && fs::exists(result, error)) return result;
    throw EnvironmentError(fmt::format(
        "build {} ({}), round {}: {} {}, and {}; {}: {}",
        static_cast<char>(std::toupper(which.letter)), which.build.string(), number,
        end.kind == ChildEnd::Kind::kExited ? "exit status" : "killed by signal", end.code,
        fs::exists(result, error) ? "its result file is not used" : "no result file", log.string(),
        last_line(log)));
  }

  std::vector<std::string> arguments(const BuildAndSuite& which, const fs::path& result) const {
    std::vector<std::string> argv{which.build.string(), "run",      "--quiet",       "--suite",
                                  which.suite,          "--device", options_.device, "--output",
                                  result.string()};
    if (!options_.filter.empty()) argv.push_back("--filter=" + options_.filter);
    return argv;
  }

  const AbOptions& options_;
  fs::path folder_;
  BuildAndSuite a_, b_;
  ChildRunner::Clock::time_point deadline_;
  ChildRunner children_;
};

/// The records of all rounds, each side's first round first.
AbFinding judge_rounds(const std::vector<Round>& rounds, const AbOptions& options) {
  std::vector<fs::path> files;
  for (const Round& round : rounds) files.push_back(round.a);
  for (const Round& round : rounds) files.push_back(round.b);
  const std::vector<Record> records = read_records(files, Detail::kSummary, {});
  for (const Record& record : records) log_warnings(record.warnings);
  Side a{.label = "A", .records = {}, .datasheet = nullptr, .dollars_per_gpu_hour = {}};
  Side b{.label = "B", .records = {}, .datasheet = nullptr, .dollars_per_gpu_hour = {}};
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    a.records.push_back(&records[i]);
    b.records.push_back(&records[rounds.size() + i]);
  }
  return compare_ab(a, b, options.threshold_percent / 100);
}

ExitStatus run_ab(const AbOptions& options) {
  const fs::path folder = make_folder(options);
  const Rounds rounds = Measuring(options, folder).all();
  const std::string done = fmt::format("after {} of {} rounds; the result files are in {}",
                                       rounds.complete.size(), options.rounds, folder.string());
  ExitStatus status = ExitStatus::kDone;
  if (!rounds.complete.empty()) {
    const AbFinding finding = judge_rounds(rounds.complete, options);
    print_tables(std::cout, ab_tables(finding), options.printed);
    if (finding.cases.empty())
      throw EnvironmentError(fmt::format("A and B have no case in common; {}", done));
    status = status_of(finding);
  }
  if (rounds.stop == Stop::kInterrupted)
    throw Error(ExitStatus::kInterrupted, "interrupted " + done);
  if (rounds.complete.size() < kLeastRounds)
    throw EnvironmentError(
        fmt::format("time limit reached {}: a verdict needs {} rounds", done, kLeastRounds));
  spdlog::info("{}: {}", rounds.stop == Stop::kNo ? "done" : "ended by the time limit", done);
  return status;
}

}  // namespace

void add_ab_command(Command& program) {
  auto [command, options] = program.add_command<AbOptions>(
      "ab", "whether one build is slower than another on one card", run_ab, kAbExamples);
  command.argument("BUILD_A", options.build_a, "the gpugauge program of the base");
  command.argument("BUILD_B", options.build_b, "the gpugauge program to judge; may be the same");
  command.option(option::kSuite, options.suite);
  command.option(option::kSuiteB, options.suite_b);
  command.option(option::kDevice, options.device);
  command.option(option::kFilter, options.filter);
  command.option(option::kRounds, options.rounds);
  command.option(option::kThreshold, options.threshold_percent);
  command.option(option::kTimeLimit, options.time_limit_seconds);
  command.option(option::kOutput, options.output)
      .detail("a folder of result files and logs; default: results/ab_<time>");
  add_format_option(command, options.printed);
}

}  // namespace gpugauge
