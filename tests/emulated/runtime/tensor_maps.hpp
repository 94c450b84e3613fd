#pragma once

#include <cuda.h>

namespace gpugauge::emulated {

/// cuTensorMapEncodeTiled, by the rules that the CUDA Driver API 13.0 has under it. The map is what
/// tests/simt reads.
CUresult encode_tensor_map(CUtensorMap* map, CUtensorMapDataType type, cuuint32_t rank, void* data,
                           const cuuint64_t* extents, const cuuint64_t* row_bytes,
                           const cuuint32_t* box, const cuuint32_t* element_strides,
                           CUtensorMapInterleave interleave, CUtensorMapSwizzle swizzle,
                           CUtensorMapL2promotion promotion, CUtensorMapFloatOOBfill fill);

}  // namespace gpugauge::emulated
