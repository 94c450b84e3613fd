#include "harness/analyze/advise/candidate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/analyze/step/shard.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

double known_share(const ServingFinding& finding) {
  const OriginShares& origins = finding.rate()->origins;
  return origins[static_cast<std::size_t>(Origin::kMeasured)] +
         origins[static_cast<std::size_t>(Origin::kImported)];
}

double share_of_all_reduce(const EngineStep& step) {
  const auto found = std::find_if(step.ops.begin(), step.ops.end(), [](const OpLine& line) {
    return std::holds_alternative<AllReduce>(line.step.op);
  });
  return found == step.ops.end() ? 0
                                 : found->time.time_ns.value *
                                       static_cast<double>(found->step.count) / step.step_ns.value;
}

template <typename T>
void check_ascending(const std::vector<T>& values, std::string_view what, T most) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (!(values[i] > 0 && values[i] <= most))
      throw UsageError(
          fmt::format("{} {}: expected a number above 0 and at most {}", what, values[i], most));
    if (i > 0 && values[i] < values[i - 1])
      throw UsageError(fmt::format("{} {} after {}: expected ascending numbers", what, values[i],
                                   values[i - 1]));
  }
}

}  // namespace

std::optional<MemoryBudget> Card::budget() const {
  return memory_budget(times().record().device, sheet);
}

std::vector<Card> cards_of(std::span<const StepTimes> files, const std::vector<Datasheet>& sheets) {
  std::vector<Card> cards;
  for (const StepTimes& file : files) {
    const DeviceInfo& device = file.record().device;
    const Datasheet* sheet = match_datasheet(sheets, device);
    const std::string& name = card_name(device, sheet);
    const auto same = std::find_if(cards.begin(), cards.end(),
                                   [&](const Card& card) { return card.name == name; });
    Card& card = same != cards.end() ? *same : cards.emplace_back();
    card.name = name;
    card.sheet = sheet;
    card.files.push_back(&file);
    card.links.push_back(link_of(file.record(), sheet, std::nullopt));
  }
  return cards;
}

void AdviceRequest::check() const {
  constexpr std::int64_t kMostTokens = std::int64_t{1} << 24, kLargestBatch = 1 << 16;
  constexpr double kMostTokensPerDay = 1e12;
  if (contexts.empty() || batches.empty())
    throw UsageError("expected at least one length of prompts and one batch");
  for (const std::int64_t context : contexts)
    check_ascending({context}, "input tokens", kMostTokens);
  check_ascending({output_tokens}, "output", kMostTokens);
  check_ascending(batches, "batch", kLargestBatch);
  check_ascending(tokens_per_day, "tokens per day", kMostTokensPerDay);
  gpugauge::check(billing);
}

bool is_allowed(const Rate& rate, const AdviceRequest& request) {
  return rate.kind != RateKind::kSpot || request.spot;
}

CardServer::CardServer(const Card& card, const ModelConfig& model, const AdviceRequest& request,
                       std::int64_t context, std::span<Bootstrap> bootstraps)
    : card_(&card),
      model_(&model),
      request_(&request),
      context_(context),
      bootstraps_(bootstraps) {}

const Server* CardServer::server(std::size_t file, int gpus) {
  const auto found = servers_.find({file, gpus});
  if (found != servers_.end()) return &found->second;
  if (!can_shard(*model_, gpus)) return nullptr;
  ServingRequest asked;
  asked.precision = request_->precision;
  asked.kv = request_->kv;
  asked.input_tokens = context_;
  asked.output_tokens = request_->output_tokens;
  asked.tpot_target_ns = request_->tpot_target_ns;
  asked.ttft_target_ns = request_->ttft_target_ns;
  asked.engine = request_->engine;
  asked.group = {.cards = gpus, .link = card_->links[file]};
  asked.budget = card_->budget();
  return &servers_
              .emplace(std::pair(file, gpus),
                       Server(*card_->files[file], *model_, std::move(asked)))
              .first->second;
}

template <typename Ask>
std::optional<CardServer::Answer> CardServer::best_answer(int gpus, Ask ask) {
  std::optional<Answer> best;
  for (std::size_t file = 0; file < card_->files.size(); ++file) {
    const Server* asked = server(file, gpus);
    if (asked == nullptr) return std::nullopt;
    Answer answer{ask(*asked), file};
    const bool knows = answer.finding.rate() != nullptr;
    const bool best_knows = best && best->finding.rate() != nullptr;
    if (!best ||
        (knows && (!best_knows || known_share(answer.finding) > known_share(best->finding))))
      best = std::move(answer);
  }
  return best;
}

