// gemm_cublaslt.cpp: y[m,n] = x[m,k] · w[n,k]ᵀ as cuBLASLt runs it: what frameworks run today, and
// the bar for our own kernels. The weights are always cuBLAS's A and the tokens its B, as in
// PyTorch and TensorRT-LLM, so that M takes the small side of a tile.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter cublaslt
//
// Bound: at small M the bytes of w over the measured read bandwidth, at large M the operations over
// the tensor cores' rate.
//
// What frameworks call, each the heuristic's first answer with nothing forbidden, so that split K
// may be added up in 16 bits:
// - cublaslt: all that is left as it comes. PyTorch's linears
// (allow_bf16_reduced_precision_reduction
//   is on) and its torch._scaled_mm.
// - cublaslt_padded: FP8 with M of less than 17 padded to it: torch._scaled_mm in vLLM.
// - cublaslt_fast_accum: FP8 with sums left in the tensor core's short accumulator: TensorRT-LLM
//   (cublasScaledMM.cpp, fastAcc), torchao and torch._scaled_mm with use_fast_accum.
// - cublaslt_fast_accum_padded: both. It stands in for vLLM's own kernels of CUTLASS, which are not
//   linked: they accumulate fast and have tiles of at least 16 tokens
//   (csrc/quantization/w8a8/cutlass, scaled_mm_sm89_fp8_dispatch.cuh and …sm90…).
// What nobody calls so, with parts of K added up in fp32 only:
// - …_search: the fastest of the algorithms that the library suggests for several workspaces.
// - …_exhaustive: the fastest of all that the library can be set to, and of M padded up.
//
// A search ends when its budget is over (search_rules.hpp). What it found is kept in a file for 30
// days (search_cache.hpp): the next run measures it again and does not search again.
//
// None of them has been measured on a card yet.

#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm/cublaslt_search.hpp"
#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

enum class Search : std::uint8_t { kNone, kSuggested, kExhaustive };

struct Variant {
  std::string_view name;
  bool fast_accumulation;
  bool padded;  ///< M, to what frameworks pad it to
  Search search;

  constexpr bool is_library() const { return search == Search::kNone; }
};

/// The operands' quantisation scales in device memory, where FP8 kernels read them; else empty.
Buffer upload_scales(const Gemm& op, Device& device, const CaseOptions& options) {
  if (op.weights != DType::kFp8E4m3) return {};
  const std::array<float, 2> values{quantization_scale(op.activations, options.data),
                                    quantization_scale(op.weights, options.data)};
  Buffer scales = device.allocate(sizeof(values));
  device.copy_to_device(scales.data(), values.data(), sizeof(values));
  return scales;
}

GemmScales scales_in(const Buffer& buffer) {
  if (buffer.data() == nullptr) return {};
  const auto* values = static_cast<const float*>(buffer.data());
  return {.x = values, .w = values + 1};
}

