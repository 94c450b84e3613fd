#include "kernels/cpu/onednn_matmul.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <vector>

namespace gpugauge {
namespace {

using dnnl::memory;

/// A multiple of every number of rows that oneDNN's layouts keep together: 16, 32, 48 or 64.
constexpr std::int64_t kBlockRows = 192;

/// What a dtype is to oneDNN, and the processor features of which one is needed: without, it would
/// be emulated, and the number would be that of another type.
struct OnednnType {
  memory::data_type type;
  std::vector<std::string_view> any_of;
};

std::optional<OnednnType> onednn_type(DType dtype) {
  using Type = memory::data_type;
  switch (dtype) {
    case DType::kFp32:
      return OnednnType{Type::f32, {}};
    case DType::kBf16:
      return OnednnType{Type::bf16, {"avx512_bf16", "amx_bf16", "avx_ne_convert", "bf16"}};
    case DType::kFp16:
      return OnednnType{Type::f16, {"avx512_fp16", "amx_fp16", "fphp"}};
    case DType::kInt8:
      return OnednnType{Type::s8, {"avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm"}};
    case DType::kInt32:
      return OnednnType{Type::s32, {}};
    case DType::kTf32:
    case DType::kFp8E4m3:
    case DType::kFp8E5m2:
      break;
  }
  return std::nullopt;
}

memory::desc describe(const memory::dims& dims, DType dtype, memory::format_tag layout) {
  return {dims, onednn_type(dtype).value().type, layout};
}

std::string library_version() {
  const dnnl_version_t* version = dnnl::version();
  return fmt::format("oneDNN {}.{}.{}", version->major, version->minor, version->patch);
}

}  // namespace

memory::desc plain_weights(const Gemm& op) {
  return describe({op.k, op.n}, op.weights, memory::format_tag::ba);
}

dnnl::matmul::primitive_desc plan_matmul(const Gemm& op, const dnnl::engine& engine) {
  const memory::desc x = describe({op.m, op.k}, op.activations, memory::format_tag::ab);
  const memory::desc w = describe({op.k, op.n}, op.weights, memory::format_tag::any);
  const memory::desc y = describe({op.m, op.n}, op.output, memory::format_tag::ab);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);  // nothing is allocated in a launch
#if DNNL_VERSION_MAJOR >= 3
  return {engine, x, w, y, attributes};
#else
  return {dnnl::matmul::desc(x, w, y), attributes, engine};
#endif
}

std::string implementation_name(const dnnl::matmul::primitive_desc& plan) {
  return plan.impl_info_str();
}

PackedRows::PackedRows(const Gemm& op, const memory::desc& packed, const dnnl::engine& engine)
    : op_(op), packed_(packed), engine_(engine), stream_(engine) {
  plan_block(0);
  plan_block((op.n - 1) / kBlockRows * kBlockRows);
  block_.resize(
      static_cast<std::size_t>(std::min(op.n, kBlockRows) * op.k * size_bytes(op.weights)));
}

dnnl::reorder::primitive_desc PackedRows::plan_block(std::int64_t first) const {
  Gemm block = op_;
  block.n = std::min(op_.n - first, kBlockRows);
  return {engine_, packed_.submemory_desc({op_.k, block.n}, {0, first}), engine_,
          plain_weights(block)};
}

const std::byte* PackedRows::row(const void* weights, std::int64_t index) {
  const std::int64_t first = index / kBlockRows * kBlockRows;
  if (weights != block_weights_ || first != block_first_) {
    const dnnl::reorder::primitive_desc plan = plan_block(first);
    memory from(plan.src_desc(), engine_, const_cast<void*>(weights));
    memory to(plan.dst_desc(), engine_, block_.data());
    dnnl::reorder(plan).execute(stream_, from, to);
    stream_.wait();
    block_weights_ = weights;
    block_first_ = first;
  }
  return block_.data() + (index - first) * op_.k * size_bytes(op_.weights);
}

std::optional<std::string> why_not_onednn(const Gemm& op, const DeviceInfo& device) {
  if (op.m < 1 || op.n < 1 || op.k < 1) return "M, N and K must be at least 1";
  if (op.activations != op.weights) {
    return fmt::format("activations in {} and weights in {}: only operands of one type are run",
                       name_of(op.activations), name_of(op.weights));
  }
  for (DType dtype : {op.weights, op.output}) {
    const std::optional<OnednnType> type = onednn_type(dtype);
    if (!type) return fmt::format("oneDNN has no {} on CPUs", name_of(dtype));
    if (!type->any_of.empty() &&
        std::none_of(type->any_of.begin(), type->any_of.end(),
                     [&](std::string_view feature) { return device.has_feature(feature); })) {
      return fmt::format("the processor has no {} arithmetic (none of {})", name_of(dtype),
                         fmt::join(type->any_of, ", "));
    }
  }
  if (dnnl::version()->major == 0) {  // scripts/portable/onednn_by_name.c
    return fmt::format("libdnnl.so.{}, which belongs to the program, cannot be opened",
                       DNNL_VERSION_MAJOR);
  }
  try {
    const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    if (implementation_name(plan_matmul(op, engine)).starts_with("ref")) {
      return fmt::format("{} has only a slow reference for {} on this CPU", library_version(),
                         name_of(op.weights));
    }
  } catch (const dnnl::error& error) {
    return fmt::format("{} cannot do {} here: {}", library_version(), name_of(op.weights),
                       error.what());
  }
  return std::nullopt;
}

}  // namespace gpugauge
