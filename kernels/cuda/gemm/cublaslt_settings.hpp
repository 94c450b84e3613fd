#pragma once

#include <cstdint>
#include <vector>

/// The settings of one of cuBLASLt's algorithms and which others lie beside them: what a search
/// walks through. Pure; the library says which of them it can run.
namespace gpugauge {

/// Values as cuBLASLt numbers them (CUBLASLT_ALGO_CONFIG_*).
struct AlgorithmSettings {
  std::int32_t id = 0;
  std::uint32_t tile = 0, stages = 0;
  std::int32_t split_k = 1;
  std::uint32_t reduction = 0;
  std::uint32_t swizzle = 0, custom = 0;
  std::uint16_t inner_shape = 0, cluster = 0;

  bool operator==(const AlgorithmSettings&) const = default;
};

/// What an algorithm says that it can be set to (CUBLASLT_ALGO_CAP_*).
struct AlgorithmCapabilities {
  std::vector<std::uint32_t> tiles{}, stages{};
  bool split_k = false;
  bool reduces_in_compute_type = false;
  bool swizzle = false;
  std::int32_t custom_max = 0;
};

/// Every tile with every number of stages, the rest as the algorithm comes.
inline std::vector<AlgorithmSettings> tiles_and_stages(std::int32_t id,
                                                       const AlgorithmCapabilities& can) {
  constexpr std::uint32_t kUndefined = 0;
  const std::vector<std::uint32_t> none{kUndefined};
  std::vector<AlgorithmSettings> all;
  for (std::uint32_t tile : can.tiles.empty() ? none : can.tiles) {
    for (std::uint32_t stages : can.stages.empty() ? none : can.stages)
      all.push_back({.id = id, .tile = tile, .stages = stages});
  }
  return all;
}

/// What differs from `base` in one setting other than tile and stages: split-K with a reduction in
/// the compute type, the order of the blocks, the algorithm's own option, and the shapes of
/// clusters where `clusters` names any.
inline std::vector<AlgorithmSettings> neighbours(const AlgorithmSettings& base,
                                                 const AlgorithmCapabilities& can,
                                                 const std::vector<std::uint16_t>& clusters,
                                                 std::uint32_t compute_type_reduction) {
  std::vector<AlgorithmSettings> all;
  const auto add = [&](AlgorithmSettings changed) {
    if (changed != base) all.push_back(changed);
  };
  if (can.split_k && can.reduces_in_compute_type) {
    for (std::int32_t split : {1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 24, 32}) {
      AlgorithmSettings changed = base;
      changed.split_k = split;
      changed.reduction = split > 1 ? compute_type_reduction : 0;
      add(changed);
    }
  }
  if (can.swizzle) {
    AlgorithmSettings changed = base;
    changed.swizzle = 1 - base.swizzle;
    add(changed);
  }
  for (std::int32_t custom = 0; custom <= can.custom_max; ++custom) {
    AlgorithmSettings changed = base;
    changed.custom = static_cast<std::uint32_t>(custom);
    add(changed);
  }
  for (std::uint16_t cluster : clusters) {
    AlgorithmSettings changed = base;
    changed.cluster = cluster;
    add(changed);
  }
  return all;
}

/// M as a candidate may pad it: powers of two from 8 on up to 64, then whole 64s; at most twice M
/// or
/// 64. On an L40S one FP8 shape took 76 µs at M of 1 to 16, and 20 µs at 32 (vLLM, pull request
/// 6677).
inline std::vector<std::int64_t> padded_rows(std::int64_t m) {
  std::vector<std::int64_t> all;
  for (std::int64_t rows = 8; rows <= 64; rows *= 2) {
    if (rows > m) all.push_back(rows);
  }
  if (const std::int64_t whole = (m + 63) / 64 * 64; m > 64 && whole > m && whole <= 2 * m)
    all.push_back(whole);
  return all;
}

}  // namespace gpugauge
