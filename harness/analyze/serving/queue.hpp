#pragma once

#include <cstdint>

namespace gpugauge {

/// A closed loop of requests: `batch` of them at a time, each replaced by the next as soon as its
/// last token is seen. All of the first come at once.
struct QueueLoad {
  std::int64_t batch = 1;
  std::int64_t input_tokens = 1024;  ///< of a request, in the mean
  std::int64_t output_tokens = 256;
  /// Lengths are spread evenly over the mean times 1 ± half of it.
  double length_spread = 0.2;
  std::int64_t chunk_tokens = 8192;      ///< as ServingEngine
  std::int64_t steps_behind = 0;         ///< likewise
  std::int64_t requests_per_place = 10;  ///< that the loop serves in all, over its batch
};

/// A time in a loop of steps, as the part of the engine's work that it took.
struct QueueTime {
  double prompts = 0;  ///< prefills of a mean prompt
  double steps = 0;    ///< decode steps

  double ns(double prompt_ns, double step_ns) const {
    return prompts * prompt_ns + steps * step_ns;
  }
};

/// The mean TTFT over all requests of the loop. Every step takes the waiting prompts in their
/// order, up to the chunk less one token a sequence that is being decoded, and cuts the last of
/// them there; it costs its share of the prompts' prefill and, if anything is being decoded, a
/// decode step. First and last tokens are seen `steps_behind` steps later. The order of events does
/// not depend on how long a step takes, so this is exact for any prefill and step time. Throws
/// UsageError for a number below 1, or a spread outside [0, 2).
QueueTime mean_ttft(const QueueLoad& load);

}  // namespace gpugauge