std::string CardServer::missed_target(const ServingFinding& finding) const {
  const ServingRate& rate = *finding.rate();
  const auto missed = [&](std::string_view what, const Estimate& time,
                          const std::optional<double>& target_ns) {
    return target_ns && time.value > *target_ns
               ? fmt::format("{} is {:.4g} ms on {} GPU{}, above the target of {:.4g} ms", what,
                             time.value / kNsPerMs, finding.request.group.cards,
                             finding.request.group.cards > 1 ? "s" : "", *target_ns / kNsPerMs)
               : std::string();
  };
  const std::string tpot = missed("TPOT", rate.tpot_ns, request_->tpot_target_ns);
  return !tpot.empty() ? tpot : missed("TTFT", rate.ttft_ns, request_->ttft_target_ns);
}

template <typename Ask>
CardServer::Answer CardServer::fewest_cards(Ask ask) {
  std::optional<Answer> refused;
  for (const int gpus : kShardCounts) {
    std::optional<Answer> answer = best_answer(gpus, ask);
    if (!answer) break;
    ServingFinding& finding = answer->finding;
    if (finding.rate() == nullptr) {
      const bool is_too_small = finding.fit && !finding.fit->fits();
      // With the rest of what is known of more cards a reason that they would not mend.
      if (!refused || !is_too_small) refused = std::move(answer);
      if (!is_too_small) break;
      continue;
    }
    finding.reason = missed_target(finding);
    if (finding.reason.empty()) return std::move(*answer);
    refused = std::move(answer);
  }
  return std::move(refused.value());
}

Service CardServer::service_of(const Answer& answer) const {
  const ServingFinding& finding = answer.finding;
  Service service;
  service.card = card_;
  service.gpus = finding.request.group.cards;
  service.batch = finding.point.batch;
  service.limit = finding.limit;
  service.file = card_->files[answer.file]->record().path.string();
  service.fit = finding.fit;
  service.reason = finding.reason;
  if (finding.rate() == nullptr || !service.serves()) return service;
  service.rate = *finding.rate();
  service.all_reduce_share = share_of_all_reduce(*finding.decode.step(*finding.engine()));
  service.warnings = finding.decode.warnings;
  service.warnings.insert(service.warnings.end(), finding.prefill->warnings.begin(),
                          finding.prefill->warnings.end());
  return service;
}

Service CardServer::with_replicates(const Answer& answer) {
  Service service = service_of(answer);
  if (!service.serves()) return service;
  service.tokens_per_second = resampled_rate(answer.finding, bootstraps_[answer.file]);
  service.rate.output_tokens_per_second = service.tokens_per_second;
  return service;
}

Service CardServer::at(std::int64_t batch) {
  return with_replicates(fewest_cards([=](const Server& asked) { return asked.at(batch); }));
}

Service CardServer::quick_at(std::int64_t batch) {
  return service_of(fewest_cards([=](const Server& asked) { return asked.quick_at(batch); }));
}

Service CardServer::at_largest_batch() {
  std::optional<Answer> best;
  const auto tokens_per_gpu = [](const ServingFinding& finding) {
    return finding.rate()->output_tokens_per_second.value / finding.request.group.cards;
  };
  const auto is_offered = [&](int gpus) {
    const std::vector<Rate>& rates = card_->rates;
    return rates.empty() || std::any_of(rates.begin(), rates.end(), [&](const Rate& rate) {
             return is_allowed(rate, *request_) && has_in_one_machine(rate, gpus);
           });
  };
  for (const int gpus : kShardCounts) {
    const bool served = best && best->finding.rate() != nullptr;
    if (served && !is_offered(gpus)) break;
    std::optional<Answer> answer =
        best_answer(gpus, [](const Server& asked) { return asked.at_largest_batch(); });
    if (!answer) break;
    const ServingFinding& finding = answer->finding;
    const bool serves = finding.rate() != nullptr;
    if (served && (!serves || tokens_per_gpu(finding) <= tokens_per_gpu(best->finding))) break;
    // More cards lend memory and speed, no measurements.
    const bool is_last = finding.limit == BatchLimit::kMeasured;
    if (!best || serves) best = std::move(answer);
    if (is_last) break;
  }
  return with_replicates(*best);
}

}  // namespace gpugauge
