#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "kernels/ops/all_reduce.hpp"
#include "kernels/ops/attention_decode.hpp"
#include "kernels/ops/attention_prefill.hpp"
#include "kernels/ops/decode_step.hpp"
#include "kernels/ops/gemm.hpp"
#include "kernels/ops/latency.hpp"
#include "kernels/ops/memory_stream.hpp"
#include "kernels/ops/tensor_peak.hpp"
#include "kernels/ops/token_op.hpp"
#include "kernels/ops/transfer.hpp"

namespace gpugauge {

/// What can be timed. Each op is a struct in a file of its own, which says
/// - `kFamily`, its name in files and the first part of its case names;
/// - `work()`, the only place where its flops and bytes are counted;
/// - `kind_path()` and `shape_path()`, what stands before and after the model in a case name, and
///   `parse`, which reads both back;
/// - `swept()`, the size that a sweep of such ops goes over, or null;
/// - `fields`, what a result file holds of it;
/// and, where there is something to say,
/// - `arithmetic()`, the type whose arithmetic may bound it;
/// - `axes()`, the dimensions in which its time is interpolated, outermost first;
/// - `own_rate()`, a rate that says more of it than GB/s or TFLOPS;
/// - `kCrossesLink`, that its bytes cross a link and not device memory;
/// - `kFewFlops`, that its operations say nothing of the device.
using Op = std::variant<MemoryStream, Gemm, AttentionDecode, TokenOp, TensorPeak, AttentionPrefill,
                        DecodeStep, Latency, Transfer, AllReduce>;

Work work_of(const Op& op);
std::string_view family_of(const Op& op);
/// What stands before the model in a case name, e.g. `gemm/fp8_e4m3` or `memory/read`.
std::string kind_path(const Op& op);
/// What stands after it, e.g. `m:8/n:28672/k:4096` or `1GiB`.
std::string shape_path(const Op& op);
/// Family, kind, model, role and shape of a case's name. Throws UsageError.
Op parse_op(NameParts& parts);

std::int64_t* swept_size(Op& op);
std::optional<DType> arithmetic_type(const Op& op);
std::vector<OpAxis> axes_of(Op& op);
bool crosses_link(const Op& op);
bool has_few_flops(const Op& op);

/// The rate that says most of an op, from the time of one launch.
CaseRate rate_of(const Op& op, double time_ns);
/// The same in the unit of another op of its family, so that the two compare.
double rate_in(RateUnit unit, const Op& op, double time_ns);

}  // namespace gpugauge
