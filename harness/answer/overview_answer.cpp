#include "harness/answer/overview_answer.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "harness/analyze/rates/sweeps.hpp"

namespace gpugauge {
namespace {

std::size_t files_in(const DecodeGroup& group) {
  std::set<std::string_view> files;
  for (const PricedDecode* p : group) files.insert(p->decode.file);
  return files.size();
}

/// Of the subject that the most files share (of these the first met) the points of this file that
/// have a number.
DecodeGroup common_subject(std::span<const PricedDecode> points, const std::string& file) {
  const std::vector<DecodeGroup> groups = groups_of(points);
  const auto most =
      std::max_element(groups.begin(), groups.end(),
                       [](const auto& a, const auto& b) { return files_in(a) < files_in(b); });
  DecodeGroup own;
  if (most == groups.end()) return own;
  std::copy_if(most->begin(), most->end(), std::back_inserter(own), [&](const PricedDecode* p) {
    return p->decode.file == file && p->decode.preferred() != nullptr;
  });
  return own;
}

}  // namespace

CardOverview card_overview(const DatasheetReport& report, std::span<const PricedDecode> points) {
  CardOverview overview;
  for (const DatasheetFinding& f : report.findings) {
    if (!f.measured) continue;
    if (f.metric == "memory read") overview.read = &f;
    if (f.unit == "TFLOPS" &&
        (overview.fastest == nullptr || f.measured->value > overview.fastest->measured->value))
      overview.fastest = &f;
  }
  DecodeGroup all;
  for (const PricedDecode& p : points) {
    if (p.decode.file == report.file && p.decode.preferred() != nullptr) all.push_back(&p);
  }
  overview.cheapest = cheapest(all);
  const DecodeGroup own = common_subject(points, report.file);
  if (own.empty()) return overview;
  overview.smallest_batch = *std::min_element(own.begin(), own.end(), [](auto* a, auto* b) {
    return a->decode.point.batch < b->decode.point.batch;
  });
  return overview;
}

std::vector<Rent> rent_answer(std::span<const PricedDecode> points) {
  std::vector<Rent> all;
  for (DecodeGroup& group : groups_of(points)) {
    std::vector<Lead> leads = leaders(group);
    if (!leads.empty()) all.push_back({std::move(group), std::move(leads)});
  }
  return all;
}

std::vector<PricedDecode> context_sweep(std::span<const CardResult> results,
                                        DecodeQuestion question,
                                        std::span<const PricedDecode> points) {
  std::vector<const Record*> records;
  for (const CardResult& result : results) records.push_back(result.record);
  question.selection.contexts = measured_contexts(records);
  std::set<std::int64_t> batches;
  for (const PricedDecode& p : points) batches.insert(p.decode.point.batch);
  if (question.selection.contexts.size() < 2 || batches.empty()) return {};
  const auto middle = std::next(batches.begin(), static_cast<std::ptrdiff_t>(batches.size() / 2));
  const std::set<std::int64_t> few{*batches.begin(), *middle, *batches.rbegin()};
  question.selection.batches.assign(few.begin(), few.end());
  return decode_answer(results, question).points;
}

}  // namespace gpugauge
