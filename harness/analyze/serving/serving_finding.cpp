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
  request_.engine = request_.engine.on_card(
      times.record().device.name,
      request_.budget ? std::optional(request_.budget->device_bytes) : std::nullopt);
  request_.group.all_reduce_gap_ns = request_.engine.all_reduce_gap_ns;
  alone_ = prefill_of(1);
}

std::shared_ptr<const PrefillFinding> Server::prefill_of(std::int64_t prompts) const {
  if (prompts == 1 && alone_) return alone_;
  return std::make_shared<const PrefillFinding>(prefill_finding(*times_, *model_,
                                                                {.precision = request_.precision,
                                                                 .tokens = request_.input_tokens,
                                                                 .kv = request_.kv,
                                                                 .prompts = prompts},
                                                                request_.group));
}

QueueTime Server::ttft_of(const ServingPoint& point) const {
  const auto found = ttfts_.find(point.batch);
  if (found != ttfts_.end()) return found->second;
  const QueueTime ttft = mean_ttft({.batch = point.batch,
                                    .input_tokens = point.input_tokens,
                                    .output_tokens = point.output_tokens,
                                    .length_spread = request_.length_spread,
                                    .chunk_tokens = request_.engine.chunk_tokens,
                                    .steps_behind = request_.engine.steps_behind});
  return ttfts_[point.batch] = ttft;
}

ServingFinding Server::at(std::int64_t batch) const { return derived(batch, true); }

ServingFinding Server::quick_at(std::int64_t batch) const {
  return derived(batch, request_.ttft_target_ns.has_value());
}

ServingFinding Server::derived(std::int64_t batch, bool with_ttft) const {
  ServingFinding finding;
  finding.request = request_;
  finding.point = {.input_tokens = request_.input_tokens,
                   .output_tokens = request_.output_tokens,
                   .batch = batch,
                   .prompts = prompts_at_once(request_.engine, request_.input_tokens, batch)};
  finding.alone = alone_;
  finding.prefill = prefill_of(finding.point.prompts);
  DecodePoint point{.precision = request_.precision,
                    .batch = batch,
                    .context = finding.point.final_context(),
                    .kv = request_.kv};
  finding.decode.file = alone_->file;
  finding.decode.device = alone_->device;
  finding.decode.model = alone_->model;
  if (request_.budget) finding.fit = fit(*model_, point, *request_.budget, request_.group.cards);
  if (finding.fit && !finding.fit->fits()) {
    finding.reason = does_not_fit(*finding.fit, batch);
    return finding;
  }
  point.context = finding.point.mean_context();
  finding.decode = decode_finding(*times_, *model_, point, request_.group);
  const QueueTime ttft = with_ttft ? ttft_of(finding.point) : QueueTime{.prompts = 1, .steps = 0};
  for (const Engine engine : {Engine::kLibrary, Engine::kBest}) {
    const ServingSteps steps{.decode = finding.decode.step(engine),
                             .prefill = finding.prefill->step(engine),
                             .alone = alone_->step(engine)};
    if (steps.decode == nullptr || steps.prefill == nullptr || steps.alone == nullptr) continue;
    (engine == Engine::kLibrary ? finding.library : finding.best) =
        with_error(serving_rate(finding.point, request_.engine, steps, ttft),
                   times_->method_error(), request_.group.cards);
  }
  if (finding.rate() == nullptr)
    finding.reason =
        finding.decode.preferred() == nullptr ? finding.decode.reason : finding.prefill->reason;
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
  const auto works = [&](std::int64_t batch) { return !obstacle(quick_at(batch)); };
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
  finding.limit = obstacle(quick_at(above)).value_or(BatchLimit::kMeasured);
  return finding;
}

}  // namespace gpugauge
