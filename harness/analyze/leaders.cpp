#include "harness/analyze/leaders.hpp"

#include <algorithm>
#include <map>

namespace gpugauge {
namespace {

bool counts(const PricedDecode& p) { return p.decode.fits && p.dollars().has_value(); }

bool costs_less(const PricedDecode* a, const PricedDecode* b) {
  return a->dollars()->value < b->dollars()->value;
}

}  // namespace

std::vector<Lead> leaders(std::span<const PricedDecode* const> points) {
  std::map<std::int64_t, std::vector<const PricedDecode*>> by_batch;
  for (const PricedDecode* p : points) {
    if (counts(*p) && p->costs.front().rate.kind != RateKind::kUnit)
      by_batch[p->decode.point.batch].push_back(p);
  }
  std::vector<Lead> leads;
  for (auto& [batch, rivals] : by_batch) {
    if (rivals.size() < 2) continue;
    std::partial_sort(rivals.begin(), rivals.begin() + 2, rivals.end(), costs_less);
    const PricedDecode* leader = rivals.front();
    const bool is_sure = std::all_of(rivals.begin() + 1, rivals.end(), [&](const auto* rival) {
      return leader->dollars()->high < rival->dollars()->low;
    });
    if (leads.empty() || leads.back().last->decode.file != leader->decode.file) {
      leads.push_back({leader, leader, is_sure});
    } else {
      leads.back().last = leader;
      leads.back().is_sure = leads.back().is_sure && is_sure;
    }
  }
  return leads;
}

const PricedDecode* cheapest(std::span<const PricedDecode* const> points) {
  const PricedDecode* best = nullptr;
  for (const PricedDecode* p : points) {
    if (counts(*p) && (best == nullptr || costs_less(p, best))) best = p;
  }
  return best;
}

}  // namespace gpugauge
