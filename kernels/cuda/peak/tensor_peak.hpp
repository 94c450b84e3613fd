#pragma once

#include <cstdint>
#include <type_traits>

#include "harness/device/stream.hpp"
#include "kernels/cuda/machine/kernel_clock.hpp"
#include "kernels/reference/tensor_peak_reference.hpp"

/// How the tensor peak kernels share out their work. Pure; the kernels are in the .cu files.
namespace gpugauge::tensor_peak {

/// A kernel's geometry: one block a multiprocessor, each of whose units multiplies operands of its
/// own. A unit is a warp of mma.sync or a warpgroup of wgmma.
struct Shape {
  Product product;            ///< one pass of one unit
  int instructions_per_pass;  ///< of one unit
  int units, unit_threads;    ///< in a block

  constexpr int threads() const { return units * unit_threads; }
  constexpr std::int64_t flops_per_pass(std::int64_t element_bytes) const {  ///< of one block
    return 2 * units * product.accumulators() * (product.b_row_bytes() / element_bytes);
  }
};

/// Each of 16 warps has 2 × 4 accumulators of an instruction, 16×8 each, so that eight independent
/// sums hide the unit's latency; two slices of K, so that neighbouring instructions differ.
constexpr Shape mma_shape(DType dtype, bool sparse) {
  return {.product = {dtype, sparse, 32, 32, 2},
          .instructions_per_pass = 16,
          .units = 16,
          .unit_threads = 32};
}

/// Two warpgroups, each with one accumulator of 64×256: while one is between two groups of
/// instructions, the other's are under way. B has 128 bytes of K.
constexpr Shape wgmma_shape(DType dtype, bool sparse) {
  const int slices = sparse ? 2 : 4;
  return {.product = {dtype, sparse, 64, 256, slices},
          .instructions_per_pass = slices,
          .units = 2,
          .unit_threads = 128};
}

/// Blocks of the same remainder by this multiply the same operands.
inline constexpr int kOperandSets = 8;

/// The passes of every unit that together do at least `flops`.
constexpr std::int64_t passes_for(std::int64_t flops, const Shape& shape,
                                  std::int64_t element_bytes, int blocks) {
  const std::int64_t of_all = blocks * shape.flops_per_pass(element_bytes);
  return flops / of_all + (flops % of_all > 0 ? 1 : 0);
}

template <DType dtype>
using Accumulator = std::conditional_t<dtype == DType::kInt8, std::int32_t, float>;

/// Two neighbouring accumulators in one store.
template <typename Register>
GPUGAUGE_HD void store_pair(Register* to, Register first, Register second) {
  struct alignas(8) Pair {
    Register first, second;
  };
  *reinterpret_cast<Pair*>(to) = {first, second};
}

/// Calls `body.template operator()<dtype, sparse>()`; the types are those that `supports` lets in.
template <typename Body>
void with_types(DType dtype, bool sparse, Body body) {
  const auto with = [&]<DType type>() {
    sparse ? body.template operator()<type, true>() : body.template operator()<type, false>();
  };
  switch (dtype) {
    case DType::kBf16:
      return with.template operator()<DType::kBf16>();
    case DType::kFp16:
      return with.template operator()<DType::kFp16>();
    case DType::kTf32:
      return with.template operator()<DType::kTf32>();
    case DType::kFp8E4m3:
      return with.template operator()<DType::kFp8E4m3>();
    case DType::kInt8:
      return with.template operator()<DType::kInt8>();
    case DType::kFp32:
    case DType::kFp8E5m2:
    case DType::kInt32:
      break;  // `supports` refuses them
  }
}

struct Launch {
  const void* operands;  ///< kOperandSets × units × Product::operand_bytes()
  void* accumulators;    ///< blocks × units × Product::accumulators() of 4 bytes
  KernelClock* clocks;   ///< of each block: of its passes
  int blocks;
  int passes;
};

/// By mma.sync, mma.sp where A is sparse.
void launch_mma_peak(Stream stream, DType dtype, bool sparse, const Launch& launch);
/// By wgmma of Hopper, wgmma.sp where A is sparse.
void launch_wgmma_peak(Stream stream, DType dtype, bool sparse, const Launch& launch);

}  // namespace gpugauge::tensor_peak
