#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/advise/candidate.hpp"

namespace gpugauge {

/// A service at one price.
struct Option {
  std::size_t service = 0;  ///< in `Ranking::services`
  const Rate* rate = nullptr;
  Estimate dollars_per_million;  ///< output tokens, of the GPUs that serve, at the utilisation
  std::optional<Fleet> fleet;    ///< of today's demand
  int gpus = 1;                  ///< of the fleet, else of one group that serves
  int billed_gpus = 1;           ///< likewise, in whole bundles
  double margin = 0;             ///< what it costs more than the first, as a share of that
  /// To the first option of another card after it; only the first option of a card has it, and no
  /// option of the last card.
  std::optional<CostRatio> to_next;

  /// What it is ranked by: dollars a month of the demand, else per million tokens.
  double bill() const;
};

/// A card, or all of it at some price, that cannot be ranked.
struct Excluded {
  const Card* card = nullptr;
  std::string reason;
};

/// Every card at every price that may be paid.
struct Ranking {
  std::optional<std::int64_t> batch;  ///< absent: each card at its own largest
  std::vector<Service> services;      ///< one a card, without their replicates
  std::vector<Option> options;        ///< by their bills
  std::vector<Excluded> excluded;

  const Service& service(const Option& option) const { return services[option.service]; }
  const Card& card(const Option& option) const { return *service(option).card; }
  /// Output tokens a second of one GPU.
  double speed(const Option& option) const {
    return service(option).rate.output_tokens_per_second.value / service(option).gpus;
  }
  /// The first option, or null.
  const Option* winner() const { return options.empty() ? nullptr : &options.front(); }
  /// The first option of another card than the winner's, or null.
  const Option* runner_up() const;
  /// By `CostRatio::cheaper`; undecided where a runner-up is missing.
  bool is_decided() const;
  /// Of the first two the service of which more is interpolated or modelled, where that is more
  /// than a tenth of its time: to measure it would decide. Null where only prices would.
  const Service* to_measure() const;
};

/// The services must have their replicates, which are let go.
Ranking rank(std::optional<std::int64_t> batch, std::vector<Service> services,
             const AdviceRequest& request);

/// As `Option::bill`.
double bill_of(const Service& service, const Rate& rate, const AdviceRequest& request);
Fleet fleet_for(const Service& service, const Rate& rate, double tokens_per_day,
                const AdviceRequest& request);
/// The option that serves this many tokens a day for the fewest dollars, or null.
const Option* cheapest_for(const Ranking& ranking, double tokens_per_day,
                           const AdviceRequest& request);

}  // namespace gpugauge