class CublasLtGemm final : public Workload {
 public:
  CublasLtGemm(const Gemm& op, Device& device, const CaseOptions& options, const Variant& variant)
      : op_(op),
        device_(device),
        variant_(variant),
        rows_(rows_of(op, variant)),
        buffers_(op, device, options, rows_.back()),
        scales_(upload_scales(op, device, options)),
        workspace_(device.allocate(workspace_bytes())) {
    for (std::int64_t rows : rows_) {
      Gemm padded = op;
      padded.m = rows;
      matmuls_.push_back(
          std::make_unique<CublasLtMatmul>(padded, scales_in(scales_), variant.fast_accumulation));
    }
    const auto first = matmuls_.front()->suggest(
        1, customary_workspace(),
        variant.is_library() ? Reductions::kAny : Reductions::kComputeType);
    if (first.empty()) {
      throw EnvironmentError(fmt::format("cuBLASLt has no algorithm for {} {} on {}", kind_path(op),
                                         shape_path(op), device.info().name));
    }
    chosen_ = {matmuls_.front().get(), rows_.front(), first.front()};
    if (variant.search != Search::kNone) search(options);
  }

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    chosen_.matmul->run(stream, chosen_.algorithm, buffers_.pointers(slot), workspace_.data());
  }

  void poison() override { buffers_.poison_outputs(); }

  Verification verify(const Launches& launches) override {
    const int parts = chosen_.matmul->rounded_parts(chosen_.algorithm);
    return buffers_.compare(launches, cublaslt::accuracy(op_, variant_.fast_accumulation, parts));
  }

  std::string details() const override {
    std::string text = chosen_.matmul->describe(chosen_.algorithm);
    if (chosen_.rows != op_.m) text += fmt::format(", M padded to {}", chosen_.rows);
    return text + (origin_.empty() ? "" : ", " + origin_);
  }

 private:
  static std::vector<std::int64_t> rows_of(const Gemm& op, const Variant& variant) {
    std::vector<std::int64_t> rows{variant.padded ? cublaslt::kPaddedRows : op.m};
    if (variant.search == Search::kExhaustive) {
      const auto padded = padded_rows(op.m);
      rows.insert(rows.end(), padded.begin(), padded.end());
    }
    return rows;
  }

  std::int64_t customary_workspace() const {
    return cublaslt::workspace_bytes(device_.info().compute_capability.value_or(0));
  }
  std::int64_t workspace_bytes() const {
    return variant_.search == Search::kNone ? customary_workspace()
                                            : cublaslt_search_workspace_bytes();
  }

  /// Everything that the choice may depend on. The card, its limits and its clocks: at a lower
  /// clock the memory feeds more of the tensor cores, and another algorithm is the fastest.
  CublasLtSearchKeys search_keys(const CaseOptions& options) const {
    const DeviceInfo& info = device_.info();
    const auto number = [](const std::optional<double>& value) {
      return value ? fmt::format("{:.0f}", *value) : std::string("unknown");
    };
    const std::string lost = fmt::format(
        "{}, {} SMs; driver {}; cuBLASLt {}; {}/{}; {}", info.name, info.compute_units,
        info.driver_version.value_or("unknown"), cublaslt_api().version(), kind_path(op_),
        shape_path(op_), variant_.fast_accumulation ? "fast accumulation" : "full accumulation");
    return {.choice =
                fmt::format("{}; {} W, {} of {} MHz; {}; {}; {}", lost, number(info.power_limit_w),
                            number(info.application_clock_mhz), number(info.max_clock_mhz),
                            variant_.name, name_of(options.cache), name_of(options.data)),
            .lost = lost};
  }

  void search(const CaseOptions& options) {
    CublasLtSpace space{.matmuls = {},
                        .rows = rows_,
                        .customary_workspace_bytes = customary_workspace(),
                        .workspace_bytes = workspace_bytes(),
                        .exhaustive = variant_.search == Search::kExhaustive,
                        .capture =
                            [this](const CublasLtCandidate& candidate, std::int64_t launches) {
                              chosen_ = candidate;
                              return device_.capture(*this, launches);
                            },
                        .require_alive = [this] { device_.synchronize(); }};
    for (const auto& matmul : matmuls_) space.matmuls.push_back(matmul.get());
    CublasLtChoice found = search_cublaslt(space, chosen_, search_keys(options));
    chosen_ = found.candidate;
    origin_ = std::move(found.origin);
  }

  Gemm op_;
  Device& device_;
  Variant variant_;
  std::vector<std::int64_t> rows_;  ///< M, then what it may be padded to
  GemmBuffers buffers_;
  Buffer scales_;
  Buffer workspace_;
  std::vector<std::unique_ptr<CublasLtMatmul>> matmuls_;  ///< one for each of `rows_`
  CublasLtCandidate chosen_;
  std::string origin_;  ///< how a search found it
};

constexpr std::array kVariants{
    Variant{"cublaslt", false, false, Search::kNone},
    Variant{"cublaslt_padded", false, true, Search::kNone},
    Variant{"cublaslt_search", false, false, Search::kSuggested},
    Variant{"cublaslt_exhaustive", false, false, Search::kExhaustive},
    Variant{"cublaslt_fast_accum", true, false, Search::kNone},
    Variant{"cublaslt_fast_accum_padded", true, true, Search::kNone},
    Variant{"cublaslt_fast_accum_search", true, false, Search::kSuggested},
    Variant{"cublaslt_fast_accum_exhaustive", true, false, Search::kExhaustive},
};

template <std::size_t variant>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  if (auto reason = cublaslt::unsupported(gemm, info.compute_capability.value_or(0))) return reason;
  if (kVariants[variant].fast_accumulation && gemm.weights != DType::kFp8E4m3) {
    return fmt::format("fast accumulation is a choice of FP8 only, not of {}",
                       name_of(gemm.weights));
  }
  if (kVariants[variant].padded && !cublaslt::may_be_padded(gemm)) {
    return fmt::format("frameworks pad M to {} for FP8 only, where it is less",
                       cublaslt::kPaddedRows);
  }
  const CublasLtLibrary& library = cublaslt_library();
  return library.api ? Unsupported() : Unsupported(library.absence);
}

template <std::size_t variant>
std::unique_ptr<Workload> make(const Op& op, Device& device, const CaseOptions& options) {
  return std::make_unique<CublasLtGemm>(std::get<Gemm>(op), device, options, kVariants[variant]);
}

template <std::size_t... variants>
constexpr auto rows_for(std::index_sequence<variants...>) {
  return std::array{Implementation{.name = kVariants[variants].name,
                                   .family = "gemm",
                                   .backend = Backend::kCuda,
                                   // Of the library's 2: parts of K may be added up in 16 bits. The
                                   // last step of all: cold is a model's footprint.
                                   .semantics_version = kVariants[variants].is_library() ? 3 : 2,
                                   .is_library = kVariants[variants].is_library(),
                                   .supports = supports<variants>,
                                   .make = make<variants>}...};
}

constexpr auto kImplementations = rows_for(std::make_index_sequence<kVariants.size()>{});

}  // namespace

std::span<const Implementation> cublaslt_gemm() { return kImplementations; }

}  // namespace gpugauge
