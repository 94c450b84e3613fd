#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/statistics.hpp"
#include "harness/device/device.hpp"
#include "harness/device/device_lost.hpp"
#include "harness/device/search_rules.hpp"

/// Finds the fastest of several ways to run the same thing by timing them. What it times is thrown
/// away: the number that is reported has samples of its own.
namespace gpugauge {

/// What is searched among, by index.
struct CandidateSet {
  /// Makes a candidate ready to be timed with that many launches. Throws EnvironmentError where the
  /// candidate cannot run.
  std::function<std::unique_ptr<Replay>(std::size_t candidate, std::int64_t launches)> prepare;
  /// The same in every process: by it a candidate that crashed is known again.
  std::function<std::string(std::size_t candidate)> name;
  /// Waits for the device; throws DeviceLost where the context is dead.
  std::function<void()> require_alive;
};

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
  if (order.size() > count)
    order.erase(order.begin() + static_cast<std::ptrdiff_t>(count), order.end());
  return order;
}

/// A candidate of the last rounds, with the time of one launch.
struct Finalist {
  std::size_t candidate = 0;
  Estimate seconds;
};

/// Whether the first is faster than the second beyond the noise of both.
inline bool is_clear(const std::vector<Finalist>& fastest_first) {
  return fastest_first.size() < 2 || fastest_first[0].seconds.high < fastest_first[1].seconds.low;
}

class CandidateSearch {
 public:
  explicit CandidateSearch(CandidateSet set, const SearchRules& rules = SearchScope::rules(),
                           const SearchPolicy& policy = {})
      : set_(std::move(set)), rules_(rules), policy_(policy), started_(rules.now_seconds()) {}

  /// Times the first `count` candidates that were not timed yet, until the budget is over.
  void screen(std::size_t count) {
    if (screened_.empty()) set_.require_alive();  // what came before is no candidate's fault
    count_ = count;
    for (std::size_t i = screened_.size(); i < count_; ++i) {
      const auto best = fastest(screened_, 1);
      out_of_time_ = !best.empty() && rules_.now_seconds() - started_ >= rules_.budget_seconds;
      if (out_of_time_) return;
      if (const auto lost = rules_.lost.find(set_.name(i)); lost != rules_.lost.end()) {
        left_out_.push_back(fmt::format("{} ({})", lost->first, lost->second));
        screened_.push_back(std::nullopt);
        continue;
      }
      ++tried_;
      if (!best.empty()) {
        screened_.push_back(time(i, launches(*screened_[best.front()])));
        continue;
      }
      screened_.push_back(time(i, 1));  // says how many launches a replay takes
      if (screened_.back()) screened_.back() = time(i, launches(*screened_.back()));
    }
  }

  /// The candidates screened fastest.
  std::vector<std::size_t> best(std::size_t count) const { return fastest(screened_, count); }

  /// The fastest few, timed again in turns so that a drifting clock meets them alike: the best
  /// median first. Candidate 0 is always among them: a search does not lose to what it began with.
  /// Empty if none runs.
  std::vector<Finalist> decide() const {
    std::vector<std::size_t> finalists = best(policy_.finalists);
    if (finalists.empty()) return {};
    const std::int64_t count = launches(*screened_[finalists.front()]);
    if (screened_[0] && std::find(finalists.begin(), finalists.end(), 0) == finalists.end()) {
      finalists.push_back(0);
    }
    return time_in_turns(finalists, count);
  }

  std::int64_t tried() const { return tried_; }
  /// Of those that are known; more may follow from what is found.
  std::int64_t count() const { return static_cast<std::int64_t>(count_); }
  bool out_of_time() const { return out_of_time_; }

  /// What kept the search from trying everything, for people; empty if nothing did.
  std::string limits() const {
    std::string text;
    if (out_of_time_) {
      text = fmt::format("the search's budget of {:.3g} s was over after {} of {} candidates",
                         rules_.budget_seconds, tried_, count_);
    }
    for (const std::string& name : left_out_) {
      text += fmt::format("{}left out: {}", text.empty() ? "" : ", ", name);
    }
    return text;
  }

