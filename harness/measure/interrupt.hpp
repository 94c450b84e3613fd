#pragma once

#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

namespace gpugauge {

/// Turns SIGINT and SIGTERM into a question that the sampler asks between replays. If that has not
/// led to `disarm` within the grace time (a long kernel), the process prints the farewell and
/// leaves with status 130: the journal holds everything by then. Make it before any other thread:
/// the signals stay blocked in threads started later.
class InterruptWatch {
 public:
  InterruptWatch();
  ~InterruptWatch() { disarm(); }
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool requested() const { return source_.stop_requested(); }
  /// What to say when the process leaves at once, and what to do before, on another thread.
  void set_farewell(std::string farewell, std::function<void()> before = {});
  /// Gives the signals back to their default: there is nothing left to keep.
  void disarm();

 private:
  void watch(const std::stop_token& ended);

  std::mutex mutex_;
  std::string farewell_ = "interrupted";
  std::function<void()> before_farewell_;
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace gpugauge
