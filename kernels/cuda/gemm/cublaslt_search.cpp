#include "kernels/cuda/gemm/cublaslt_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "harness/base/error.hpp"
#include "kernels/cuda/gemm/search_cache.hpp"
#include "kernels/cuda/machine/candidate_search.hpp"

namespace gpugauge {
namespace {

constexpr std::array<std::int64_t, 4> kSearchWorkspaces{0, 4 << 20, 32 << 20, 64 << 20};

using CublasLtCandidates = std::vector<CublasLtCandidate>;

/// What the heuristic suggests for the customary workspace and then for others, each algorithm
/// once, its first answer first.
std::vector<CublasLtAlgorithm> suggestions(const CublasLtMatmul& matmul, std::int64_t customary) {
  constexpr int kSuggestions = 64;
  std::vector<CublasLtAlgorithm> all =
      matmul.suggest(kSuggestions, customary, Reductions::kComputeType);
  for (std::int64_t workspace : kSearchWorkspaces) {
    for (const CublasLtAlgorithm& candidate :
         matmul.suggest(kSuggestions, workspace, Reductions::kComputeType)) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const CublasLtAlgorithm& other) {
        return std::memcmp(&other.algorithm, &candidate.algorithm, sizeof(other.algorithm)) == 0;
      });
      if (!known) all.push_back(candidate);
    }
  }
  return all;
}

class AlgorithmSearch {
 public:
  AlgorithmSearch(const CublasLtSpace& space, SearchRules rules)
      : space_(space), rules_(std::move(rules)) {}

  /// Empty finalists if nothing runs.
  std::pair<SearchedChoice, CublasLtCandidates> search(const CublasLtCandidate& first) {
    all_ = {first};
    for (std::size_t i = 0; i < space_.matmuls.size(); ++i)
      add(i, suggestions(*space_.matmuls[i], space_.customary_workspace_bytes));
    if (space_.exhaustive) add(0, space_.matmuls.front()->enumerate(space_.workspace_bytes));
    CandidateSearch candidates(set(), rules_);
    candidates.screen(all_.size());
    if (space_.exhaustive && !candidates.out_of_time()) {
      constexpr std::size_t kRefined = 8;
      for (std::size_t i : candidates.best(kRefined)) {
        const CublasLtCandidate base = all_[i];
        for (const auto& varied : base.matmul->variations(base.algorithm, space_.workspace_bytes))
          all_.push_back({base.matmul, base.rows, varied});
      }
      candidates.screen(all_.size());
    }
    const std::vector<Finalist> finalists = candidates.decide();
    SearchedChoice choice{.finalists = {},
                          .seconds = finalists.empty() ? 0 : finalists.front().seconds.value,
                          .clear = is_clear(finalists),
                          .tried = candidates.tried(),
                          .candidates = candidates.count(),
                          .limits = candidates.limits(),
                          .budget_seconds = candidates.out_of_time() ? rules_.budget_seconds : 0};
    CublasLtCandidates order;
    for (const Finalist& each : finalists) {
      const CublasLtCandidate& candidate = all_[each.candidate];
      order.push_back(candidate);
      choice.finalists.push_back(
          {.algorithm = std::to_array(candidate.algorithm.algorithm.data),
           .workspace_bytes = static_cast<std::int64_t>(candidate.algorithm.workspace_bytes),
           .rows = candidate.rows});
    }
    return {std::move(choice), std::move(order)};
  }

  /// What an earlier search found, timed again where it was not clear; nothing where the library no
  /// longer accepts it, or it is of no use now.
  std::optional<CublasLtCandidate> take(const SearchedChoice& known) {
    if (known.budget_seconds > 0 && known.budget_seconds < rules_.budget_seconds) return {};
    all_.clear();
    for (const SearchedAlgorithm& each : known.finalists) {
      const auto candidate = accepted(each);
      if (!candidate || rules_.lost.contains(name(*candidate))) return {};
      all_.push_back(*candidate);
      if (known.clear) return all_.front();
    }
    CandidateSearch candidates(set(), rules_);
    candidates.screen(all_.size());
    const std::vector<Finalist> finalists = candidates.decide();
    if (finalists.empty()) return {};
    return all_[finalists.front().candidate];
  }

 private:
  static std::string name(const CublasLtCandidate& candidate) {
    return fmt::format("M {}, {}", candidate.rows, candidate.matmul->describe(candidate.algorithm));
  }

  void add(std::size_t matmul, const std::vector<CublasLtAlgorithm>& algorithms) {
    for (const CublasLtAlgorithm& algorithm : algorithms)
      all_.push_back({space_.matmuls[matmul], space_.rows[matmul], algorithm});
  }

  CandidateSet set() {
    return {.prepare = [this](std::size_t i, std::int64_t n) { return space_.capture(all_[i], n); },
            .name = [this](std::size_t i) { return name(all_[i]); },
            .require_alive = space_.require_alive};
  }

  std::optional<CublasLtCandidate> accepted(const SearchedAlgorithm& known) const {
    const auto row = std::find(space_.rows.begin(), space_.rows.end(), known.rows);
    if (row == space_.rows.end()) return std::nullopt;
    const CublasLtMatmul* matmul =
        space_.matmuls[static_cast<std::size_t>(row - space_.rows.begin())];
    cublasLtMatmulAlgo_t algorithm{};
    std::copy(known.algorithm.begin(), known.algorithm.end(), algorithm.data);
    const auto checked = matmul->checked(algorithm, space_.workspace_bytes);
    if (!checked) return std::nullopt;
    return CublasLtCandidate{matmul, known.rows, *checked};
  }

  const CublasLtSpace& space_;
  SearchRules rules_;
  CublasLtCandidates all_;
};

/// `best of 300, …`
std::string origin_of(const SearchedChoice& choice, std::string_view when) {
  return fmt::format("best of {}{}{}{}", choice.tried, when, choice.limits.empty() ? "" : ", ",
                     choice.limits);
}

}  // namespace

std::int64_t cublaslt_search_workspace_bytes() { return kSearchWorkspaces.back(); }

CublasLtChoice search_cublaslt(const CublasLtSpace& space, const CublasLtCandidate& first,
                               const CublasLtSearchKeys& keys) {
  const SearchCache cache(SearchCache::customary_file());
  SearchRules rules = SearchScope::rules();
  auto lost_before = cache.lost(keys.lost);
  for (const auto& [name, how] : rules.lost) {
    if (!lost_before.contains(name)) cache.add_lost(keys.lost, name, how);
  }
  rules.lost.merge(lost_before);

  AlgorithmSearch search(space, std::move(rules));
  if (const auto known = cache.find(keys.choice)) {
    if (const auto candidate = search.take(*known)) {
      return {*candidate,
              origin_of(*known, known->clear ? " in an earlier search"
                                             : " in an earlier search, its finalists timed again")};
    }
  }
  const auto [choice, finalists] = search.search(first);
  if (finalists.empty()) {
    throw EnvironmentError(fmt::format("none of cuBLASLt's {} algorithms runs{}{}",
                                       choice.candidates, choice.limits.empty() ? "" : ": ",
                                       choice.limits));
  }
  cache.add(keys.choice, choice);
  return {finalists.front(), origin_of(choice, "")};
}

}  // namespace gpugauge
