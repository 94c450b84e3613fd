#include "harness/device/host.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "harness/base/text_file.hpp"
#include "harness/device/cgroup.hpp"

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

/// The instruction sets that decide which dtypes run and how fast, as /proc/cpuinfo spells them.
constexpr std::array<std::string_view, 19> kRelevantFeatures{
    "f16c",     "fma",         "avx2",        "avx_vnni",    "avx_ne_convert",
    "avx512f",  "avx512_vnni", "avx512_bf16", "avx512_fp16", "amx_tile",
    "amx_int8", "amx_bf16",    "amx_fp16",    "asimd",       "asimddp",
    "asimdhp",  "fphp",        "bf16",        "i8mm"};

std::vector<std::string> relevant_features(const std::string& cpuinfo) {
  auto flags = field_of(cpuinfo, "flags");
  if (!flags) flags = field_of(cpuinfo, "Features");  // on Arm
  std::istringstream words(flags.value_or(""));
  std::vector<std::string> found;
  for (std::string word; words >> word;) {
    if (std::find(kRelevantFeatures.begin(), kRelevantFeatures.end(), word) !=
        kRelevantFeatures.end()) {
      found.push_back(word);
    }
  }
  return found;
}

std::string processor_name(const std::string& cpuinfo) {
  if (auto name = field_of(cpuinfo, "model name")) return *name;
  const auto implementer = field_of(cpuinfo, "CPU implementer");
  const auto part = field_of(cpuinfo, "CPU part");
  if (implementer && part) return fmt::format("Arm implementer {} part {}", *implementer, *part);
  return "unknown processor";
}

/// The signature that the monitor leaves in CPUID leaf 0x40000000, by its product's name.
std::string hypervisor_name() {
#if defined(__x86_64__)
  unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
  __cpuid(0x40000000, eax, ebx, ecx, edx);
  std::array<char, 13> signature{};
  std::memcpy(signature.data(), &ebx, 4);
  std::memcpy(signature.data() + 4, &ecx, 4);
  std::memcpy(signature.data() + 8, &edx, 4);
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kKnown{
      {{"KVMKVMKVM", "KVM"},
       {"Microsoft Hv", "Hyper-V"},
       {"VMwareVMware", "VMware"},
       {"XenVMMXenVMM", "Xen"}}};
  for (const auto& [found, name] : kKnown) {
    if (found == signature.data()) return std::string(name);
  }
  if (signature[0] != '\0') return signature.data();
#endif
  return "unknown";
}

using SystemInfo = struct sysinfo;

/// As the kernel says where /proc is not mounted, or is another's.
double memory_of_system(unsigned long SystemInfo::*bytes) {
  SystemInfo info{};
  if (sysinfo(&info) != 0) return 0;
  return static_cast<double>(info.*bytes) * static_cast<double>(info.mem_unit);
}

std::optional<double> kibibytes(const std::string& meminfo, std::string_view key) {
  const auto kib = number_in(field_of(meminfo, key).value_or(""));
  if (!kib) return std::nullopt;
  return *kib * 1024;
}

}  // namespace

std::vector<int> parse_cpu_list(std::string_view list) {
  std::vector<int> cpus;
  while (!list.empty()) {
    const auto comma = list.find(',');
    const std::string_view item = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    int first = 0;
    const auto begin = std::from_chars(item.data(), item.data() + item.size(), first);
    if (begin.ec != std::errc{}) continue;
    int last = first;
    if (begin.ptr != item.data() + item.size()) {
      if (*begin.ptr != '-') continue;
      const auto end = std::from_chars(begin.ptr + 1, item.data() + item.size(), last);
      if (end.ec != std::errc{}) continue;
    }
    for (int cpu = first; cpu <= last; ++cpu) cpus.push_back(cpu);
  }
  return cpus;
}

const std::vector<int>& allowed_cpus() {
  static const std::vector<int> allowed = [] {
    cpu_set_t mask;
    CPU_ZERO(&mask);
    if (sched_getaffinity(0, sizeof mask, &mask) != 0) return std::vector<int>{0};
    std::vector<int> cpus;
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (CPU_ISSET(static_cast<std::size_t>(cpu), &mask)) cpus.push_back(cpu);
    }
    return cpus;
  }();
  return allowed;
}

fs::path Host::cpu_folder(int cpu) const {
  return root_ / "sys/devices/system/cpu" / fmt::format("cpu{}", cpu);
}

std::vector<int> Host::usable_cpus(std::span<const int> allowed) const {
  std::vector<int> cpus;
  std::set<int> siblings;
  for (int cpu : allowed) {
    if (!siblings.insert(cpu).second) continue;
    cpus.push_back(cpu);
    for (int sibling :
         parse_cpu_list(read_text(cpu_folder(cpu) / "topology/thread_siblings_list"))) {
      siblings.insert(sibling);
    }
  }
  if (const auto quota = read_cgroup_limits(root_).cpus) {
    const auto most = static_cast<std::size_t>(std::max(1.0, std::floor(*quota)));
    if (cpus.size() > most) cpus.resize(most);
  }
  return cpus;
}

