#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/device/device.hpp"
#include "harness/device/device_lost.hpp"

/// Finds the fastest of several ways to run the same thing by timing them. What it times is thrown
/// away: the number that is reported has samples of its own.
namespace gpugauge {

/// Makes a candidate ready to be timed with that many launches. Throws EnvironmentError where the
/// candidate cannot run.
using PrepareCandidate =
    std::function<std::unique_ptr<Replay>(std::size_t candidate, std::int64_t launches)>;

struct SearchPolicy {
  double replay_seconds = 200e-6;  ///< long against the resolution of an event, about 0.5 µs
  std::int64_t max_launches = 200;
  int screening_replays = 2;
  std::size_t finalists = 5;
  int final_rounds = 9;  ///< odd, so that one of them is the median
};

/// The indices of the `count` smallest times, fastest first. Candidates without a time are left
/// out.
inline std::vector<std::size_t> fastest(const std::vector<std::optional<double>>& seconds,
                                        std::size_t count) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < seconds.size(); ++i) {
    if (seconds[i]) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return *seconds[a] < *seconds[b]; });
  order.resize(std::min(order.size(), count));
  return order;
}

namespace candidate_search {

/// How many launches of that many seconds make a replay.
inline std::int64_t launches(const SearchPolicy& policy, double seconds) {
  return std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::ceil(policy.replay_seconds / seconds)), 1,
      policy.max_launches);
}

/// Seconds of one launch, or nothing where the candidate cannot run. Throws DeviceLost, with the
/// number of the candidate, where it has killed the context.
inline std::optional<double> screen(const PrepareCandidate& prepare, std::size_t candidate,
                                    std::int64_t launches, int replays) {
  try {
    const auto replay = prepare(candidate, launches);
    (void)replay->run();  // the first one loads and warms up
    double best = replay->run().seconds;
    for (int i = 1; i < replays; ++i) best = std::min(best, replay->run().seconds);
    return best / static_cast<double>(replay->launches());
  } catch (const DeviceLost& error) {
    throw DeviceLost(fmt::format("candidate {} of a search: {}", candidate, error.what()));
  } catch (const EnvironmentError&) {
    return std::nullopt;
  }
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace candidate_search

/// Seconds of one launch of each candidate, nothing where it cannot run. `screened` holds what is
/// known already, of the first candidates; the rest is measured and added.
inline void screen_candidates(std::size_t count, const PrepareCandidate& prepare,
                              const SearchPolicy& policy,
                              std::vector<std::optional<double>>& screened) {
  for (std::size_t i = screened.size(); i < count; ++i) {
    const auto fastest_yet = fastest(screened, 1);
    if (fastest_yet.empty()) {  // the first that runs says how many launches a replay takes
      screened.push_back(candidate_search::screen(prepare, i, 1, policy.screening_replays));
      if (screened.back()) {
        screened.back() = candidate_search::screen(
            prepare, i, candidate_search::launches(policy, *screened.back()),
            policy.screening_replays);
      }
      continue;
    }
    const double seconds = *screened[fastest_yet.front()];
    screened.push_back(candidate_search::screen(
        prepare, i, candidate_search::launches(policy, seconds), policy.screening_replays));
  }
}

/// The candidate of the best median when the fastest few are timed again in turns, so that a
/// drifting clock meets them alike. Candidate 0 is always among them: a search does not lose to
/// what it began with. Nothing if none runs.
inline std::optional<std::size_t> decide_candidates(
    const std::vector<std::optional<double>>& screened, const PrepareCandidate& prepare,
    const SearchPolicy& policy) {
  std::vector<std::size_t> finalists = fastest(screened, policy.finalists);
  if (finalists.empty()) return std::nullopt;
  const std::int64_t launches = candidate_search::launches(policy, *screened[finalists.front()]);
  if (screened[0] && std::find(finalists.begin(), finalists.end(), 0) == finalists.end()) {
    finalists.push_back(0);
  }

  std::vector<std::unique_ptr<Replay>> replays;
  for (std::size_t candidate : finalists) {
    replays.push_back(prepare(candidate, launches));
    (void)replays.back()->run();
  }
  std::vector<std::vector<double>> samples(finalists.size());
  for (int round = 0; round < policy.final_rounds; ++round) {
    for (std::size_t i = 0; i < replays.size(); ++i) {
      samples[i].push_back(replays[i]->run().seconds);
    }
  }
  std::vector<std::optional<double>> medians;
  for (const auto& of_candidate : samples) {
    medians.push_back(candidate_search::median(of_candidate));
  }
  return finalists[fastest(medians, 1).front()];
}

/// Times every candidate, then the fastest few again in turns.
inline std::optional<std::size_t> search_candidates(std::size_t count,
                                                    const PrepareCandidate& prepare,
                                                    const SearchPolicy& policy = {}) {
  std::vector<std::optional<double>> screened;
  screen_candidates(count, prepare, policy, screened);
  return decide_candidates(screened, prepare, policy);
}

}  // namespace gpugauge
