#include "harness/record/provenance.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <thread>

#include "build_info.hpp"
#include "harness/base/text_file.hpp"
#include "harness/record/run_id.hpp"
#include "harness/record/sha256.hpp"

namespace gpugauge {
namespace {

std::string or_unknown(std::string text) {
  if (text.empty()) text = "unknown";
  return text;
}

std::string trimmed(std::string_view text, std::string_view cut) {
  const std::size_t begin = text.find_first_not_of(cut);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(cut) - begin + 1));
}

std::string host_name() {
  std::array<char, 256> name{};
  if (::gethostname(name.data(), name.size() - 1) != 0) name.front() = '\0';
  return or_unknown(name.data());
}

/// systemd's convention (`container` in the environment), then the marks of Docker and Podman.
std::string container() {
  if (const char* name = std::getenv("container")) return name;
  std::error_code ignored;
  if (std::filesystem::exists("/.dockerenv", ignored)) return "docker";
  if (std::filesystem::exists("/run/.containerenv", ignored)) return "podman";
  return {};
}

}  // namespace

std::string os_release_value(std::string_view text, std::string_view key) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t at = line.find('=');
    if (at != std::string::npos && trimmed(line.substr(0, at), " \t") == key)
      return trimmed(std::string_view(line).substr(at + 1), " \t\"'");
  }
  return {};
}

Provenance collect_provenance(std::vector<std::string> argv) {
  Provenance p;
  p.run_id = new_run_id();
  p.host_name = host_name();
  p.sessions.push_back({.started_utc = utc_now(), .ended_utc = {}, .argv = std::move(argv)});

  p.gpugauge_version = build_info::kVersion;
  p.git_sha = build_info::kGitSha;
  p.git_dirty = build_info::kGitDirty;
  p.compiler = build_info::kCompiler;
  p.compiler_flags = build_info::kCompilerFlags;
  p.build_type = build_info::kBuildType;
  p.executable_sha256 = sha256_of_file("/proc/self/exe");
  p.libraries = {{"google_benchmark", std::string(build_info::kBenchmarkVersion)},
                 {"onednn", std::string(build_info::kOneDnnVersion)}};
  if (!build_info::kCudaToolkitVersion.empty())
    p.libraries.emplace_back("cuda_toolkit", build_info::kCudaToolkitVersion);

  utsname system{};
  ::uname(&system);
  p.kernel = or_unknown(system.release);
  p.os = or_unknown(os_release_value(read_text("/etc/os-release"), "PRETTY_NAME"));
  // Arm's cpuinfo has no model name: the architecture has to do.
  p.cpu_name = field_of(read_text("/proc/cpuinfo"), "model name").value_or("");
  if (p.cpu_name.empty()) p.cpu_name = or_unknown(system.machine);
  p.cpu_count = static_cast<int>(std::thread::hardware_concurrency());
  p.container = container();
  return p;
}

}  // namespace gpugauge
