#include "harness/analyze/money/leaders.hpp"

#include <algorithm>
#include <map>

namespace gpugauge {
namespace {

bool is_possible(const PricedDecode& p) { return p.decode.fits() && p.dollars().has_value(); }

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
  std::vector<Lead> leads;
  for (auto& [batch, rivals] : by_batch) {
    if (rivals.size() < 2) continue;
    std::erase_if(rivals, [](const PricedDecode* p) { return !is_possible(*p); });
    if (rivals.empty()) continue;
    const auto leader = std::min_element(rivals.begin(), rivals.end(), costs_less);
    const Lead lead{.first = *leader,
                    .last = *leader,
                    .is_sure = std::all_of(rivals.begin(), rivals.end(),
                                           [&](const PricedDecode* rival) {
                                             return rival == *leader || (*leader)->dollars()->high <
                                                                            rival->dollars()->low;
                                           }),
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
