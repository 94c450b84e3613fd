#include "harness/analyze/money/decode_break_even.hpp"

#include <memory>
#include <set>
#include <tuple>
#include <utility>

#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// The points of one file for one model, precision and context.
struct Offer {
  const PricedDecode* first = nullptr;  ///< speaks for all: they share the rate
  std::set<std::int64_t> batches;
};

Contender contender_of(const Offer& offer, const StepTimes& times, const ModelConfig& model) {
  const PricedDecode& p = *offer.first;
  const Cost& cost = p.costs.front();
  Contender contender{cost, p.decode.device, cost.billing, {}, {}};
  // Nothing but decoding: here the input is what the cache holds of each sequence.
  const auto bootstrap = std::make_shared<Bootstrap>(times.record());
  contender.tokens_per_second = [=, &times, &model, point = p.decode.point](
                                    std::int64_t batch,
                                    std::int64_t context) -> std::optional<Throughput> {
    DecodePoint at = point;
    at.batch = batch;
    at.context = context;
    const DecodeFinding finding = decode_finding(times, model, at);
    const EngineStep* step = finding.preferred();
    if (step == nullptr) return std::nullopt;
    Replicates tokens = bootstrap->with_error(bootstrap->step_ns(*step), step->error);
    for (double& ns : tokens) ns = static_cast<double>(batch) * kNsPerSecond / ns;
    return Throughput(resampled(step->tokens_per_second.value, std::move(tokens)), step->origins());
  };
  contender.largest_batch = [most = *offer.batches.rbegin()](std::int64_t) { return most; };
  return contender;
}

}  // namespace

std::vector<DecodeBreakEven> decode_break_evens(std::span<const PricedDecode> points,
                                                const std::map<std::string, StepTimes>& times,
                                                const std::map<std::string, ModelConfig>& models) {
  using Subject = std::tuple<std::string, Precision, std::int64_t>;  // model, precision, context
  std::map<Subject, std::map<std::string, Offer>> subjects;
  for (const PricedDecode& p : points) {
    if (p.costs.empty() || p.costs.front().rate.kind == RateKind::kUnit || !p.decode.fits())
      continue;
    const DecodePoint& at = p.decode.point;
    Offer& offer = subjects[{p.decode.model, at.precision, at.context}][p.decode.file];
    if (offer.first == nullptr) offer.first = &p;
    offer.batches.insert(at.batch);
  }
  std::vector<DecodeBreakEven> found;
  for (const auto& [subject, offers] : subjects) {
    const auto& [model_name, precision, context] = subject;
    const ModelConfig& model = models.at(model_name);
    for (auto a = offers.begin(); a != offers.end(); ++a) {
      for (auto b = std::next(a); b != offers.end(); ++b) {
        const PricedDecode &first = *a->second.first, &second = *b->second.first;
        std::set<std::int64_t> batches = a->second.batches;
        batches.insert(b->second.batches.begin(), b->second.batches.end());
        const std::vector<std::int64_t> grid(batches.begin(), batches.end());
        found.push_back(
            {.file_a = a->first,
             .file_b = b->first,
             .device_a = first.decode.device,
             .device_b = second.decode.device,
             .point = first.decode.point,
             .model = model_name,
             .rate_a = first.costs.front().rate,
             .rate_b = second.costs.front().rate,
             .curve = trace(contender_of(a->second, times.at(a->first), model),
                            contender_of(b->second, times.at(b->first), model), Axis::kBatch,
                            {.batch = {}, .input_tokens = context}, grid)});
      }
    }
  }
  return found;
}

}  // namespace gpugauge
