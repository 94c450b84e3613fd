// A copy of cuBLASLt that says its version and can do nothing else.

#include <cstddef>

extern "C" {

std::size_t cublasLtGetVersion() { return STAND_IN_VERSION; }

#define GPUGAUGE_NOTHING(name) \
  int name() { return 1; }
GPUGAUGE_NOTHING(cublasLtCreate)
GPUGAUGE_NOTHING(cublasLtDestroy)
GPUGAUGE_NOTHING(cublasLtGetStatusString)
GPUGAUGE_NOTHING(cublasLtMatmul)
GPUGAUGE_NOTHING(cublasLtMatmulDescCreate)
GPUGAUGE_NOTHING(cublasLtMatmulDescDestroy)
GPUGAUGE_NOTHING(cublasLtMatmulDescSetAttribute)
GPUGAUGE_NOTHING(cublasLtMatrixLayoutCreate)
GPUGAUGE_NOTHING(cublasLtMatrixLayoutDestroy)
GPUGAUGE_NOTHING(cublasLtMatmulPreferenceCreate)
GPUGAUGE_NOTHING(cublasLtMatmulPreferenceDestroy)
GPUGAUGE_NOTHING(cublasLtMatmulPreferenceSetAttribute)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoGetHeuristic)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoConfigGetAttribute)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoConfigSetAttribute)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoCapGetAttribute)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoGetIds)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoInit)
GPUGAUGE_NOTHING(cublasLtMatmulAlgoCheck)

}  // extern "C"
