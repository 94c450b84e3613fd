#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/analyze/serving/serving.hpp"
#include "harness/analyze/step/engine_step.hpp"

namespace gpugauge {

/// Values that a number could as well have had. Entry i of every number of one card stands for the
/// same state of that card (its clock), and entry i of all cards for the same error of the method,
/// so that numbers of one card and of several are combined entry by entry.
using Replicates = std::vector<double>;
/// Enough for a probability to within 0.02, and for the ends of a 90% interval.
inline constexpr std::size_t kReplicates = 500;

/// Of the card of a record: the same in whichever company and order it is asked.
std::uint64_t bootstrap_seed(const Record& record);

/// Resamples the times of one card; made once per record.
///
/// - Measured ops that have their samples: the Bayesian bootstrap of the median (Rubin, Ann. Stat.
///   9, 1981): in every replicate each sample weighs Exp(1), and the weighted median is taken. Its
///   percentiles are the order statistics of the file's own intervals, at any number of samples.
///   The ops share the state of the card: a weight belongs to a row of one table, and a row to a
///   place in the order of the samples by clock (by time of measurement where clocks tie or are
///   unknown). In a replicate that weighs the samples at high clocks, it weighs those of every op,
///   so that times that follow the clock err together and others independently. Row i stands for
///   the place whose binary fraction is i read backwards (van der Corput), so that the first n rows
///   lie evenly over all places, and ops of different numbers of samples share what rows they can.
/// - All others (interpolated, modelled, imported, read without samples): one normal number per
///   replicate and `ErrorGroup` says where around the value all of its ops lie, with low and high
///   of the group at the 5% and the 95% quantile. What is modelled errs by the method, which is
///   that of every card: these numbers are the same for all seeds.
/// - The error of an engine beside its ops: of two normal numbers one is the same for all seeds and
///   one is the card's, in such parts that the ratio of two cards errs by `between_cards`.
///
/// The same seed gives the same replicates on any machine: weights are whole numbers of
/// counter-based random bits.
class Bootstrap {
 public:
  explicit Bootstrap(const Record& record) : Bootstrap(bootstrap_seed(record)) {}
  explicit Bootstrap(std::uint64_t seed) : seed_(seed) {}

  /// Sum over the ops of count · resampled time, without the error of engines. The measurements
  /// behind the step must outlive this: their medians are resampled once.
  Replicates step_ns(const EngineStep& step);
  /// A figure's replicates with the error of engines.
  Replicates with_error(Replicates figure, const EngineError& error);

 private:
  const Replicates& medians_of(const Measurement& measurement);
  /// Normal numbers in units of the 95% quantile, one a replicate: of this name, and of all cards
  /// or of this one.
  const Replicates& places_of(const std::string& name, bool is_shared);

  std::uint64_t seed_;
  std::vector<std::uint16_t> weights_;  ///< rows of kReplicates, as many as were needed
  std::unordered_map<const Measurement*, Replicates> medians_;
  std::map<std::string, Replicates> places_;
};

/// A number with what it could as well have been; its interval leaves out 5% of that at each end.
struct Resampled : Estimate {
  Replicates replicates;
};
Resampled resampled(double value, Replicates replicates);

/// Of the whole batch, as `serving_rate`; `decode_ns` and `prefill_ns` are of the same card.
Replicates output_tokens_per_second(const ServingPoint& point, const ServingEngine& engine,
                                    std::span<const double> decode_ns,
                                    std::span<const double> prefill_ns);

/// The value with the interval that leaves out (1 - confidence) / 2 of the replicates at each end,
/// widened to the value where that lies outside. There must be a replicate.
Estimate interval_of(double value, std::span<const double> replicates,
                     double confidence = kDerivedConfidence);

}  // namespace gpugauge
