#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Where on a machine cuBLASLt may be. Pure but for looking at folders.
namespace gpugauge {

struct LibraryPlaces {
  std::filesystem::path root = "/";  ///< tests lay out another machine
  std::filesystem::path program;     ///< this program's file
  /// The value of an environment variable, or an empty text.
  std::function<std::string(const char*)> environment;
};

/// The folders that may hold cuBLASLt and are there, each once: those above the program (the
/// checkout's wheels, the Python that it was installed into), $CUDA_HOME and $CUDA_PATH, the
/// toolkits in /usr/local and /opt, and for each Python that is active or on PATH NVIDIA's wheels,
/// PyTorch's own copy and conda's folder.
std::vector<std::filesystem::path> cublaslt_folders(const LibraryPlaces& places);

/// The files `libcublasLt.so.<major>` in a folder.
struct FoundLibrary {
  std::filesystem::path file;
  int major = 0;
};
std::vector<FoundLibrary> cublaslt_files(const std::filesystem::path& folder);

/// The command that installs it for a program of that major version of CUDA.
std::string cublaslt_command(int major);

}  // namespace gpugauge