std::int64_t Host::last_level_cache_bytes(std::span<const int> cpus) const {
  // Several caches of the highest level, as on chiplets, hold data together: their sum counts.
  std::map<int, std::map<std::string, double>> bytes_by_level_and_sharers;
  for (int cpu : cpus) {
    for (int index = 0;; ++index) {
      const fs::path cache = cpu_folder(cpu) / "cache" / fmt::format("index{}", index);
      const auto level = read_number(cache / "level");
      if (!level) break;
      const auto kib = read_number(cache / "size");  // `266240K`
      if (!kib || read_text(cache / "type") == "Instruction") continue;
      bytes_by_level_and_sharers[static_cast<int>(*level)][read_text(cache / "shared_cpu_list")] =
          *kib * 1024;
    }
  }
  if (bytes_by_level_and_sharers.empty()) {
    return std::max({sysconf(_SC_LEVEL3_CACHE_SIZE), sysconf(_SC_LEVEL2_CACHE_SIZE), 0L});
  }
  double sum = 0.0;
  for (const auto& [sharers, bytes] : bytes_by_level_and_sharers.rbegin()->second) sum += bytes;
  return static_cast<std::int64_t>(sum);
}

DeviceInfo Host::describe(std::span<const int> cpus) const {
  const std::string cpuinfo = read_text(root_ / "proc/cpuinfo");
  const int first = cpus.empty() ? 0 : cpus.front();
  DeviceInfo info;
  info.id = "cpu";
  info.backend = Backend::kCpu;
  info.name = processor_name(cpuinfo);
  info.compute_units = static_cast<int>(cpus.size());
  info.features = relevant_features(cpuinfo);
  info.cache_bytes = last_level_cache_bytes(cpus);

  double memory = kibibytes(read_text(root_ / "proc/meminfo"), "MemTotal")
                      .value_or(memory_of_system(&SystemInfo::totalram));
  if (const auto limit = read_cgroup_limits(root_).memory_bytes) memory = std::min(memory, *limit);
  info.memory_bytes = static_cast<std::int64_t>(memory);

  const fs::path frequency = cpu_folder(first) / "cpufreq";
  if (const auto khz = read_number(frequency / "cpuinfo_max_freq")) {
    info.max_clock_mhz = *khz / 1000;
  }
  if (std::string governor = read_text(frequency / "scaling_governor"); !governor.empty()) {
    info.governor = std::move(governor);
  }
  const std::string flags = fmt::format(" {} ", field_of(cpuinfo, "flags").value_or(""));
  if (flags.find(" hypervisor ") != std::string::npos) info.hypervisor = hypervisor_name();
  return info;
}

std::int64_t Host::available_memory_bytes() const {
  double bytes = kibibytes(read_text(root_ / "proc/meminfo"), "MemAvailable")
                     .value_or(memory_of_system(&SystemInfo::freeram));
  if (const auto room = read_cgroup_limits(root_).memory_room_bytes) bytes = std::min(bytes, *room);
  return static_cast<std::int64_t>(bytes);
}

std::optional<double> Host::stolen_seconds(std::span<const int> cpus) const {
  const std::string statistics = read_text(root_ / "proc/stat");
  double ticks = 0.0;
  for (int cpu : cpus) {
    // user nice system idle iowait irq softirq steal …: proc(5)
    std::istringstream fields(field_of(statistics, fmt::format("cpu{}", cpu)).value_or(""));
    double value = 0.0;
    for (int field = 0; field < 8; ++field) {
      if (!(fields >> value)) return std::nullopt;
    }
    ticks += value;
  }
  return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

std::optional<double> Host::waited_seconds() const {
  std::optional<double> nanoseconds;
  std::error_code none;
  for (const auto& thread : fs::directory_iterator(root_ / "proc/self/task", none)) {
    // Time on a CPU, time waiting for one, turns: Documentation/scheduler/sched-stats.rst
    std::istringstream fields(read_text(thread.path() / "schedstat"));
    double running = 0.0, waiting = 0.0;
    if (fields >> running >> waiting) nanoseconds = nanoseconds.value_or(0.0) + waiting;
  }
  if (!nanoseconds) return std::nullopt;
  return *nanoseconds / 1e9;
}

std::optional<double> Host::quota_seconds() const {
  const auto throttling = read_cgroup_throttling(root_);
  return throttling ? std::optional(throttling->throttled_seconds) : std::nullopt;
}

std::optional<double> Host::temperature_c() const {
  std::optional<double> hottest;
  std::error_code none;
  for (const auto& zone : fs::directory_iterator(root_ / "sys/class/thermal", none)) {
    const std::string type = read_text(zone.path() / "type");
    if (type.find("cpu") == std::string::npos && type.find("pkg") == std::string::npos) continue;
    if (const auto millidegrees = read_number(zone.path() / "temp")) {
      hottest = std::max(hottest.value_or(-273.15), *millidegrees / 1000);
    }
  }
  return hottest;
}

std::optional<double> Host::reported_clock_mhz(int cpu) const {
  if (const auto khz = read_number(cpu_folder(cpu) / "cpufreq/scaling_cur_freq")) {
    return *khz / 1000;
  }
  return std::nullopt;
}

}  // namespace gpugauge
