#include "harness/analyze/step/tensor_parallel.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/estimate.hpp"

namespace gpugauge {
namespace {

// Both directions together: NVIDIA H100 SXM and L40S datasheets.
constexpr double kNvlinkGbps = 900, kPcieGbps = 64;
// All-reduces of 1 KiB by NCCL 2.29 on 2, 4 and 8 H100 SXM take 6, 10 and 16 µs, by NCCL 2.27 on as
// many L40S 6, 12 and 23 (NVIDIA aiconfigurator, nccl_perf): about this for one, and for each hop.
constexpr double kAllReduceNs = 5000, kHopNs = 1000;
constexpr std::int64_t kAllReducesPerLayer = 2;

/// All-reduces of those tables, 2 KiB to 512 MiB, take up to 2.4 times the value over NVLink; over
/// PCIe up to 2.1, 6 and 22 times on 2, 4 and 8 cards.
double slowest_factor(const CardGroup& group) {
  constexpr double kNvlinkFactor = 2.5;
  return group.link.link == Link::kNvlink ? kNvlinkFactor : (group.cards * group.cards + 1) / 2.0;
}

/// The step with the all-reduces of its `tokens` as its last op.
EngineStep with_all_reduces(EngineStep step, const StepTimes& times, Engine engine,
                            const ModelConfig& model, std::int64_t tokens, const CardGroup& group) {
  const std::int64_t bytes = tokens * model.hidden_size * size_bytes(DType::kBf16);
  StepOp all_reduce{OpGroup::kOther, "all_reduce", AllReduce{.cards = group.cards, .bytes = bytes},
                    kAllReducesPerLayer * model.num_hidden_layers};
  OpTime time = all_reduce_time(times, engine, group, bytes);
  const double gap = group.all_reduce_gap_ns;
  time.time_ns = sum(time.time_ns, {.value = gap, .low = gap, .high = gap});
  step.ops.push_back({std::move(all_reduce), std::move(time)});
  return step_of(std::move(step.ops), tokens);
}

std::string all_reduce_warning(const CardGroup& group, const EngineStep& step) {
  const OpTime& time = step.ops.back().time;
  std::string warning = fmt::format("{} cards over {}: all-reduces are {}", group.cards,
                                    name_of(group.link.link), name_of(time.origin));
  if (time.origin == Origin::kModelled) warning += fmt::format(": {}", source_of(time));
  if (group.all_reduce_gap_ns > 0)
    warning += fmt::format(", {:.3g} µs more for each in an engine (fitted)",
                           group.all_reduce_gap_ns / 1e3);
  return warning;
}

/// The largest measured copy of this kind that may speak for the device.
const Measurement* largest_copy(const Record& record, TransferKind kind) {
  const Measurement* largest = nullptr;
  for (const Measurement* m : representative(record)) {
    const auto* copy = std::get_if<Transfer>(&m->c.op);
    if (copy == nullptr || copy->kind != kind) continue;
    if (largest == nullptr || m->work.bytes > largest->work.bytes) largest = m;
  }
  return largest;
}

/// The measured copy that says how fast the link is, or null.
const Measurement* copy_over(const Record& record, const LinkRate& link) {
  const Measurement* peer = largest_copy(record, TransferKind::kPeerToPeer);
  if (link.is_own && peer != nullptr) return peer;
  const Measurement* to_device = largest_copy(record, TransferKind::kHostToDevice);
  const Measurement* to_host = largest_copy(record, TransferKind::kDeviceToHost);
  if (link.link != Link::kPcie || to_device == nullptr || to_host == nullptr) return nullptr;
  return to_device->gbps() < to_host->gbps() ? to_device : to_host;
}

}  // namespace

LinkRate link_of(const Datasheet* sheet, std::optional<Link> wish) {
  const bool has_nvlink = sheet != nullptr && sheet->nvlink_gbps;
  const Link link = wish.value_or(has_nvlink ? Link::kNvlink : Link::kPcie);
  double both_ways = link == Link::kNvlink ? kNvlinkGbps : kPcieGbps;
  if (link == Link::kNvlink && has_nvlink) both_ways = sheet->nvlink_gbps->value;
  if (link == Link::kPcie && sheet != nullptr && sheet->pcie_gbps)
    both_ways = sheet->pcie_gbps->value;
  const Link own = has_nvlink ? Link::kNvlink : Link::kPcie;
  return {.link = link,
          .gbps_each_way = both_ways / 2,
          .source = {},
          .is_own = sheet == nullptr || link == own};
}

LinkRate link_of(const Record& record, const Datasheet* sheet, std::optional<Link> wish) {
  LinkRate link = link_of(sheet, wish);
  if (const Measurement* copy = copy_over(record, link)) {
    link.gbps_each_way = copy->gbps();
    link.source = copy->name;
  }
  return link;
}

OpTime all_reduce_time(const CardGroup& group, double bytes) {
  if (group.cards < 2)
    throw UsageError(fmt::format("all-reduce over {} cards: expected at least 2", group.cards));
  const double hops = 2.0 * (group.cards - 1);
  const double value =
      kAllReduceNs + hops * kHopNs + hops / group.cards * bytes / group.link.gbps_each_way;
  return {{.value = value, .low = value / 2, .high = value * slowest_factor(group)},
          Origin::kModelled,
          fmt::format("ring over {}: {:.4g} GB/s each way, {}", name_of(group.link.link),
                      group.link.gbps_each_way,
                      group.link.source.empty() ? "by datasheet" : group.link.source)};
}

OpTime all_reduce_time(const StepTimes& times, Engine engine, const CardGroup& group,
                       std::int64_t bytes) {
  if (group.link.is_own) {
    if (auto time = times.known(engine, AllReduce{.cards = group.cards, .bytes = bytes}))
      return *time;
  }
  return all_reduce_time(group, static_cast<double>(bytes));
}

DecodeFinding decode_finding(const StepTimes& times, const ModelConfig& model,
                             const DecodePoint& point, const CardGroup& group) {
  if (group.cards == 1) return decode_finding(times, model, point);
  const ModelConfig shard = shard_of(model, group.cards);
  const DecodeFinding whole = decode_finding(times, model, point);
  DecodeFinding finding = decode_finding(times, shard, point);
  finding.library_graph.reset();
  finding.best_graph.reset();
  if (!finding.best && !whole.best) {
    finding.reason = whole.reason;
    return finding;
  }
  finding.reason.clear();
  const std::vector<StepOp> ops = decode_ops(shard, point);
  const bool is_modelled = !finding.best;
  const auto sum_of = [&](Engine engine) {
    return with_all_reduces(times.sum(engine, ops, point.batch), times, engine, shard, point.batch,
                            group);
  };
  if (finding.library || whole.library) finding.library = sum_of(Engine::kLibrary);
  finding.best = sum_of(Engine::kBest);
  if (is_modelled)
    finding.warnings.push_back(fmt::format("modelled, not measured: {}",
                                           fmt::join(modelled_linears(*finding.best), ", ")));
  finding.warnings.push_back(all_reduce_warning(group, *finding.best));
  add_engine_error(finding, times.method_error(), group.cards);
  return finding;
}

PrefillFinding prefill_finding(const StepTimes& times, const ModelConfig& model,
                               const PrefillPoint& point, const CardGroup& group) {
  if (group.cards == 1) return prefill_finding(times, model, point);
  const ModelConfig shard = shard_of(model, group.cards);
  PrefillFinding finding = prefill_finding(times, shard, point);
  for (const Engine engine : {Engine::kLibrary, Engine::kBest}) {
    auto& step = engine == Engine::kLibrary ? finding.library : finding.best;
    if (step)
      step = with_all_reduces(std::move(*step), times, engine, shard, point.all_tokens(), group);
  }
  if (finding.best) finding.warnings.push_back(all_reduce_warning(group, *finding.best));
  return finding;
}

}  // namespace gpugauge
