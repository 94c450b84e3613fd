#pragma once

#include <cublasLt.h>

#include <filesystem>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/cuda/gemm/cublaslt_places.hpp"

namespace gpugauge {

/// The functions of cuBLASLt that are used. The library is half a gigabyte and may be absent, so it
/// is opened when first asked for and not linked.
struct CublasLtApi {
  decltype(&cublasLtCreate) create = nullptr;
  decltype(&cublasLtDestroy) destroy = nullptr;
  decltype(&cublasLtGetVersion) version = nullptr;
  decltype(&cublasLtGetStatusString) status_string = nullptr;
  decltype(&cublasLtMatmul) matmul = nullptr;
  decltype(&cublasLtMatmulDescCreate) create_description = nullptr;
  decltype(&cublasLtMatmulDescDestroy) destroy_description = nullptr;
  decltype(&cublasLtMatmulDescSetAttribute) set_description = nullptr;
  decltype(&cublasLtMatrixLayoutCreate) create_layout = nullptr;
  decltype(&cublasLtMatrixLayoutDestroy) destroy_layout = nullptr;
  decltype(&cublasLtMatmulPreferenceCreate) create_preference = nullptr;
  decltype(&cublasLtMatmulPreferenceDestroy) destroy_preference = nullptr;
  decltype(&cublasLtMatmulPreferenceSetAttribute) set_preference = nullptr;
  decltype(&cublasLtMatmulAlgoGetHeuristic) heuristic = nullptr;
  decltype(&cublasLtMatmulAlgoConfigGetAttribute) get_config = nullptr;
  decltype(&cublasLtMatmulAlgoConfigSetAttribute) set_config = nullptr;
  decltype(&cublasLtMatmulAlgoCapGetAttribute) get_capability = nullptr;
  decltype(&cublasLtMatmulAlgoGetIds) algorithm_ids = nullptr;
  decltype(&cublasLtMatmulAlgoInit) init_algorithm = nullptr;
  decltype(&cublasLtMatmulAlgoCheck) check_algorithm = nullptr;

  /// Throws EnvironmentError, or OutOfMemory, if a call failed.
  void check(cublasStatus_t status, std::string_view what,
             const std::source_location& where = std::source_location::current()) const;
};

struct CublasLtLibrary {
  std::optional<CublasLtApi> api;
  std::filesystem::path file;
  std::string version;  ///< `12.9.1`
  std::string absence;  ///< why there is none, and the command that installs it

  struct Other {
    std::filesystem::path file;
    std::string why_not;  ///< its older version, or what is wrong with it
  };
  std::vector<Other> others;  ///< found, and not used
};

/// The newest of that major version, which is the one that the program was compiled against:
/// another has another interface. It is looked for by its name, as the run path, LD_LIBRARY_PATH
/// and the system have it, and in `cublaslt_folders`. $GPUGAUGE_CUBLASLT names a file in its place.
CublasLtLibrary open_cublaslt(const LibraryPlaces& places, int major);

/// This machine's, opened at the first call.
const CublasLtLibrary& cublaslt_library();

/// Its functions; throws EnvironmentError where it is absent.
const CublasLtApi& cublaslt_api();

}  // namespace gpugauge
