#include "tests/emulated/activity.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <deque>
#include <mutex>
#include <vector>

namespace gpugauge::emulated {
namespace {

constexpr int kMostDevices = 8;
/// A card works on for so long after its last work, so that short ones that follow each other
/// closely are one interval: a loop may have thousands a second.
constexpr double kTail = 1e-5;

using Clock = std::chrono::steady_clock;
const Clock::time_point kStart = Clock::now();

double now() { return std::chrono::duration<double>(Clock::now() - kStart).count(); }

struct Interval {
  double begin, end;
};

struct CardActivity {
  int depth = 0;
  double begin = 0;             ///< of the work that goes on
  double before = 0;            ///< seconds of work that ended before `recent`
  std::deque<Interval> recent;  ///< ascending, of the last kKeptWorkSeconds
  std::vector<int> xids;
};

std::mutex mutex;

CardActivity& of(int device) {
  static std::array<CardActivity, kMostDevices> all;
  return all.at(static_cast<std::size_t>(device));
}

void forget_old(CardActivity& activity, double time) {
  while (activity.recent.front().end <= time - kKeptWorkSeconds) {
    activity.before += activity.recent.front().end - activity.recent.front().begin;
    activity.recent.pop_front();
  }
}

}  // namespace

Working::Working(int device) : device_(device) {
  const std::scoped_lock lock(mutex);
  CardActivity& activity = of(device);
  if (activity.depth++ > 0) return;
  activity.begin = now();
  if (!activity.recent.empty())
    activity.begin = std::max(activity.begin, activity.recent.back().end);
}

Working::~Working() {
  const std::scoped_lock lock(mutex);
  CardActivity& activity = of(device_);
  if (--activity.depth > 0) return;
  const double end = now() + kTail;
  if (!activity.recent.empty() && activity.begin == activity.recent.back().end) {
    activity.recent.back().end = end;
  } else {
    activity.recent.push_back({activity.begin, end});
    forget_old(activity, end);
  }
}

void report_xid(int device, int xid) {
  const std::scoped_lock lock(mutex);
  of(device).xids.push_back(xid);
}

}  // namespace gpugauge::emulated

using namespace gpugauge::emulated;  // NOLINT: the C functions below

double emulated_seconds_alive() { return now(); }

double emulated_seconds_of_work(int device, double begin, double end) {
  const std::scoped_lock lock(mutex);
  const CardActivity& activity = of(device);
  const auto within = [&](double from, double until) {
    return std::max(0.0, std::min(until, end) - std::max(from, begin));
  };
  double sum = begin <= 0 ? activity.before : 0;
  for (const Interval& interval : activity.recent) sum += within(interval.begin, interval.end);
  if (activity.depth > 0) sum += within(activity.begin, end);
  return sum;
}

int emulated_xid(int device, int index) {
  const std::scoped_lock lock(mutex);
  const std::vector<int>& xids = of(device).xids;
  return index < static_cast<int>(xids.size()) ? xids[static_cast<std::size_t>(index)] : 0;
}
