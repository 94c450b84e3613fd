#include "harness/answer/run_answer.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "harness/analyze/money/leaders.hpp"

namespace gpugauge {
namespace {

std::optional<RunFailure> failure_of(const Record& record) {
  constexpr std::array kGravestFirst{NotMeasuredStatus::kVerificationFailed,
                                     NotMeasuredStatus::kCrashed, NotMeasuredStatus::kHung,
                                     NotMeasuredStatus::kFailed, NotMeasuredStatus::kRefused};
  std::vector<NotMeasured> all = record.not_measured;
  for (const Measurement& m : record.measurements) {
    if (!m.counts())
      all.push_back({m.name, NotMeasuredStatus::kVerificationFailed, m.verification.reason});
  }
  for (const NotMeasuredStatus kind : kGravestFirst) {
    const auto is_kind = [&](const NotMeasured& none) { return none.status == kind; };
    const auto first = std::find_if(all.begin(), all.end(), is_kind);
    if (first != all.end())
      return RunFailure{*first, static_cast<std::size_t>(std::count_if(first, all.end(), is_kind))};
  }
  return std::nullopt;
}

}  // namespace

std::vector<const PricedDecode*> RunAnswer::of_first_model() const {
  std::vector<const PricedDecode*> points;
  for (const PricedDecode& point : decode.points) {
    if (point.decode.model == decode.points.front().decode.model) points.push_back(&point);
  }
  return points;
}

const PricedDecode* RunAnswer::cheapest() const { return gpugauge::cheapest(of_first_model()); }

std::size_t RunAnswer::num_too_large() const {
  const auto points = of_first_model();
  return static_cast<std::size_t>(std::count_if(
      points.begin(), points.end(), [](const PricedDecode* p) { return !p->decode.fits(); }));
}

RunAnswer run_answer(const CardResult& result, const DecodeQuestion& question,
                     std::optional<ImportedPeer> peer) {
  return {.datasheet = check_datasheet(*result.record, result.sheet()),
          .decode = decode_answer({&result, 1}, question),
          .failure = failure_of(*result.record),
          .peer = std::move(peer)};
}

}  // namespace gpugauge
