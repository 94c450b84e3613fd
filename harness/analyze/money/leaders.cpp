#include "harness/analyze/money/leaders.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "harness/analyze/money/cost_ratio.hpp"

namespace gpugauge {
namespace {

bool is_possible(const PricedDecode& p) { return p.decode.fits() && p.dollars().has_value(); }

/// Dollars per million of a card whose step has these replicates.
Resampled resampled_dollars(const PricedDecode& p, std::map<std::string, Bootstrap>& bootstraps) {
  const EngineStep& step = *p.decode.preferred();
  Bootstrap& own = bootstraps.try_emplace(p.decode.file, bootstraps.size() + 1).first->second;
  Replicates dollars = own.with_error(own.step_ns(step), step.error);
  for (double& ns : dollars) ns *= p.dollars()->value / step.step_ns.value;
  return resampled(p.dollars()->value, std::move(dollars));
}

bool costs_less(const PricedDecode* a, const PricedDecode* b) {
  return a->dollars()->value < b->dollars()->value;
}

}  // namespace

std::vector<Lead> leaders(std::span<const PricedDecode* const> points) {
  std::map<std::int64_t, std::vector<const PricedDecode*>> by_batch;
  for (const PricedDecode* p : points) {
    if (p->dollars() && p->costs.front().rate.kind != RateKind::kUnit)
      by_batch[p->decode.point.batch].push_back(p);
  }
  std::map<std::string, Bootstrap> bootstraps;
  std::vector<Lead> leads;
  for (auto& [batch, rivals] : by_batch) {
    if (rivals.size() < 2) continue;
    std::erase_if(rivals, [](const PricedDecode* p) { return !is_possible(*p); });
    if (rivals.empty()) continue;
    const auto leader = std::min_element(rivals.begin(), rivals.end(), costs_less);
    const auto is_cheaper_than = [&, dollars = resampled_dollars(**leader, bootstraps)](
                                     const PricedDecode* rival) {
      return rival == *leader ||
             cost_ratio(dollars, resampled_dollars(*rival, bootstraps)).cheaper() == Cheaper::kA;
    };
    const Lead lead{.first = *leader,
                    .last = *leader,
                    .is_sure = std::all_of(rivals.begin(), rivals.end(), is_cheaper_than),
                    .is_only = rivals.size() == 1};
    if (leads.empty() || leads.back().last->decode.file != lead.first->decode.file ||
        leads.back().is_only != lead.is_only) {
      leads.push_back(lead);
    } else {
      leads.back().last = lead.last;
      leads.back().is_sure = leads.back().is_sure && lead.is_sure;
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
