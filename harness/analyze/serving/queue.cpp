#include "harness/analyze/serving/queue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <functional>
#include <queue>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"

namespace gpugauge {
namespace {

void check(std::string_view what, std::int64_t value) {
  if (value < 1)
    throw UsageError(fmt::format("{} {}: expected a number of at least 1", what, value));
}

/// The length of request `index`: multiples of an irrational number lie evenly in [0, 1).
std::int64_t length(std::int64_t mean, double spread, std::int64_t index, double irrational) {
  const double place = static_cast<double>(index + 1) * irrational;
  const double factor = 1 + spread * (place - std::floor(place) - 0.5);
  return std::max<std::int64_t>(std::llround(static_cast<double>(mean) * factor), 1);
}

class ClosedLoop {
 public:
  explicit ClosedLoop(const QueueLoad& load)
      : load_(load), requests_(load.batch * load.requests_per_place) {
    arrived_.resize(static_cast<std::size_t>(requests_));
    while (next_ < load_.batch) arrive();
  }

  QueueTime mean_ttft() {
    while (finished_ < requests_) {
      if (waiting_.empty() && running_.empty()) {
        while (!outputs_.empty()) see_next();
      } else if (waiting_.empty()) {
        decode();
      } else {
        prefill();
      }
      while (!outputs_.empty() && outputs_.front().step <= step_) see_next();
    }
    const auto count = static_cast<double>(requests_);
    return {waited_.prompts / count, waited_.steps / count};
  }

 private:
  struct Prompt {
    std::int64_t request, tokens_left;
  };
  struct Output {
    std::int64_t step, request;
    bool is_last;
  };

  void arrive() {
    constexpr double kGoldenRatio = 0.6180339887498949;
    arrived_[static_cast<std::size_t>(next_)] = now_;
    waiting_.push_back(
        {next_, length(load_.input_tokens, load_.length_spread, next_, kGoldenRatio)});
    ++next_;
  }

  void see_next() {
    const Output output = outputs_.front();
    outputs_.pop_front();
    if (output.is_last) {
      ++finished_;
      if (next_ < requests_) arrive();
      return;
    }
    const QueueTime& since = arrived_[static_cast<std::size_t>(output.request)];
    waited_.prompts += now_.prompts - since.prompts;
    waited_.steps += now_.steps - since.steps;
  }

  /// Steps without a prompt, until a sequence ends or a client sees something.
  void decode() {
    std::int64_t steps = running_.top() - step_;
    if (!outputs_.empty()) steps = std::min(steps, outputs_.front().step - step_);
    now_.steps += static_cast<double>(steps);
    step_ += steps;
    end_sequences();
  }

  void prefill() {
    constexpr double kSilverRatio = 0.4142135623730951;
    std::int64_t room = std::max<std::int64_t>(load_.chunk_tokens - std::ssize(running_), 1);
    std::int64_t tokens = 0;
    if (!running_.empty()) now_.steps += 1;
    ++step_;
    while (!waiting_.empty() && room > 0) {
      Prompt& prompt = waiting_.front();
      const std::int64_t taken = std::min(prompt.tokens_left, room);
      room -= taken;
      tokens += taken;
      prompt.tokens_left -= taken;
      if (prompt.tokens_left > 0) break;
      outputs_.push_back({step_ + load_.steps_behind, prompt.request, false});
      running_.push(step_ - 1 +
                    length(load_.output_tokens, load_.length_spread, prompt.request, kSilverRatio));
      waiting_.pop_front();
    }
    now_.prompts += static_cast<double>(tokens) / static_cast<double>(load_.input_tokens);
    end_sequences();
  }

  void end_sequences() {
    while (!running_.empty() && running_.top() <= step_) {
      running_.pop();
      outputs_.push_back({step_ + load_.steps_behind, 0, true});
    }
  }

  QueueLoad load_;
  std::int64_t requests_, next_ = 0, finished_ = 0, step_ = 0;
  QueueTime now_, waited_;
  std::vector<QueueTime> arrived_;  ///< by request
  std::deque<Prompt> waiting_;
  /// The steps at whose end a sequence has its last token, the next first.
  std::priority_queue<std::int64_t, std::vector<std::int64_t>, std::greater<>> running_;
  std::deque<Output> outputs_;  ///< by step
};

}  // namespace

QueueTime mean_ttft(const QueueLoad& load) {
  check("batch", load.batch);
  check("input tokens", load.input_tokens);
  check("output tokens", load.output_tokens);
  check("chunk tokens", load.chunk_tokens);
  check("requests per place", load.requests_per_place);
  if (!(load.length_spread >= 0 && load.length_spread < 2))
    throw UsageError(
        fmt::format("length spread {}: expected a number from 0 to below 2", load.length_spread));
  return ClosedLoop(load).mean_ttft();
}

}  // namespace gpugauge
