#pragma once

#include <cstddef>
#include <cstdint>
#include <dnnl.hpp>
#include <optional>
#include <string>
#include <vector>

#include "harness/device/device_info.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {

/// A GEMM as oneDNN plans it: y[m,n] = x[m,k] · w[n,k]ᵀ, x and y row-major, w in the layout that
/// the library likes best, scratch memory supplied by the caller. Throws dnnl::error if it has
/// none.
dnnl::matmul::primitive_desc plan_matmul(const Gemm& op, const dnnl::engine& engine);

/// w[n,k] row-major, as oneDNN's k × n operand.
dnnl::memory::desc plain_weights(const Gemm& op);

/// The name of the implementation that oneDNN chose, e.g. `brg:avx512_core_bf16`.
std::string implementation_name(const dnnl::matmul::primitive_desc& plan);

/// Rows of w[n,k] read back from weights in a layout of oneDNN's, a block of rows at a time: all of
/// them need as much memory again, and longer than many launches.
class PackedRows {
 public:
  /// Throws dnnl::error if the library cannot unpack this layout in blocks.
  PackedRows(const Gemm& op, const dnnl::memory::desc& packed, const dnnl::engine& engine);

  /// The `k` elements of a row of the matrix at `weights`; valid until the next call.
  const std::byte* row(const void* weights, std::int64_t index);

 private:
  dnnl::reorder::primitive_desc plan_block(std::int64_t first) const;

  Gemm op_;
  dnnl::memory::desc packed_;
  dnnl::engine engine_;
  dnnl::stream stream_;
  std::vector<std::byte> block_;
  const void* block_weights_ = nullptr;  ///< whose rows, from block_first_ on, block_ holds
  std::int64_t block_first_ = 0;
};

/// Nothing if the processor has arithmetic for the operands and oneDNN has an implementation that
/// uses it, else the reason.
std::optional<std::string> why_not_onednn(const Gemm& op, const DeviceInfo& device);

}  // namespace gpugauge
