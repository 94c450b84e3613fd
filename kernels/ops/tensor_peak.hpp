#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/dtype.hpp"
#include "harness/base/enum_table.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// Whether 2:4 sparsity is used.
enum class Sparsity : std::uint8_t { kDense, kSparse };
template <>
struct EnumTable<Sparsity> {
  static constexpr std::array rows{EnumName{Sparsity::kDense, "dense"},
                                   EnumName{Sparsity::kSparse, "sparse"}};
};

/// The matrix units alone, their operands in registers or shared memory. `flops` is the least that
/// one launch does. With 2:4 sparsity the zeros that are skipped count, as they do in datasheets.
struct TensorPeak {
  static constexpr std::string_view kFamily = "tensor_peak";

  DType dtype;
  bool sparse;
  std::int64_t flops;

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static TensorPeak parse(NameParts& parts);
  std::int64_t* swept() { return nullptr; }
  /// A datasheet's dense rate does not speak of sparse operands.
  std::optional<DType> arithmetic() const { return sparse ? std::nullopt : std::optional(dtype); }
  auto operator<=>(const TensorPeak&) const = default;
};

void fields(Of<TensorPeak> auto& op, auto&& visit) {
  visit.about("The matrix units alone, without memory traffic.");
  visit("dtype", op.dtype, {"Type of the operands."});
  visit("sparse", op.sparse, {"With 2:4 sparsity; the zeros that are skipped count."});
  visit("flops", op.flops, {"Floating-point operations of one launch."});
}

}  // namespace gpugauge
