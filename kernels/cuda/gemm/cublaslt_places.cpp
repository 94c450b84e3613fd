#include "kernels/cuda/gemm/cublaslt_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <sstream>

#include "harness/base/parse_number.hpp"

namespace gpugauge {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> entries_of(const fs::path& folder, std::string_view prefix) {
  std::vector<fs::path> found;
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().filename().string().starts_with(prefix)) found.push_back(entry.path());
  }
  std::ranges::sort(found);
  return found;
}

class Folders {
 public:
  explicit Folders(const LibraryPlaces& places) : places_(places) {}

  std::vector<fs::path> find() {
    const fs::path beside = places_.program.parent_path();
    for (fs::path folder = beside; folder.has_relative_path(); folder = folder.parent_path()) {
      for (const fs::path& wheels : entries_of(folder / ".cuda/nvidia", "cu")) add(wheels / "lib");
    }
    add_python(beside.parent_path());
    for (const char* name : {"CUDA_HOME", "CUDA_PATH"}) {
      if (const std::string home = places_.environment(name); !home.empty()) {
        add(fs::path(home) / "lib64");
      }
    }
    for (const char* parent : {"usr/local", "opt"}) {
      for (const fs::path& toolkit : entries_of(places_.root / parent, "cuda")) {
        add(toolkit / "lib64");
      }
    }
    for (const char* name : {"VIRTUAL_ENV", "CONDA_PREFIX"}) {
      if (const std::string prefix = places_.environment(name); !prefix.empty()) {
        add_python(prefix);
      }
    }
    add_pythons_on_path();
    return std::move(found_);
  }

 private:
  void add(const fs::path& folder) {
    std::error_code none;
    const fs::path real = fs::canonical(folder, none);
    if (none || !fs::is_directory(real, none)) return;
    if (std::ranges::find(found_, real) == found_.end()) found_.push_back(real);
  }

  /// The packages of a Python that is installed below `prefix`.
  void add_packages(const fs::path& packages) {
    // nvidia/cublas of nvidia-cublas-cu12, nvidia/cu13 of nvidia-cublas.
    for (const fs::path& each : entries_of(packages / "nvidia", "cu")) add(each / "lib");
    add(packages / "torch/lib");
  }

  void add_python(const fs::path& prefix) {
    for (const fs::path& library : {prefix / "lib", prefix / "local/lib"}) {
      for (const fs::path& version : entries_of(library, "python3")) {
        add_packages(version / "site-packages");
        add_packages(version / "dist-packages");
      }
    }
    std::error_code none;
    if (fs::is_directory(prefix / "conda-meta", none)) add(prefix / "lib");
  }

  void add_pythons_on_path() {
    std::istringstream path(places_.environment("PATH"));
    for (std::string folder; std::getline(path, folder, ':');) {
      std::error_code none;
      if (folder.empty() || !fs::exists(fs::path(folder) / "python3", none)) continue;
      add_python(fs::path(folder).parent_path());
    }
    if (const std::string home = places_.environment("HOME"); !home.empty()) {
      add_python(fs::path(home) / ".local");
    }
  }

  const LibraryPlaces& places_;
  std::vector<fs::path> found_;
};

}  // namespace

std::vector<fs::path> cublaslt_folders(const LibraryPlaces& places) {
  return Folders(places).find();
}

std::vector<FoundLibrary> cublaslt_files(const fs::path& folder) {
  constexpr std::string_view kPrefix = "libcublasLt.so.";
  std::vector<FoundLibrary> found;
  for (const fs::path& file : entries_of(folder, kPrefix)) {
    const auto major = parse_number<int>(file.filename().string().substr(kPrefix.size()));
    if (major) found.push_back({file, *major});  // the others are what it is a link to
  }
  return found;
}

std::string cublaslt_command(int major) {
  // Since 13 the package has no version in its name.
  return major >= 13 ? "pip install nvidia-cublas"
                     : fmt::format("pip install nvidia-cublas-cu{}", major);
}

}  // namespace gpugauge
