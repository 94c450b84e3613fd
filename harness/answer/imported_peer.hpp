#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "harness/record/record.hpp"

namespace gpugauge {

/// Ops of one kind and type, each by the fastest implementation of either side. A speed is their
/// time over ours: above 1 is faster than they were.
struct PeerFamily {
  std::string kind;        ///< `gemm/bf16`
  std::size_t shapes = 0;  ///< how many both have measured
  double median_speed = 0, slowest_speed = 0;
  std::string slowest_case;    ///< of ours
  bool they_quantize = false;  ///< their times contain the quantisation of the input, ours do not
};

/// How what was measured on a card stands beside what others measured on one of its kind.
struct ImportedPeer {
  std::string card;    ///< whose name the file has
  std::string source;  ///< as `ImportedFile::source`
  /// Their fastest time for the same op, as cold or hot, by the name of our case.
  std::map<std::string, double> time_ns_of;
  std::vector<PeerFamily> families;  ///< in the order in which ours begin
};

/// Nothing where nothing was measured on `ours` (an emulated card, an imported file), or the two
/// share no op.
std::optional<ImportedPeer> imported_peer(const Record& ours, const Record& theirs);

}  // namespace gpugauge
