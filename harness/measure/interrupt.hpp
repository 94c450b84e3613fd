#pragma once

#include <functional>
#include <stop_token>
#include <thread>

namespace gpugauge {

/// Turns SIGINT and SIGTERM into a question that the sampler asks between replays. If it has not
/// come to an end within the grace time (a long kernel), `abandon` is called and the process leaves
/// with status 130: the journal holds everything by then. Make it before any other thread: the
/// signals stay blocked in threads started later.
class InterruptWatch {
 public:
  explicit InterruptWatch(std::function<void()> abandon);
  ~InterruptWatch();
  InterruptWatch(const InterruptWatch&) = delete;
  InterruptWatch& operator=(const InterruptWatch&) = delete;

  bool requested() const { return source_.stop_requested(); }

 private:
  void watch(const std::stop_token& ended);

  std::function<void()> abandon_;
  std::stop_source source_;
  std::jthread watcher_;
};

}  // namespace gpugauge
