#include "harness/analyze/advise/card_facts.hpp"

#include "harness/analyze/step/shard.hpp"
#include "harness/config/model_ops.hpp"

namespace gpugauge {
namespace {

const Rate* cheapest(const Card& card, bool spot) {
  const Rate* found = nullptr;
  for (const Rate& rate : card.rates) {
    if ((rate.kind == RateKind::kSpot) == spot &&
        (found == nullptr || rate.dollars_per_gpu_hour < found->dollars_per_gpu_hour))
      found = &rate;
  }
  return found;
}

/// The smallest batch at which the linears of the layers take longer to compute than to read; 0 if
/// none does.
std::int64_t ridge_batch_of(const ModelConfig& model, Precision precision, double tflops,
                            double gbps) {
  const auto is_compute_bound = [&](std::int64_t batch) {
    double compute_ns = 0, read_ns = 0;
    for (const LinearOp& linear : linear_ops_of(model, precision, batch)) {
      if (linear.role == LinearRole::kLmHead) continue;
      const Work work = work_of(linear.gemm);
      compute_ns += static_cast<double>(linear.count) * work.flops / tflops / 1e3;
      read_ns += static_cast<double>(linear.count) * work.bytes / gbps;
    }
    return compute_ns >= read_ns;
  };
  constexpr std::int64_t kMost = 1 << 20;
  if (!is_compute_bound(kMost)) return 0;
  std::int64_t below = 0, from = kMost;
  while (from - below > 1) {
    const std::int64_t middle = below + (from - below) / 2;
    (is_compute_bound(middle) ? from : below) = middle;
  }
  return from;
}

}  // namespace

CardFacts facts_of(const Card& card, const ModelConfig& model, const AdviceRequest& request,
                   std::int64_t prompt) {
  CardFacts facts;
  facts.card = &card;
  facts.weight_bytes = static_cast<double>(model.weight_bytes(request.precision));
  DecodePoint point{.precision = request.precision,
                    .batch = request.batches.front(),
                    .context = prompt + request.output_tokens,
                    .kv = request.kv};
  if (const auto budget = card.budget()) {
    if (const auto gpus = fit(model, point, *budget).cards_needed) {
      const FitFinding at_median = fit(model, point, *budget, *gpus);
      facts.largest_context =
          shard_of(model, *gpus)
              .longest_context(request.kv, (at_median.usable_bytes - at_median.weight_bytes) /
                                               static_cast<double>(point.batch));
      if (facts.largest_context) *facts.largest_context -= request.output_tokens;
      point.batch = request.batches.back();
      facts.fit = fit(model, point, *budget, *gpus);
    }
  }
  facts.read = card.times().read();
  facts.tflops = card.times().tflops(linear_dtype(request.precision));
  if (facts.read && facts.tflops)
    facts.ridge_batch =
        ridge_batch_of(model, request.precision, facts.tflops->value, facts.read->rate.value);
  facts.link = card.links.front();
  facts.on_demand = cheapest(card, false);
  facts.spot = cheapest(card, true);
  for (const Rate& rate : card.rates) {
    if (!is_allowed(rate, request) || !facts.fit) continue;
    const Fleet rent = fleet_of(facts.fit->cards, rate, request.billing);
    if (!facts.smallest_rent || rent.dollars_per_month < facts.smallest_rent->dollars_per_month)
      facts.smallest_rent = rent;
  }
  return facts;
}

}  // namespace gpugauge
