#include "harness/analyze/serving/serving_finding.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/byte_size.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace gpugauge {
namespace {

/// No engine schedules more sequences at once; it bounds the search where memory hardly does.
constexpr std::int64_t kLargestBatch = 1 << 16;

std::string does_not_fit(const FitFinding& fit, std::int64_t batch) {
  const std::string remedy = fit.cards_needed ? fmt::format("needs {} cards", *fit.cards_needed)
                                              : std::string("needs more than 8 cards");
  return fmt::format("batch {} does not fit: weights {} and KV cache {} of {} usable; {}", batch,
                     format_bytes(fit.weight_bytes), format_bytes(fit.kv_bytes),
                     format_bytes(fit.usable_bytes), remedy);
}

std::string misses(std::string_view what, double ns, double target_ns, std::int64_t batch) {
  return fmt::format("batch {}: {} is {:.4g} ms, above the target of {:.4g} ms", batch, what,
                     ns / kNsPerMs, target_ns / kNsPerMs);
}

}  // namespace

std::optional<Engine> ServingFinding::engine() const {
  if (library) return Engine::kLibrary;
  return best ? std::optional(Engine::kBest) : std::nullopt;
}

const ServingRate* ServingFinding::rate() const {
  if (library) return &*library;
  return best ? &*best : nullptr;
}

Server::Server(const StepTimes& times, const ModelConfig& model, ServingRequest request)
    : times_(&times), model_(&model), request_(std::move(request)) {
  if (request_.output_tokens < 1)
    throw UsageError(
        fmt::format("output tokens {}: expected a number of at least 1", request_.output_tokens));
  for (const auto& target : {request_.tpot_target_ns, request_.ttft_target_ns}) {
    if (target && !(*target > 0))
      throw UsageError(fmt::format("latency target of {} ns: expected a positive number", *target));
  }
  prefill_ = std::make_shared<const PrefillFinding>(prefill_finding(
      times, model,
      {.precision = request_.precision, .tokens = request_.input_tokens, .kv = request_.kv},
      request_.group));
}

ServingFinding Server::at(std::int64_t batch) const {
  ServingFinding finding;
  finding.request = request_;
  finding.point = {.input_tokens = request_.input_tokens,
                   .output_tokens = request_.output_tokens,
                   .batch = batch};
  finding.prefill = prefill_;
  DecodePoint point{.precision = request_.precision,
                    .batch = batch,
                    .context = finding.point.final_context(),
                    .kv = request_.kv};
  finding.decode.file = prefill_->file;
  finding.decode.device = prefill_->device;
  finding.decode.model = prefill_->model;
  if (request_.budget) finding.fit = fit(*model_, point, *request_.budget, request_.group.cards);
  if (finding.fit && !finding.fit->fits()) {
    finding.reason = does_not_fit(*finding.fit, batch);
    return finding;
  }
  point.context = finding.point.mean_context();
  finding.decode = decode_finding(*times_, *model_, point, request_.group);
  for (const Engine engine : {Engine::kLibrary, Engine::kBest}) {
    const EngineStep* decode = finding.decode.step(engine);
    const EngineStep* prefill = prefill_->step(engine);
    if (decode == nullptr || prefill == nullptr) continue;
    (engine == Engine::kLibrary ? finding.library : finding.best) =
        with_error(serving_rate(finding.point, *decode, *prefill), times_->method_error(),
                   request_.group.cards);
  }
  if (finding.rate() == nullptr)
    finding.reason =
        finding.decode.preferred() == nullptr ? finding.decode.reason : prefill_->reason;
  return finding;
}

std::optional<BatchLimit> Server::obstacle(const ServingFinding& finding) const {
  if (finding.fit && !finding.fit->fits()) return BatchLimit::kMemory;
  const ServingRate* rate = finding.rate();
  if (rate == nullptr) return BatchLimit::kMeasured;
  if (request_.tpot_target_ns && rate->tpot_ns.value > *request_.tpot_target_ns)
    return BatchLimit::kTpot;
  if (request_.ttft_target_ns && rate->ttft_ns.value > *request_.ttft_target_ns)
    return BatchLimit::kTtft;
  return std::nullopt;
}

ServingFinding Server::at_largest_batch() const {
  const auto works = [&](std::int64_t batch) { return !obstacle(at(batch)); };
  std::int64_t most = kLargestBatch;
  if (request_.budget) {
    const DecodePoint one{.precision = request_.precision,
                          .batch = 1,
                          .context = request_.input_tokens + request_.output_tokens,
                          .kv = request_.kv};
    most = std::min(most, fit(*model_, one, *request_.budget, request_.group.cards).largest_batch);
  }
  std::int64_t largest = 0;
  std::int64_t above = most + 1;
  if (most >= 1) (works(most) ? largest : above) = most;
  for (std::int64_t power = kLargestBatch; power >= 1 && largest == 0; power /= 2) {
    for (const std::int64_t batch : {power, power * 3 / 4}) {
      if (batch < 1 || batch >= above || largest != 0) continue;
      (works(batch) ? largest : above) = batch;
    }
  }
  if (largest == 0) {
    ServingFinding none = at(1);
    none.limit = obstacle(none).value();
    const ServingRate* rate = none.rate();
    if (none.limit == BatchLimit::kTpot)
      none.reason = misses("TPOT", rate->tpot_ns.value, *request_.tpot_target_ns, 1);
    if (none.limit == BatchLimit::kTtft)
      none.reason = misses("TTFT", rate->ttft_ns.value, *request_.ttft_target_ns, 1);
    none.point.batch = 0;
    none.library.reset();
    none.best.reset();
    return none;
  }
  while (above - largest > 1) {
    const std::int64_t middle = largest + (above - largest) / 2;
    (works(middle) ? largest : above) = middle;
  }
  ServingFinding finding = at(largest);
  finding.limit = obstacle(at(above)).value_or(BatchLimit::kMeasured);
  return finding;
}

}  // namespace gpugauge
