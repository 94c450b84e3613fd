#pragma once

#include <cublasLt.h>

#include <optional>
#include <source_location>
#include <string>
#include <string_view>

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
  std::string absence;  ///< why there is none: where it was looked for
};

/// Opened at the first call: by its name, as the program's run path, LD_LIBRARY_PATH and the system
/// have it, then in the checkout's `.cuda` above the program, in $CUDA_HOME and in /usr/local/cuda.
const CublasLtLibrary& cublaslt_library();

/// Its functions; throws EnvironmentError where it is absent.
const CublasLtApi& cublaslt_api();

}  // namespace gpugauge
