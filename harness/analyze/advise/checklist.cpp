#include "harness/analyze/advise/checklist.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <functional>

#include "harness/analyze/step/shard.hpp"
#include "harness/base/byte_size.hpp"

namespace gpugauge {
namespace {

/// What all answers are drawn from.
struct Evidence {
  std::span<const CardFacts> facts;
  const ModelConfig& model;
  const AdviceRequest& request;
  std::int64_t context;
  std::span<const Ranking> rankings;

  const Ranking& at_median() const { return rankings.front(); }
  const Ranking& at_largest() const { return rankings.back(); }
};

const Card* winner_of(const Ranking& ranking) {
  return ranking.winner() != nullptr ? &ranking.card(*ranking.winner()) : nullptr;
}

/// `a, b and c`, of what `text` says of each card; empty texts are left out.
std::string each(const Evidence& c, const std::function<std::string(const CardFacts&)>& text) {
  std::vector<std::string> texts;
  for (const CardFacts& facts : c.facts) {
    if (std::string of_card = text(facts); !of_card.empty()) texts.push_back(std::move(of_card));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

/// The card that has least of a value, if another has more; null if all have the same.
template <typename Value>
const Card* least(const Evidence& c, Value value) {
  const auto less = [&](const CardFacts& a, const CardFacts& b) { return value(a) < value(b); };
  const auto [low, high] = std::minmax_element(c.facts.begin(), c.facts.end(), less);
  return c.facts.empty() || !(value(*low) < value(*high)) ? nullptr : low->card;
}

int gpus_of(const CardFacts& facts) {
  return facts.fit ? facts.fit->cards : 2 * kShardCounts.back();
}

std::string gpus_text(const CardFacts& facts) {
  return facts.fit ? fmt::format("{} x {}", facts.fit->cards, facts.card->name)
                   : fmt::format("more than {} x {}", kShardCounts.back(), facts.card->name);
}

/// `l40s $0.42, h100-sxm5 $0.70 per million`: each card's cheapest option.
std::string bills_text(const Ranking& ranking) {
  std::vector<const Card*> seen;
  std::vector<std::string> texts;
  for (const Option& option : ranking.options) {
    const Card* card = &ranking.card(option);
    if (std::find(seen.begin(), seen.end(), card) != seen.end()) continue;
    seen.push_back(card);
    texts.push_back(fmt::format("{} ${:.3g}", card->name, option.dollars_per_million.value));
  }
  return fmt::format("{} per million", fmt::join(texts, ", "));
}

ChecklistLine model_size(const Evidence& c) {
  const Card* fewest = least(c, gpus_of);
  const std::string size = fmt::format("{:.3g} billion parameters, {:.3g} GB at {}: {}",
                                       static_cast<double>(c.model.parameters()) / kBillion,
                                       c.facts.empty() ? 0 : c.facts.front().weight_bytes / 1e9,
                                       name_of(c.request.precision), each(c, gpus_text));
  if (fewest == nullptr) return {Question::kModelSize, nullptr, size};
  return {Question::kModelSize, winner_of(c.at_median()),
          fmt::format("{}; cost at batch {}: {}", size, c.request.batches.front(),
                      bills_text(c.at_median()))};
}

ChecklistLine batch(const Evidence& c) {
  const auto bound = [&](const CardFacts& facts) {
    if (!facts.ridge_batch) return fmt::format("{}: ridge point not measured", facts.card->name);
    std::vector<std::string> bounds;
    for (const std::int64_t b : c.request.batches)
      bounds.push_back(
          fmt::format("{}-bound at {}",
                      *facts.ridge_batch > 0 && b >= *facts.ridge_batch ? "compute" : "memory", b));
    const std::string ridge = *facts.ridge_batch > 0
                                  ? fmt::format("ridge point at batch {}", *facts.ridge_batch)
                                  : std::string("no batch reaches its ridge point");
    return fmt::format("{} {} ({})", facts.card->name, fmt::join(bounds, ", "), ridge);
  };
  std::string why = each(c, bound);
  const Ranking& ranking = c.at_median();
  if (const Option* other = ranking.runner_up()) {
    const Option& winner = *ranking.winner();
    why += fmt::format("; one {} GPU gives {:.3g} times the tokens of {} at {:.3g} times the price",
                       ranking.card(*other).name, ranking.speed(*other) / ranking.speed(winner),
                       ranking.card(winner).name,
                       other->rate->dollars_per_gpu_hour / winner.rate->dollars_per_gpu_hour);
  }
  return {Question::kBatch, ranking.is_decided() ? winner_of(ranking) : nullptr, std::move(why)};
}

ChecklistLine context(const Evidence& c) {
  const std::string why = fmt::format(
      "batch {}, prompts of {} tokens; longest prompt that fits: {}", c.request.batches.front(),
      c.context, each(c, [](const CardFacts& facts) {
        if (!facts.fit) return std::string();
        return fmt::format("{} on {}",
                           facts.largest_context ? fmt::format("{}", *facts.largest_context)
                                                 : "any (sliding window)",
                           gpus_text(facts));
      }));
  const auto lacks = [&](const CardFacts& facts) { return !facts.fit; };
  return {Question::kContext, least(c, lacks), why};
}

ChecklistLine utilisation(const Evidence& c) {
  const std::string rents = each(c, [](const CardFacts& facts) {
    return facts.smallest_rent ? fmt::format("{} ${:.0f} a month ({} GPU{})", facts.card->name,
                                             facts.smallest_rent->dollars_per_month,
                                             facts.smallest_rent->billed_gpus,
                                             facts.smallest_rent->billed_gpus > 1 ? "s" : "")
                               : std::string();
  });
  if (rents.empty()) return {Question::kUtilisation, nullptr, "no price is known"};
  constexpr double kNever = 1e300;
  return {Question::kUtilisation,
          least(c,
                [](const CardFacts& facts) {
                  return facts.smallest_rent ? facts.smallest_rent->dollars_per_month : kNever;
                }),
          "idle time costs every card the same share; smallest rent at any load: " + rents};
}

ChecklistLine training(const Evidence& c) {
  if (!c.request.training) return {Question::kTraining, nullptr, "not asked (--training)"};
  constexpr int kCards = 8;
  const double bytes =
      static_cast<double>(c.model.parameters()) * static_cast<double>(size_bytes(DType::kBf16));
  const auto seconds = [&](const CardFacts& facts) {
    return all_reduce_time({.cards = kCards, .link = facts.link}, bytes).time_ns.value /
           kNsPerSecond;
  };
  return {Question::kTraining, least(c, seconds),
          fmt::format("all-reduce of {:.3g} GB of BF16 gradients over {} cards, modelled: {}",
                      bytes / 1e9, kCards, each(c, [&](const CardFacts& facts) {
                        const auto tflops = facts.card->times().tflops(DType::kBf16);
                        return fmt::format(
                            "{} {:.2g} s over {}{}", facts.card->name, seconds(facts),
                            name_of(facts.link.link),
                            tflops ? fmt::format(" (BF16 at {:.0f} TFLOPS)", tflops->value) : "");
                      }))};
}

ChecklistLine nvlink(const Evidence& c) {
  std::vector<std::string> shares;
  const Service *lightest = nullptr, *heaviest = nullptr;
  for (const Service& service : c.at_median().services) {
    if (!service.serves()) continue;
    if (service.gpus > 1)
      shares.push_back(fmt::format("{:.0f}% of the decode step on {} x {}",
                                   100 * service.all_reduce_share, service.gpus,
                                   service.card->name));
    const auto lighter = [](const Service* a, const Service* b) {
      return b == nullptr || a->all_reduce_share < b->all_reduce_share;
    };
    if (lighter(&service, lightest)) lightest = &service;
    if (heaviest == nullptr || lighter(heaviest, &service)) heaviest = &service;
  }
  if (shares.empty())
    return {Question::kNvlink, nullptr,
            "every card that serves the model needs one GPU: no link is used"};
  const bool differ = lightest->all_reduce_share < heaviest->all_reduce_share;
  return {Question::kNvlink, differ ? lightest->card : nullptr,
          fmt::format("all-reduces take {} (modelled)", fmt::join(shares, ", "))};
}

ChecklistLine headroom(const Evidence& c) {
  const Card *at_median = winner_of(c.at_median()), *at_largest = winner_of(c.at_largest());
  const bool changes = at_largest != nullptr && at_largest != at_median;
  std::string why =
      fmt::format("free memory of a GPU at batch {}: {}", c.request.batches.back(),
                  each(c, [](const CardFacts& facts) {
                    return facts.fit ? fmt::format("{} {} (batch {} fits)", facts.card->name,
                                                   format_bytes(facts.fit->free_bytes()),
                                                   facts.fit->largest_batch)
                                     : std::string();
                  }));
  why += changes ? fmt::format("; at the largest batch: {}", bills_text(c.at_largest()))
                 : std::string("; a larger batch does not change which card is cheaper");
  return {Question::kHeadroom, changes ? at_largest : nullptr, std::move(why)};
}

ChecklistLine spot(const Evidence& c) {
  const std::string prices = each(c, [](const CardFacts& facts) {
    if (facts.spot == nullptr) return std::string();
    const double dollars = facts.spot->dollars_per_gpu_hour;
    if (facts.on_demand == nullptr)
      return fmt::format("{} ${:.2f} an hour", facts.card->name, dollars);
    const double ratio = dollars / facts.on_demand->dollars_per_gpu_hour - 1;
    return fmt::format("{} ${:.2f} an hour, {:.0f}% {} on-demand", facts.card->name, dollars,
                       100 * std::abs(ratio), ratio < 0 ? "below" : "above");
  });
  if (prices.empty()) return {Question::kSpot, nullptr, "no spot price is known"};
  const Card* favoured = nullptr;
  double best = 0;
  const Ranking& ranking = c.at_median();
  for (std::size_t i = 0; i < c.facts.size(); ++i) {
    const CardFacts& facts = c.facts[i];
    if (facts.spot == nullptr || !ranking.services[i].serves()) continue;
    const double bill = bill_of(ranking.services[i], *facts.spot, c.request);
    const bool saves = facts.on_demand == nullptr ||
                       bill < bill_of(ranking.services[i], *facts.on_demand, c.request);
    if (saves && (favoured == nullptr || bill < best)) {
      favoured = facts.card;
      best = bill;
    }
  }
  if (c.request.spot) return {Question::kSpot, favoured, prices};
  const Option* winner = ranking.winner();
  const bool would_win = favoured != nullptr && winner != nullptr && best < winner->bill();
  return {Question::kSpot, nullptr,
          fmt::format("not allowed (--spot allows it): {}; {}", prices,
                      would_win ? fmt::format("with spot {} would be the cheapest", favoured->name)
                                : std::string("spot would not change the ranking"))};
}

}  // namespace

Checklist checklist_of(std::span<const Card> cards, const ModelConfig& model,
                       const AdviceRequest& request, std::int64_t prompt,
                       std::span<const Ranking> rankings) {
  Checklist checklist;
  for (const Card& card : cards) checklist.facts.push_back(facts_of(card, model, request, prompt));
  const Evidence c{checklist.facts, model, request, prompt, rankings};
  checklist.lines = {model_size(c), batch(c),  context(c),  utilisation(c),
                     training(c),   nvlink(c), headroom(c), spot(c)};
  return checklist;
}

}  // namespace gpugauge
