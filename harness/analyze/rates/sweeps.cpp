#include "harness/analyze/rates/sweeps.hpp"

#include <bit>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace gpugauge {
namespace {

bool speaks(const Measurement& m) {
  return m.c.options.cache == CacheState::kCold && m.c.options.data == Distribution::kNormal &&
         !m.c.options.pace && m.time_ns.value > 0;
}

using Product = std::tuple<std::string, std::string, DType, std::int64_t, std::int64_t>;

using Line = std::pair<std::size_t, std::string>;  ///< record, implementation
using Lines = std::map<Line, std::map<std::int64_t, CasePlace>>;

}  // namespace

std::vector<GemmSweep> gemm_sweeps(std::span<const Record* const> records) {
  std::map<Product, Lines> products;
  std::vector<Product> order;
  for (std::size_t r = 0; r < records.size(); ++r) {
    const std::vector<Measurement>& all = records[r]->measurements;
    for (std::size_t i = 0; i < all.size(); ++i) {
      const Case& c = all[i].c;
      const auto* gemm = std::get_if<Gemm>(&c.op);
      if (gemm == nullptr || !speaks(all[i])) continue;
      const Product product{c.model, c.role, gemm->weights, gemm->n, gemm->k};
      const auto [at, is_new] = products.try_emplace(product);
      if (is_new) order.push_back(product);
      at->second[{r, c.implementation}].try_emplace(gemm->m, CasePlace{r, i});
    }
  }
  std::vector<GemmSweep> sweeps;
  for (const Product& product : order) {
    GemmSweep sweep;
    std::tie(sweep.model, sweep.role, sweep.weights, sweep.n, sweep.k) = product;
    bool is_sweep = false;
    for (const auto& [line, cases] : products.at(product)) {
      SweepLine& added = sweep.lines.emplace_back();
      added.implementation = line.second;
      for (const auto& [m, place] : cases) added.cases.push_back(place);
      is_sweep = is_sweep || cases.size() > 1;
    }
    if (is_sweep) sweeps.push_back(std::move(sweep));
  }
  return sweeps;
}

std::vector<RateSweep> rate_sweeps(std::span<const Measurement> measurements, std::size_t least) {
  std::map<std::string, std::map<std::int64_t, std::size_t>> by_rest;
  std::vector<std::string> order;
  for (std::size_t i = 0; i < measurements.size(); ++i) {
    Case rest = measurements[i].c;
    std::int64_t* const swept = swept_size(rest.op);
    if (swept == nullptr || !(measurements[i].time_ns.value > 0)) continue;
    const std::int64_t size = std::exchange(*swept, 0);
    const auto [at, is_new] = by_rest.try_emplace(case_name(rest));
    if (is_new) order.push_back(at->first);
    at->second.try_emplace(size, i);
  }
  std::vector<RateSweep> sweeps;
  for (const std::string& rest : order) {
    const auto& sizes = by_rest.at(rest);
    if (sizes.size() < least) continue;
    const Measurement& largest = measurements[sizes.rbegin()->second];
    RateSweep& sweep = sweeps.emplace_back();
    sweep.unit = rate_of(largest.c.op, largest.time_ns.value).unit;
    for (const auto& [size, i] : sizes) {
      sweep.cases.push_back(i);
      sweep.rates.push_back(
          rate_in(sweep.unit, measurements[i].c.op, measurements[i].time_ns.value));
    }
  }
  return sweeps;
}

std::vector<std::int64_t> measured_contexts(std::span<const Record* const> records,
                                            std::size_t most) {
  std::set<std::int64_t> contexts;
  for (const Record* record : records) {
    for (const Measurement& m : record->measurements) {
      if (const auto* attention = std::get_if<AttentionDecode>(&m.c.op))
        contexts.insert(attention->context);
    }
  }
  if (contexts.size() > most)
    std::erase_if(contexts, [](std::int64_t context) {
      return !std::has_single_bit(static_cast<std::uint64_t>(context));
    });
  return {contexts.begin(), contexts.end()};
}

}  // namespace gpugauge
