#include "harness/answer/imported_peer.hpp"

#include <algorithm>
#include <utility>

#include "harness/answer/imported_files.hpp"
#include "harness/base/statistics.hpp"
#include "harness/record/emulated.hpp"

namespace gpugauge {
namespace {

using OpInCache = std::pair<Op, CacheState>;

/// Of real data, and without breaks.
bool is_plain(const Measurement& m) {
  return m.c.options.data == Distribution::kNormal && !m.c.options.pace;
}

std::map<OpInCache, const Measurement*> fastest_of(const Record& record, Origin origin) {
  std::map<OpInCache, const Measurement*> fastest;
  for (const Measurement& m : record.measurements) {
    if (m.origin != origin || !m.counts() || !is_plain(m)) continue;
    const Measurement*& best = fastest[{m.c.op, m.c.options.cache}];
    if (best == nullptr || m.time_ns.value < best->time_ns.value) best = &m;
  }
  return fastest;
}

/// An op that both have measured.
struct Pair {
  const Measurement *ours, *theirs;
  double speed;
};

PeerFamily family_of(const std::string& kind, const std::vector<Pair>& pairs) {
  std::vector<double> speeds;
  for (const Pair& pair : pairs) speeds.push_back(pair.speed);
  const auto slowest = std::min_element(
      pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) { return a.speed < b.speed; });
  return {.kind = kind,
          .shapes = pairs.size(),
          .median_speed = median(speeds),
          .slowest_speed = slowest->speed,
          .slowest_case = slowest->ours->name,
          .they_quantize = slowest->theirs->quantizes_input.value_or(false)};
}

}  // namespace

std::optional<ImportedPeer> imported_peer(const Record& ours, const Record& theirs) {
  const std::vector<ImportedFile> files = imported_files({&theirs, 1});
  if (files.empty() || is_emulated(ours.device)) return std::nullopt;
  ImportedPeer peer{.card = files.front().file,
                    .source = files.front().source(),
                    .time_ns_of = {},
                    .families = {}};
  const auto their_fastest = fastest_of(theirs, Origin::kImported);
  const auto our_fastest = fastest_of(ours, Origin::kMeasured);
  std::vector<std::string> kinds;
  std::map<std::string, std::vector<Pair>> pairs;
  for (const Measurement& m : ours.measurements) {
    const OpInCache key{m.c.op, m.c.options.cache};
    const auto mine = our_fastest.find(key), other = their_fastest.find(key);
    if (mine == our_fastest.end() || other == their_fastest.end()) continue;
    const double time_ns = other->second->time_ns.value;
    if (is_plain(m)) peer.time_ns_of[m.name] = time_ns;
    if (mine->second != &m) continue;
    const std::string kind = kind_path(m.c.op);
    if (!pairs.contains(kind)) kinds.push_back(kind);
    pairs[kind].push_back({&m, other->second, time_ns / m.time_ns.value});
  }
  if (kinds.empty()) return std::nullopt;
  for (const std::string& kind : kinds) peer.families.push_back(family_of(kind, pairs[kind]));
  return peer;
}

}  // namespace gpugauge
