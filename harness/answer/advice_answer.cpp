#include "harness/answer/advice_answer.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <functional>
#include <future>
#include <thread>

#include "harness/answer/advice_fleet.hpp"
#include "harness/answer/card_result.hpp"
#include "harness/base/error.hpp"
#include "harness/config/model_names.hpp"

namespace gpugauge {
namespace {

/// Calls `work(0)` to `work(count - 1)` on every core. The first exception is thrown on.
void for_each_parallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  const std::size_t workers =
      std::min<std::size_t>(count, std::max(std::thread::hardware_concurrency(), 1U));
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < workers; ++i) others.push_back(std::async(std::launch::async, take));
  take();
  for (std::future<void>& other : others) other.get();
}

/// The cards at one model. A card's replicates of all its contexts and batches are of one state.
class Panel {
 public:
  Panel(std::span<const Card> cards, const ModelConfig& model, const AdviceRequest& request)
      : cards_(cards), model_(&model), request_(&request) {
    for (const Card& card : cards) {
      std::vector<Bootstrap>& of_card = bootstraps_.emplace_back();
      for (const StepTimes* times : card.files) of_card.emplace_back(times->record());
    }
  }

  Advice advise(std::int64_t context) {
    std::deque<CardServer> servers;
    for (std::size_t i = 0; i < cards_.size(); ++i) servers.push_back(server(i, context));
    Advice advice;
    advice.model = model_->name;
    advice.model_option = gpugauge::model_option(*model_);
    advice.parameters = static_cast<double>(model_->parameters());
    advice.context = context;
    const auto rank_all = [&](std::optional<std::int64_t> batch) {
      std::vector<Service> services;
      for (CardServer& server : servers)
        services.push_back(batch ? server.at(*batch) : server.at_largest_batch());
      advice.rankings.push_back(rank(batch, std::move(services), *request_));
    };
    for (const std::int64_t batch : request_->batches) rank_all(batch);
    rank_all(std::nullopt);
    advice.checklist = checklist_of(cards_, *model_, *request_, context, advice.rankings);
    advice.flips = flips_of(advice.at_median(), context, *request_,
                            [&](const Card& card, std::int64_t batch, std::int64_t prompt) {
                              return elsewhere(card, batch, prompt);
                            });
    return advice;
  }

 private:
  CardServer server(std::size_t card, std::int64_t context) {
    return {cards_[card], *model_, *request_, context, bootstraps_[card]};
  }

  std::optional<Service> elsewhere(const Card& card, std::int64_t batch, std::int64_t context) {
    Service service =
        server(static_cast<std::size_t>(&card - cards_.data()), context).quick_at(batch);
    return service.serves() ? std::optional(std::move(service)) : std::nullopt;
  }

  std::span<const Card> cards_;
  const ModelConfig* model_;
  const AdviceRequest* request_;
  std::vector<std::vector<Bootstrap>> bootstraps_;  ///< by card and file
};

void set_rates(std::vector<Card>& cards, const CardPrices& prices) {
  std::vector<PricedCard> priced;
  for (const Card& card : cards) {
    PricedCard& each = priced.emplace_back(card_names(card.times().record().device, card.sheet),
                                           std::vector<std::string>{});
    for (const StepTimes* file : card.files) each.files.push_back(file->record().path.string());
  }
  const std::vector<std::optional<double>> own = prices.own.of(priced);
  for (std::size_t i = 0; i < cards.size(); ++i) {
    std::vector<Rate> rates = rates_of(cards[i].sheet, prices.offers, own[i]);
    if (rates.front().kind != RateKind::kUnit) cards[i].rates = std::move(rates);
  }
}

}  // namespace

std::vector<Advice> advise(std::span<const Card> cards, std::span<const ModelConfig> models,
                           const AdviceRequest& request) {
  request.check();
  if (cards.empty()) throw UsageError("no result file: expected at least one card's");
  const std::size_t contexts = request.contexts.size();
  std::vector<Advice> all(models.size() * contexts);
  for_each_parallel(models.size(), [&](std::size_t m) {
    Panel panel(cards, models[m], request);
    for (std::size_t c = 0; c < contexts; ++c)
      all[m * contexts + c] = panel.advise(request.contexts[c]);
  });
  return all;
}

AdviceAnswer advice_answer(std::span<const StepTimes> files,
                           const std::vector<Datasheet>& datasheets,
                           std::span<const ModelConfig> models, const AdviceRequest& request,
                           const CardPrices& prices) {
  AdviceAnswer answer{
      .cards = cards_of(files, datasheets), .advice = {}, .fleet = {}, .price_doubts = {}};
  set_rates(answer.cards, prices);
  answer.advice = advise(answer.cards, models, request);
  answer.fleet = fleet_of(answer.advice, request);
  std::vector<Bill> bills;
  for (const Card& card : answer.cards) {
    for (const Rate& rate : card.rates) {
      if (is_allowed(rate, request)) bills.push_back({.rate = rate});
    }
  }
  answer.price_doubts = doubts_about(bills, prices.today);
  return answer;
}

}  // namespace gpugauge