 private:
  /// How many launches of that many seconds make a replay.
  std::int64_t launches(double seconds) const {
    return std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::ceil(policy_.replay_seconds / seconds)), 1,
        policy_.max_launches);
  }

  /// Does `work` of a candidate. Throws CandidateLost where it killed the context, and Interrupted
  /// before it where the user asked to stop. False where the candidate cannot run.
  template <typename Work>
  bool attempt(std::size_t candidate, const Work& work) const {
    if (rules_.stop_requested()) throw Interrupted();
    const std::string name = set_.name(candidate);
    const struct Watched {
      const SearchRules& rules;
      Watched(const SearchRules& told, const std::string& of) : rules(told) {
        rules.on_candidate(of);
      }
      ~Watched() { rules.on_candidate({}); }
      Watched(const Watched&) = delete;
      Watched& operator=(const Watched&) = delete;
    } watched(rules_, name);
    const auto lost = [&](const Error& error) {
      return CandidateLost(name, fmt::format("candidate {} of a search: {}", name, error.what()));
    };
    try {
      work();
      return true;
    } catch (const DeviceLost& error) {
      throw lost(error);
    } catch (const EnvironmentError& error) {
      // A library reports its error in its own words, and the context may be dead all the same.
      try {
        set_.require_alive();
      } catch (const DeviceLost&) {
        throw lost(error);
      }
      return false;
    }
  }

  /// Seconds of one launch, or nothing where the candidate cannot run.
  std::optional<double> time(std::size_t candidate, std::int64_t launches) const {
    double best = 0;
    const bool runs = attempt(candidate, [&] {
      const auto replay = set_.prepare(candidate, launches);
      (void)replay->run();  // the first one loads and warms up
      best = replay->run().seconds;
      for (int i = 1; i < policy_.screening_replays; ++i)
        best = std::min(best, replay->run().seconds);
      best /= static_cast<double>(replay->launches());
    });
    return runs ? std::optional(best) : std::nullopt;
  }

  std::vector<Finalist> time_in_turns(const std::vector<std::size_t>& candidates,
                                      std::int64_t launches) const {
    struct Timed {
      std::size_t candidate;
      std::unique_ptr<Replay> replay;
      std::vector<double> samples{};
    };
    std::vector<Timed> timed;
    for (const std::size_t candidate : candidates) {
      std::unique_ptr<Replay> replay;
      const bool runs = attempt(candidate, [&] {
        replay = set_.prepare(candidate, launches);
        (void)replay->run();
      });
      if (runs) timed.push_back({candidate, std::move(replay)});
    }
    for (int round = 0; round < policy_.final_rounds; ++round) {
      for (Timed& each : timed) {
        attempt(each.candidate, [&] { each.samples.push_back(each.replay->run().seconds); });
      }
    }
    std::vector<Finalist> result;
    for (Timed& each : timed) {
      if (each.samples.empty()) continue;
      std::sort(each.samples.begin(), each.samples.end());
      result.push_back({each.candidate, scaled(median_interval(each.samples),
                                               1 / static_cast<double>(each.replay->launches()))});
    }
    std::stable_sort(result.begin(), result.end(), [](const Finalist& a, const Finalist& b) {
      return a.seconds.value < b.seconds.value;
    });
    return result;
  }

  CandidateSet set_;
  const SearchRules& rules_;
  SearchPolicy policy_;
  double started_;
  std::size_t count_ = 0;
  std::vector<std::optional<double>> screened_;
  std::int64_t tried_ = 0;
  bool out_of_time_ = false;
  std::vector<std::string> left_out_;
};

/// What a search among `count` candidates found.
struct Searched {
  std::optional<std::size_t> best;  ///< nothing if none runs
  std::string limits;               ///< CandidateSearch::limits
};
inline Searched search_candidates(std::size_t count, CandidateSet set,
                                  const SearchRules& rules = SearchScope::rules(),
                                  const SearchPolicy& policy = {}) {
  CandidateSearch search(std::move(set), rules, policy);
  search.screen(count);
  const std::vector<Finalist> finalists = search.decide();
  return {.best = finalists.empty() ? std::nullopt : std::optional(finalists.front().candidate),
          .limits = search.limits()};
}

}  // namespace gpugauge
