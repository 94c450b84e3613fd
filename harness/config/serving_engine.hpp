#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace gpugauge {

/// What a serving engine adds to the kernels of its steps, and how it schedules. The default adds
/// nothing: steps back to back.
struct ServingEngine {
  std::string name = {};   ///< `vllm`: the stem of its file
  std::string title = {};  ///< for people, with the version that the numbers are of
  /// Most tokens of one step: prompts are prefilled together up to it, less one token for each
  /// sequence that is being decoded.
  std::int64_t chunk_tokens = 8192;
  /// The same on a card of less memory than this, or whose name holds this.
  std::int64_t small_chunk_tokens = 8192;
  double small_below_bytes = 0;
  std::string small_name = {};
  /// Steps that have begun when a client sees the tokens of a step: 1 where the host prepares a
  /// step while the one before runs, else 0.
  std::int64_t steps_behind = 0;
  /// Of an all-reduce in a step, beyond its time alone: waiting for the slowest card.
  double all_reduce_gap_ns = 0;
  /// Of a decode step for each sequence: host work that no kernel hides.
  double sequence_ns = 0;
  /// Host work beside a step, which hides it: a decode step takes at least `host_ns` and
  /// `host_sequence_ns` for each sequence.
  double host_ns = 0, host_sequence_ns = 0;

  /// The engine on a card of this name and memory, which may be unknown.
  ServingEngine on_card(const std::string& device, std::optional<double> memory_bytes) const;

  /// The decode step of the engine, whose kernels take `kernels_ns`.
  double step_ns(double kernels_ns, std::int64_t batch) const;
};

/// Reads the file of an engine. Throws UsageError.
ServingEngine load_serving_engine(const std::filesystem::path& file);

}  // namespace gpugauge
