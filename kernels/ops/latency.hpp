#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "harness/base/enum_table.hpp"
#include "harness/base/of.hpp"
#include "kernels/ops/work.hpp"

namespace gpugauge {

/// What a dependent access or an empty launch costs.
enum class LatencyKind : std::uint8_t {
  kPointerChase,      ///< one dependent load after another through `bytes` of memory
  kPointerChaseNear,  ///< through those of its lines that the L2 partition next to the SM holds
  kPointerChaseFar,   ///< through those of the other partition
  kKernelLaunch,      ///< empty kernels one by one, by the host's clock
  kGraphNode,         ///< empty kernels as nodes of one graph
};
template <>
struct EnumTable<LatencyKind> {
  static constexpr std::array rows{EnumName{LatencyKind::kPointerChase, "pointer_chase"},
                                   EnumName{LatencyKind::kPointerChaseNear, "pointer_chase_near"},
                                   EnumName{LatencyKind::kPointerChaseFar, "pointer_chase_far"},
                                   EnumName{LatencyKind::kKernelLaunch, "kernel_launch"},
                                   EnumName{LatencyKind::kGraphNode, "graph_node"}};
};

constexpr bool is_one_sided(LatencyKind kind) {
  return kind == LatencyKind::kPointerChaseNear || kind == LatencyKind::kPointerChaseFar;
}
constexpr bool is_pointer_chase(LatencyKind kind) {
  return kind == LatencyKind::kPointerChase || is_one_sided(kind);
}

struct Latency {
  static constexpr std::string_view kFamily = "latency";

  LatencyKind kind;
  std::int64_t count;  ///< loads or launches in what is timed as one launch
  std::int64_t bytes;  ///< the footprint of a pointer chase, else 0

  Work work() const;
  std::string kind_path() const;
  std::string shape_path() const;
  static Latency parse(NameParts& parts);
  std::int64_t* swept() { return &bytes; }
  CaseRate own_rate(double time_ns) const {
    return {time_ns / static_cast<double>(count), RateUnit::kNsEach};
  }
  auto operator<=>(const Latency&) const = default;
};

void fields(Of<Latency> auto& op, auto&& visit) {
  visit.about("Dependent loads, or empty launches.");
  visit("operation", op.kind, {"Which."});
  visit("count", op.count, {"Loads or empty launches in what is timed as one launch."});
  visit("bytes", op.bytes, {.text = "Footprint of a pointer chase in bytes, else 0.", .least = 0});
}

}  // namespace gpugauge
