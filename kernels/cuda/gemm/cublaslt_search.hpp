#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kernels/cuda/gemm/cublaslt_matmul.hpp"

/// The fastest of the ways in which cuBLASLt can run one GEMM.
namespace gpugauge {

/// One way to run the GEMM: with M as it is or padded, and how.
struct CublasLtCandidate {
  const CublasLtMatmul* matmul = nullptr;
  std::int64_t rows = 0;  ///< M, or what it is padded up to
  CublasLtAlgorithm algorithm{};
};

/// Where a search looks, and how it tries what is there.
struct CublasLtSpace {
  std::vector<const CublasLtMatmul*> matmuls;  ///< with M as it is, then padded
  std::vector<std::int64_t> rows;              ///< of each of them
  std::int64_t customary_workspace_bytes = 0;  ///< what frameworks give the library
  std::int64_t workspace_bytes = 0;            ///< what there is
  bool exhaustive = false;                     ///< all that the library can be set to
  std::function<std::unique_ptr<Replay>(const CublasLtCandidate&, std::int64_t launches)> capture;
  std::function<void()> require_alive;  ///< as CandidateSet
};

/// What is kept from one run to the next is kept under these.
struct CublasLtSearchKeys {
  std::string choice;  ///< everything that the choice may depend on
  std::string lost;    ///< everything that a crash may depend on
};

struct CublasLtChoice {
  CublasLtCandidate candidate;
  std::string origin;  ///< `best of 300 in an earlier search`
};

/// The most workspace that a search gives an algorithm.
std::int64_t cublaslt_search_workspace_bytes();

/// Searches by the rules of the SearchScope, or takes what an earlier search found: unless that is
/// old, had less time, or was decided within the noise; then the finalists are timed again. `first`
/// is what frameworks run. Throws EnvironmentError where nothing runs.
CublasLtChoice search_cublaslt(const CublasLtSpace& space, const CublasLtCandidate& first,
                               const CublasLtSearchKeys& keys);

}  // namespace gpugauge
