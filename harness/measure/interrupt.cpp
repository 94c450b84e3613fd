#include "harness/measure/interrupt.hpp"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace)

constexpr auto kGrace = 700ms;  // Ctrl-C ends the program within a second
constexpr auto kPoll = 20ms;

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

}  // namespace

InterruptWatch::InterruptWatch() {
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  watcher_ = std::jthread([this](const std::stop_token& ended) { watch(ended); });
}

void InterruptWatch::set_farewell(std::string farewell, std::function<void()> before) {
  const std::lock_guard lock(mutex_);
  before_farewell_ = std::move(before);
  farewell_ = std::move(farewell);
}

void InterruptWatch::disarm() {
  if (!watcher_.joinable()) return;
  watcher_.request_stop();
  watcher_.join();
  const sigset_t set = watched_signals();
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void InterruptWatch::watch(const std::stop_token& ended) {
  const sigset_t set = watched_signals();
  const timespec poll{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(kPoll).count()};
  while (sigtimedwait(&set, nullptr, &poll) < 0) {
    if (ended.stop_requested()) return;
  }
  source_.request_stop();
  for (auto waited = 0ms; waited < kGrace; waited += kPoll) {
    if (ended.stop_requested()) return;
    std::this_thread::sleep_for(kPoll);
  }
  const std::lock_guard lock(mutex_);
  if (before_farewell_) before_farewell_();
  std::fprintf(stderr, "\ngpugauge: %s\n", farewell_.c_str());
  _exit(static_cast<int>(ExitStatus::kInterrupted));
}

}  // namespace gpugauge
