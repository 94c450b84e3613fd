#include "kernels/cuda/gemm/cublaslt.hpp"

#include <dlfcn.h>
#include <fmt/format.h>
#include <link.h>

#include <memory>
#include <set>

#include "harness/base/environment.hpp"
#include "harness/base/error.hpp"
#include "harness/device/nvidia_host.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

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

class OpenLibrary {
 public:
  explicit OpenLibrary(const std::string& name)
      : handle_(dlopen(name.c_str(), RTLD_LAZY | RTLD_LOCAL)) {}

  bool is_open() const { return handle_ != nullptr; }
  void* handle() const { return handle_.get(); }
  /// The library stays open until the process ends.
  void keep() { (void)handle_.release(); }

  fs::path file() const {
    link_map* map = nullptr;
    if (dlinfo(handle_.get(), RTLD_DI_LINKMAP, &map) != 0) return {};
    std::error_code none;
    const fs::path real = fs::canonical(map->l_name, none);
    return none ? fs::path(map->l_name) : real;
  }

 private:
  struct Close {
    void operator()(void* handle) const { dlclose(handle); }
  };
  std::unique_ptr<void, Close> handle_;
};

std::string version_text(std::size_t version) {
  // major·10000 + minor·100 + patch: cuBLAS documentation.
  return fmt::format("{}.{}.{}", version / 10000, version / 100 % 100, version % 100);
}

/// Opens one after the other and keeps the newest.
class NewestLibrary {
 public:
  explicit NewestLibrary(int major) : major_(major) {}

  void try_name(const std::string& name) {
    OpenLibrary opened(name);
    if (!opened.is_open()) {
      if (name.find('/') != std::string::npos) pass_over(name, "cannot be opened");
      return;
    }
    const fs::path file = opened.file();
    if (!seen_.insert(file).second) return;
    const auto api = load(opened.handle());
    if (!api) return pass_over(file, "lacks functions that are used here");
    const std::size_t version = api->version();
    if (static_cast<int>(version / 10000) != major_) return pass_over(file, other_major(version));
    if (best_ && version <= best_version_) return pass_over(file, version_text(version));
    if (best_) pass_over(library_.file, library_.version);
    library_.api = api;
    library_.file = file;
    library_.version = version_text(version);
    best_version_ = version;
    best_ = std::move(opened);
  }

  void try_file(const FoundLibrary& found) {
    if (found.major == major_) return try_name(found.file.string());
    std::error_code none;
    if (seen_.insert(fs::canonical(found.file, none)).second) {
      pass_over(found.file, other_major(static_cast<std::size_t>(found.major) * 10000));
    }
  }

  CublasLtLibrary take() {
    if (best_) {
      best_->keep();
    } else {
      library_.absence =
          fmt::format("cuBLASLt {} is not here: {}", major_, cublaslt_command(major_));
    }
    return std::move(library_);
  }

 private:
  void pass_over(const fs::path& file, std::string why) {
    library_.others.push_back({file, std::move(why)});
  }
  std::string other_major(std::size_t version) const {
    return fmt::format("of CUDA {}, this program is of {}", version / 10000, major_);
  }

  int major_;
  CublasLtLibrary library_;
  std::set<fs::path> seen_;
  std::optional<OpenLibrary> best_;
  std::size_t best_version_ = 0;
};

}  // namespace

CublasLtLibrary open_cublaslt(const LibraryPlaces& places, int major) {
  NewestLibrary newest(major);
  if (const std::string chosen = places.environment("GPUGAUGE_CUBLASLT"); !chosen.empty()) {
    newest.try_name(chosen);
    CublasLtLibrary library = newest.take();
    if (!library.api) {
      library.absence =
          fmt::format("GPUGAUGE_CUBLASLT={}: {}", chosen,
                      library.others.empty() ? "cannot be opened" : library.others.back().why_not);
    }
    return library;
  }
  newest.try_name(fmt::format("libcublasLt.so.{}", major));
  for (const fs::path& folder : cublaslt_folders(places)) {
    for (const FoundLibrary& found : cublaslt_files(folder)) newest.try_file(found);
  }
  return newest.take();
}

void CublasLtApi::check(cublasStatus_t status, std::string_view what,
                        const std::source_location& where) const {
  if (status == CUBLAS_STATUS_SUCCESS) return;
  const auto message = fmt::format("cuBLASLt: {}: {}, at {}:{}", what, status_string(status),
                                   where.file_name(), where.line());
  if (status == CUBLAS_STATUS_ALLOC_FAILED) throw OutOfMemory(message);
  throw EnvironmentError(message);
}

const CublasLtLibrary& cublaslt_library() {
  static const CublasLtLibrary library = [] {
    std::error_code none;
    return open_cublaslt({.root = system_root(),
                          .program = fs::read_symlink("/proc/self/exe", none),
                          .environment = environment},
                         CUBLAS_VER_MAJOR);
  }();
  return library;
}

const CublasLtApi& cublaslt_api() {
  const CublasLtLibrary& library = cublaslt_library();
  if (!library.api) throw EnvironmentError(library.absence);
  return *library.api;
}

}  // namespace gpugauge
