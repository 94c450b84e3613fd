// How the doctor finds out what it knows of a machine: files, libraries opened by name, the
// environment.

#include <dlfcn.h>
#include <oneapi/dnnl/dnnl.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <memory>
#include <set>
#include <sstream>
#include <utility>

#include <fmt/format.h>

#include "build_info.hpp"
#include "harness/base/environment.hpp"
#include "harness/base/error.hpp"
#include "harness/cli/commands/doctor.hpp"
#include "harness/config/catalog.hpp"
#include "harness/device/host.hpp"
#include "harness/device/open/open_device.hpp"
#if GPUGAUGE_HAS_CUDA
#include "kernels/cuda/gemm/cublaslt.hpp"
#endif

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

std::string read_line(const fs::path& path) {
  std::string line;
  std::ifstream in(path);
  std::getline(in, line);
  return line;
}

// ---- libraries ---------------------------------------------------------------------------------

using Library = std::unique_ptr<void, int (*)(void*)>;

Library open_library(const char* name) { return {dlopen(name, RTLD_LAZY | RTLD_LOCAL), dlclose}; }

template <typename Function>
Function* find(const Library& library, const char* name) {
  return reinterpret_cast<Function*>(library ? dlsym(library.get(), name) : nullptr);
}

/// Needs NVML to start, which it does not where the kernel module is missing or is another version.
std::optional<std::string> nvml_version() {
  const Library library = open_library("libnvidia-ml.so.1");
  const auto init = find<int()>(library, "nvmlInit_v2");
  const auto shutdown = find<int()>(library, "nvmlShutdown");
  const auto ask = find<int(char*, unsigned)>(library, "nvmlSystemGetNVMLVersion");
  if (init == nullptr || shutdown == nullptr || ask == nullptr || init() != 0) return std::nullopt;
  std::array<char, 80> text{};
  const int status = ask(text.data(), static_cast<unsigned>(text.size()));
  shutdown();
  if (status != 0) return std::nullopt;
  return text.data();
}

/// As the GEMMs would use it.
void examine_cublaslt([[maybe_unused]] Machine& machine) {
#if GPUGAUGE_HAS_CUDA
  const CublasLtLibrary& library = cublaslt_library();
  if (library.api) {
    machine.cublaslt = fmt::format("{}, {}", library.version, library.file.string());
  }
  for (const CublasLtLibrary::Other& other : library.others) {
    machine.other_cublaslts.push_back(fmt::format("{} ({})", other.file.string(), other.why_not));
  }
  machine.cublaslt_command = cublaslt_command(CUBLAS_VER_MAJOR);
#endif
}

/// Empty where the program opens it at run time and it is not there.
std::string onednn_version() {
  const dnnl_version_t* version = dnnl_version();
  if (version->major == 0) return {};
  return fmt::format("{}.{}.{}", version->major, version->minor, version->patch);
}

// ---- files -------------------------------------------------------------------------------------

/// Of all CPU time since boot: the eighth number of /proc/stat over the sum of the first eight
/// (proc(5); the two after them are counted in user and nice already).
std::optional<double> steal_share(const fs::path& root) {
  std::istringstream line(read_line(root / "proc/stat"));
  std::string cpu;
  line >> cpu;
  double sum = 0;
  double ticks = 0;
  for (int i = 0; i < 8; ++i) {
    if (!(line >> ticks)) return std::nullopt;
    sum += ticks;
  }
  if (sum <= 0) return std::nullopt;
  return ticks / sum;
}

/// The word in brackets: `always [madvise] never`.
std::string huge_pages(const fs::path& root) {
  const std::string line = read_line(root / "sys/kernel/mm/transparent_hugepage/enabled");
  const auto begin = line.find('[');
  const auto end = line.find(']');
  if (begin == std::string::npos || end == std::string::npos || end < begin) return {};
  return line.substr(begin + 1, end - begin - 1);
}

/// As nvcc_candidates of scripts/cuda_toolkit.sh, each program once.
std::vector<std::string> find_nvccs(const fs::path& root) {
  std::vector<fs::path> folders;
  if (const std::string home = environment("CUDA_HOME"); !home.empty())
    folders.push_back(fs::path(home) / "bin");
  std::istringstream path(environment("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) folders.emplace_back(folder);
  folders.push_back(root / "usr/local/cuda/bin");
  folders.push_back(root / "opt/cuda/bin");
  std::error_code none;
  std::set<fs::path> versions;
  for (const auto& entry : fs::directory_iterator(root / "usr/local", none)) {
    if (entry.path().filename().string().starts_with("cuda-")) versions.insert(entry.path());
  }
  for (const fs::path& toolkit : versions) folders.push_back(toolkit / "bin");
  const fs::path program = fs::read_symlink("/proc/self/exe", none);
  folders.push_back(program.parent_path().parent_path() / ".cuda/nvidia/cu13/bin");

  std::vector<std::string> found;
  std::set<fs::path> seen;
  for (const fs::path& folder : folders) {
    const fs::path nvcc = folder / "nvcc";
    if (access(nvcc.c_str(), X_OK) != 0) continue;
    if (seen.insert(fs::canonical(nvcc, none)).second) found.push_back(nvcc.string());
  }
  return found;
}

void examine_configs(Machine& machine) {
  try {
    const Catalog catalog = Catalog::locate();
    machine.suites = catalog.suite_names().size();
    machine.models = catalog.model_names().size();
    machine.datasheets = catalog.datasheets();
    machine.configs = catalog.root();
  } catch (const Error& error) {
    machine.configs_error = error.what();
  }
}

}  // namespace

void examine_files(Machine& machine, const fs::path& root) {
  machine.nvidia = look_at_nvidia_host(root);
  machine.steal_share = steal_share(root);
  machine.huge_pages = huge_pages(root);
  machine.available_memory_bytes = Host(root).available_memory_bytes();
  machine.nvccs = find_nvccs(root);
}

Machine examine_machine() {
  Machine machine;
  Discovery discovered = discover_devices();
  machine.devices = std::move(discovered.devices);
  machine.trouble = std::move(discovered.trouble);
  for (const DeviceInfo& device : machine.devices) {
    if (const auto health = health_of(device)) machine.health.emplace(device.id, *health);
  }
  examine_files(machine, system_root());
  machine.driver_cuda = driver_cuda_version();
  machine.nvml_version = nvml_version();
  examine_cublaslt(machine);
  machine.onednn_version = onednn_version();
  machine.build_cuda = build_info::kCudaToolkitVersion;
  machine.code = parse_program_code(build_info::kCudaArchitectures);

  std::error_code none;
  machine.folder = fs::current_path(none);
  machine.folder_writable = access(machine.folder.c_str(), W_OK) == 0;
  const fs::space_info space = fs::space(machine.folder, none);
  machine.free_disk_bytes = none ? 0 : static_cast<std::int64_t>(space.available);
  examine_configs(machine);
  return machine;
}

}  // namespace gpugauge
