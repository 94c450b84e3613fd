#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/analyze/advise/candidate.hpp"

namespace gpugauge {

/// What a demand of tokens a day takes of one offer, and what that costs in 730 hours.
struct Month {
  int gpus = 0;         ///< that serve, in whole groups that share a model
  int billed_gpus = 0;  ///< in whole bundles
  double dollars = 0;
};

/// A service at one price.
struct Option {
  std::size_t service = 0;  ///< in `Ranking::services`
  const Rate* rate = nullptr;
  Estimate dollars_per_million;  ///< output tokens, of the GPUs that serve, at the utilisation
  std::optional<Month> month;    ///< of today's demand
  double margin = 0;             ///< what it costs more than the first, as a share of that
  /// That it is cheaper than the first option of another card after it; only the first option of a
  /// card has it, and no option of the last card.
  std::optional<double> probability;

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
  /// The first option, or null.
  const Option* winner() const { return options.empty() ? nullptr : &options.front(); }
  /// The first option of another card than the winner's, or null.
  const Option* runner_up() const;
  /// Undecided where the winner's probability is, or where a runner-up is missing.
  bool is_decided() const;
};

/// The services must have their replicates, which are let go.
Ranking rank(std::optional<std::int64_t> batch, std::vector<Service> services,
             const AdviceRequest& request);

/// Whether an offer may be taken: spot only where interruptions are tolerated.
bool is_allowed(const Rate& rate, const AdviceRequest& request);
/// As `Option::bill`.
double bill_of(const Service& service, const Rate& rate, const AdviceRequest& request);
/// Of these GPUs, which serve.
Month month_of(int gpus, const Rate& rate);
Month month_of(const Service& service, const Rate& rate, double tokens_per_day,
               const AdviceRequest& request);
/// The option that serves this many tokens a day for the fewest dollars, or null.
const Option* cheapest_for(const Ranking& ranking, double tokens_per_day,
                           const AdviceRequest& request);

}  // namespace gpugauge
