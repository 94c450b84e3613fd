#include "kernels/cuda/gemm/cublaslt.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cstdlib>
#include <filesystem>
#include <vector>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> candidates() {
  // The version that this was compiled against: another has another interface.
  const auto name = fmt::format("libcublasLt.so.{}", CUBLAS_VER_MAJOR);
  std::vector<std::string> paths{name};
  const auto add = [&](const fs::path& folder) { paths.push_back((folder / name).string()); };

  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  for (fs::path folder = program.parent_path(); folder.has_relative_path();
       folder = folder.parent_path()) {
    const fs::path wheels = folder / fmt::format(".cuda/nvidia/cu{}/lib", CUBLAS_VER_MAJOR);
    if (fs::is_directory(wheels, ignored)) add(wheels);
  }
  if (const char* home = std::getenv("CUDA_HOME")) add(fs::path(home) / "lib64");
  add("/usr/local/cuda/lib64");
  return paths;
}

/// False if the library lacks it.
template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  return function != nullptr;
}

std::optional<CublasLtApi> load(void* library) {
  CublasLtApi api;
  const bool complete = find(library, "cublasLtCreate", api.create) &&
                        find(library, "cublasLtDestroy", api.destroy) &&
                        find(library, "cublasLtGetVersion", api.version) &&
                        find(library, "cublasLtGetStatusString", api.status_string) &&
                        find(library, "cublasLtMatmul", api.matmul) &&
                        find(library, "cublasLtMatmulDescCreate", api.create_description) &&
                        find(library, "cublasLtMatmulDescDestroy", api.destroy_description) &&
                        find(library, "cublasLtMatmulDescSetAttribute", api.set_description) &&
                        find(library, "cublasLtMatrixLayoutCreate", api.create_layout) &&
                        find(library, "cublasLtMatrixLayoutDestroy", api.destroy_layout) &&
                        find(library, "cublasLtMatmulPreferenceCreate", api.create_preference) &&
                        find(library, "cublasLtMatmulPreferenceDestroy", api.destroy_preference) &&
                        find(library, "cublasLtMatmulPreferenceSetAttribute", api.set_preference) &&
                        find(library, "cublasLtMatmulAlgoGetHeuristic", api.heuristic) &&
                        find(library, "cublasLtMatmulAlgoConfigGetAttribute", api.get_config) &&
                        find(library, "cublasLtMatmulAlgoConfigSetAttribute", api.set_config) &&
                        find(library, "cublasLtMatmulAlgoCapGetAttribute", api.get_capability) &&
                        find(library, "cublasLtMatmulAlgoGetIds", api.algorithm_ids) &&
                        find(library, "cublasLtMatmulAlgoInit", api.init_algorithm) &&
                        find(library, "cublasLtMatmulAlgoCheck", api.check_algorithm);
  return complete ? std::optional(api) : std::nullopt;
}

/// The library stays open until the process ends.
CublasLtLibrary open_library() {
  const std::vector<std::string> paths = candidates();
  for (const std::string& path : paths) {
    void* library = dlopen(path.c_str(), RTLD_LAZY | RTLD_LOCAL);
    if (library == nullptr) continue;
    if (const auto api = load(library)) return {.api = api, .absence = {}};
    dlclose(library);
  }
  return {.api = std::nullopt,
          .absence = fmt::format("cuBLASLt was not found (looked for {})", fmt::join(paths, ", "))};
}

}  // namespace

void CublasLtApi::check(cublasStatus_t status, std::string_view what,
                        const std::source_location& where) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const auto message = fmt::format("cuBLASLt: {}: {}, at {}:{}", what, status_string(status),
                                   where.file_name(), where.line());
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfMemory(message);
  throw EnvironmentError(message);
}

const CublasLtLibrary& cublaslt_library() {
  static const CublasLtLibrary library = open_library();
  return library;
}

const CublasLtApi& cublaslt_api() {
  const CublasLtLibrary& library = cublaslt_library();
  if (!library.api) throw EnvironmentError(library.absence);
  return *library.api;
}

}  // namespace gpugauge
