#include "harness/analyze/money/leaders.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "harness/analyze/money/cost_ratio.hpp"

namespace gpugauge {
namespace {

bool is_possible(const PricedDecode& p) { return p.decode.fits() && p.dollars().has_value(); }

/// By file: the replicates of a card are of one state, whichever point they are of.
using Bootstraps = std::map<std::string, Bootstrap>;

/// Dollars per million of a card whose step has these replicates.
Resampled resampled_dollars(const PricedDecode& p, Bootstraps& bootstraps) {
  const EngineStep& step = *p.decode.preferred();
  Bootstrap& own = bootstraps.try_emplace(p.decode.file, p.seed).first->second;
  Replicates dollars = own.with_error(own.step_ns(step), step.error);
  for (double& ns : dollars) ns *= p.dollars()->value / step.step_ns.value;
  return resampled(p.dollars()->value, std::move(dollars));
}

bool costs_less(const PricedDecode* a, const PricedDecode* b) {
  return a->dollars()->value < b->dollars()->value;
}

}  // namespace

std::vector<BatchLead> batch_leaders(std::span<const PricedDecode* const> points) {
  std::map<std::int64_t, std::vector<const PricedDecode*>> by_batch;
  for (const PricedDecode* p : points) {
    if (p->dollars() && p->costs.front().rate.kind != RateKind::kUnit)
      by_batch[p->decode.point.batch].push_back(p);
  }
  Bootstraps bootstraps;
  std::vector<BatchLead> leads;
  for (auto& [batch, rivals] : by_batch) {
    if (rivals.size() < 2) continue;
    std::erase_if(rivals, [](const PricedDecode* p) { return !is_possible(*p); });
    if (rivals.empty()) continue;
    std::stable_sort(rivals.begin(), rivals.end(), costs_less);
    BatchLead lead{.first = rivals.front(), .next = rivals.size() > 1 ? rivals[1] : nullptr};
    const Resampled dollars = resampled_dollars(*lead.first, bootstraps);
    lead.is_sure = std::all_of(rivals.begin() + 1, rivals.end(), [&](const PricedDecode* rival) {
      return cost_ratio(dollars, resampled_dollars(*rival, bootstraps)).cheaper() == Cheaper::kA;
    });
    leads.push_back(lead);
  }
  return leads;
}

std::vector<Lead> leaders(std::span<const PricedDecode* const> points) {
  std::vector<Lead> leads;
  for (const BatchLead& at : batch_leaders(points)) {
    const bool is_only = at.next == nullptr;
    if (leads.empty() || leads.back().last->decode.file != at.first->decode.file ||
        leads.back().is_only != is_only) {
      leads.push_back(
          {.first = at.first, .last = at.first, .is_sure = at.is_sure, .is_only = is_only});
    } else {
      leads.back().last = at.first;
      leads.back().is_sure = leads.back().is_sure && at.is_sure;
    }
  }
  return leads;
}

const PricedDecode* cheapest(std::span<const PricedDecode* const> points) {
  const PricedDecode* best = nullptr;
  for (const PricedDecode* p : points) {
    if (is_possible(*p) && (best == nullptr || costs_less(p, best))) best = p;
  }
  return best;
}

}  // namespace gpugauge
