#include "tests/emulated/activity.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>

namespace gpugauge::emulated {
namespace {

constexpr int kMostDevices = 8;

double now() {
  using Clock = std::chrono::steady_clock;
  static const Clock::time_point start = Clock::now();
  return std::chrono::duration<double>(Clock::now() - start).count();
}
const double kStart = now();

struct Interval {
  double begin, end;
};

struct CardActivity {
  int depth = 0;
  double begin = 0;              ///< of the work that goes on
  double before = 0;             ///< seconds of work that ended before `recent`
  std::vector<Interval> recent;  ///< ascending; a little more than the last second
  std::vector<int> xids;
};

std::mutex mutex;

CardActivity& of(int device) {
  static std::array<CardActivity, kMostDevices> all;
  return all.at(static_cast<std::size_t>(device));
}

/// Keeps what a question about the last two seconds needs.
void forget(CardActivity& activity, double time) {
  constexpr double kKept = 2.0;
  const auto old = std::ranges::find_if(
      activity.recent, [&](const Interval& interval) { return interval.end > time - kKept; });
  for (auto each = activity.recent.begin(); each != old; ++each)
    activity.before += each->end - each->begin;
  activity.recent.erase(activity.recent.begin(), old);
}

}  // namespace

Working::Working(int device) : device_(device) {
  const std::scoped_lock lock(mutex);
  CardActivity& activity = of(device);
  if (activity.depth++ == 0) activity.begin = now();
}

Working::~Working() {
  const std::scoped_lock lock(mutex);
  CardActivity& activity = of(device_);
  if (--activity.depth > 0) return;
  const double time = now();
  // Short ones that follow each other closely are one: a replay may have thousands of nodes.
  constexpr double kGap = 1e-5;
  if (!activity.recent.empty() && activity.begin - activity.recent.back().end < kGap) {
    activity.recent.back().end = time;
  } else {
    activity.recent.push_back({activity.begin, time});
    forget(activity, time);
  }
}

void report_xid(int device, int xid) {
  const std::scoped_lock lock(mutex);
  of(device).xids.push_back(xid);
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the C functions below

double emulated_seconds_alive() { return now() - kStart; }

double emulated_seconds_of_work(int device, double seconds) {
  const std::scoped_lock lock(mutex);
  const CardActivity& activity = of(device);
  const double time = now(), since = time - seconds;
  const auto within = [&](double begin, double end) {
    return std::max(0.0, end - std::max(begin, since));
  };
  double sum = since < 0 ? activity.before : 0;
  for (const Interval& interval : activity.recent) sum += within(interval.begin, interval.end);
  if (activity.depth > 0) sum += within(activity.begin, time);
  return sum;
}

int emulated_xid(int device, int index) {
  const std::scoped_lock lock(mutex);
  const std::vector<int>& xids = of(device).xids;
  return index < static_cast<int>(xids.size()) ? xids[static_cast<std::size_t>(index)] : 0;
}
