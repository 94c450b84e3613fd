// gemm_cublaslt.cpp: y[m,n] = x[m,k] · w[n,k]ᵀ as cuBLASLt runs it: what frameworks run today, and
// the bar for our own kernels.
//
// Build and try alone:
//   cmake --build build --target gpugauge && build/gpugauge run --device cuda:0 --filter cublaslt
//
// Floor: at small M the bytes of w over the measured read bandwidth, at large M the operations over
// the tensor cores' rate.
//
// - cublaslt: the heuristic's first answer, what a framework runs.
// - cublaslt_search: the fastest of the algorithms that it suggests for several workspaces.
// - cublaslt_exhaustive: the fastest of all that the library can be set to, and of M padded up.
// - cublaslt_fast_accum, …_search, …_exhaustive: FP8 with sums left in the tensor core's short
//   accumulator.
//
// What a search found is kept in a file (search_cache.hpp): the next run measures it again and does
// not search again.
//
// None of them has been measured on a card yet. All are held to reductions in the compute type, so
// that split-K does not round partial sums to 16 bits; frameworks may let the library do that.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/random.hpp"
#include "kernels/cuda/gemm/cublaslt_matmul.hpp"
#include "kernels/cuda/gemm/gemm_buffers.hpp"
#include "kernels/cuda/gemm/gemm_rules.hpp"
#include "kernels/cuda/gemm/search_cache.hpp"
#include "kernels/cuda/machine/candidate_search.hpp"
#include "kernels/implementation.hpp"

namespace gpugauge {
namespace {

enum class Search : std::uint8_t { kNone, kSuggested, kExhaustive };

struct Variant {
  std::string_view name;
  bool fast_accumulation;
  Search search;
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

constexpr std::int64_t kMiB = 1 << 20;
constexpr std::array kWorkspaces{std::int64_t{0}, 4 * kMiB, 32 * kMiB, 64 * kMiB};

/// What the heuristic suggests for the customary workspace and then for others, each algorithm
/// once, its first answer first.
std::vector<CublasLtAlgorithm> suggestions(const CublasLtMatmul& matmul, std::int64_t customary) {
  constexpr int kSuggestions = 64;
  std::vector<CublasLtAlgorithm> all = matmul.suggest(kSuggestions, customary);
  for (std::int64_t workspace : kWorkspaces) {
    for (const CublasLtAlgorithm& candidate : matmul.suggest(kSuggestions, workspace)) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const CublasLtAlgorithm& other) {
        return std::memcmp(&other.algorithm, &candidate.algorithm, sizeof(other.algorithm)) == 0;
      });
      if (!known) all.push_back(candidate);
    }
  }
  return all;
}

/// One way to run the GEMM: with M as it is or padded, and how.
struct Candidate {
  const CublasLtMatmul* matmul = nullptr;
  std::int64_t rows = 0;
  CublasLtAlgorithm algorithm{};
};

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
    const auto first = matmuls_.front()->suggest(1, customary_workspace());
    if (first.empty()) {
      throw EnvironmentError(fmt::format("cuBLASLt has no algorithm for {} {} on {}", kind_path(op),
                                         shape_path(op), device.info().name));
    }
    chosen_ = {matmuls_.front().get(), op.m, first.front()};
    if (variant.search == Search::kNone) return;
    const std::string key = cache_key(options);
    const SearchCache cache(SearchCache::customary_file());
    if (const auto known = cache.find(key); known && take(*known)) return;
    search();
    cache.add(key, {.algorithm = std::to_array(chosen_.algorithm.algorithm.data),
                    .workspace_bytes = static_cast<std::int64_t>(chosen_.algorithm.workspace_bytes),
                    .rows = chosen_.rows,
                    .candidates = candidates_});
  }

  int slots() const override { return buffers_.slots(); }

  void enqueue(Stream stream, int slot) override {
    chosen_.matmul->run(stream, chosen_.algorithm, buffers_.pointers(slot), workspace_.data());
  }

  Verification verify() override {
    buffers_.poison_outputs();
    for (int slot = 0; slot < slots(); ++slot) enqueue(device_.stream(), slot);
    return buffers_.compare(cublaslt::accuracy(op_, variant_.fast_accumulation));
  }

  std::string details() const override {
    std::string text = chosen_.matmul->describe(chosen_.algorithm);
    if (chosen_.rows != op_.m) text += fmt::format(", M padded to {}", chosen_.rows);
    if (candidates_ > 0) text += fmt::format(", best of {}", candidates_);
    if (from_cache_) text += " in an earlier search";
    return text;
  }

 private:
  static std::vector<std::int64_t> rows_of(const Gemm& op, const Variant& variant) {
    std::vector<std::int64_t> rows{op.m};
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
    return variant_.search == Search::kNone ? customary_workspace() : kWorkspaces.back();
  }

  std::string cache_key(const CaseOptions& options) const {
    return fmt::format("{}; cuBLASLt {}; {}/{}; {}; {}; {}", device_.info().name,
                       cublaslt_api().version(), kind_path(op_), shape_path(op_), variant_.name,
                       name_of(options.cache), name_of(options.data));
  }

  /// False where the library no longer accepts it.
  bool take(const SearchedChoice& known) {
    const auto row = std::find(rows_.begin(), rows_.end(), known.rows);
    if (row == rows_.end()) return false;
    const CublasLtMatmul& matmul = *matmuls_[static_cast<std::size_t>(row - rows_.begin())];
    cublasLtMatmulAlgo_t algorithm{};
    std::copy(known.algorithm.begin(), known.algorithm.end(), algorithm.data);
    const auto checked = matmul.checked(algorithm, workspace_bytes());
    if (!checked) return false;
    chosen_ = {&matmul, known.rows, *checked};
    candidates_ = known.candidates;
    from_cache_ = true;
    return true;
  }

  void search() {
    std::vector<Candidate> all{chosen_};
    const auto add = [&](std::size_t i, const std::vector<CublasLtAlgorithm>& algorithms) {
      for (const CublasLtAlgorithm& algorithm : algorithms)
        all.push_back({matmuls_[i].get(), rows_[i], algorithm});
    };
    for (std::size_t i = 0; i < matmuls_.size(); ++i)
      add(i, suggestions(*matmuls_[i], customary_workspace()));
    const bool exhaustive = variant_.search == Search::kExhaustive;
    if (exhaustive) add(0, matmuls_.front()->enumerate(workspace_bytes()));

    const PrepareCandidate prepare = [&](std::size_t i, std::int64_t launches) {
      chosen_ = all[i];
      return device_.capture(*this, launches);
    };
    const SearchPolicy policy;
    std::vector<std::optional<double>> screened;
    screen_candidates(all.size(), prepare, policy, screened);
    if (exhaustive) {
      constexpr std::size_t kRefined = 8;
      for (std::size_t i : fastest(screened, kRefined)) {
        const Candidate base = all[i];
        for (const auto& varied : base.matmul->variations(base.algorithm, workspace_bytes()))
          all.push_back({base.matmul, base.rows, varied});
      }
      screen_candidates(all.size(), prepare, policy, screened);
    }
    const auto best = decide_candidates(screened, prepare, policy);
    if (!best) {
      throw EnvironmentError(fmt::format("none of cuBLASLt's {} algorithms for {} {} runs on {}",
                                         all.size(), kind_path(op_), shape_path(op_),
                                         device_.info().name));
    }
    chosen_ = all[*best];
    candidates_ = static_cast<std::int64_t>(all.size());
  }

  Gemm op_;
  Device& device_;
  Variant variant_;
  std::vector<std::int64_t> rows_;  ///< M, then what it may be padded to
  GemmBuffers buffers_;
  Buffer scales_;
  Buffer workspace_;
  std::vector<std::unique_ptr<CublasLtMatmul>> matmuls_;  ///< one for each of `rows_`
  Candidate chosen_;
  std::int64_t candidates_ = 0;
  bool from_cache_ = false;
};

constexpr std::array kVariants{
    Variant{"cublaslt", false, Search::kNone},
    Variant{"cublaslt_search", false, Search::kSuggested},
    Variant{"cublaslt_exhaustive", false, Search::kExhaustive},
    Variant{"cublaslt_fast_accum", true, Search::kNone},
    Variant{"cublaslt_fast_accum_search", true, Search::kSuggested},
    Variant{"cublaslt_fast_accum_exhaustive", true, Search::kExhaustive},
};

template <std::size_t variant>
Unsupported supports(const Op& op, const DeviceInfo& info) {
  const auto& gemm = std::get<Gemm>(op);
  if (auto reason = cublaslt::unsupported(gemm, info.compute_capability.value_or(0))) return reason;
  if (kVariants[variant].fast_accumulation && gemm.weights != DType::kFp8E4m3) {
    return fmt::format("fast accumulation is a choice of FP8 only, not of {}",
                       name_of(gemm.weights));
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
                                   .semantics_version = 1,
                                   .is_library = variants == 0,
                                   .supports = supports<variants>,
                                   .make = make<variants>}...};
}

constexpr auto kImplementations = rows_for(std::make_index_sequence<kVariants.size()>{});

}  // namespace

std::span<const Implementation> cublaslt_gemm() { return kImplementations; }

}  // namespace gpugauge
