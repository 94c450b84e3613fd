#include "harness/render/screen/progress_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include "harness/analyze/rates/sweeps.hpp"
#include "harness/render/answers/sweeps_table.hpp"
#include "harness/render/table/number.hpp"
#include "harness/render/table/shorten.hpp"
#include "harness/render/table/spark.hpp"
#include "harness/render/table/text.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

std::string minutes(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string bar_of(double share) {
  constexpr std::size_t kColumns = 12;
  const auto full = std::min(kColumns, static_cast<std::size_t>(share * kColumns));
  std::string bar;
  for (std::size_t i = 0; i < kColumns; ++i) bar += i < full ? "█" : "░";
  return bar + " ";
}

/// All that stands before the name and behind it, by the columns there are.
struct Frame {
  std::string before, behind;
};

Frame frame_of(const ProgressState& s, std::size_t columns) {
  constexpr std::size_t kWithTarget = 110, kWithBar = 72, kWithShare = 60;
  Frame frame;
  if (columns >= kWithBar) frame.before += bar_of(s.share);
  frame.before += fmt::format("[{}/{}] ", s.place, s.total);
  if (columns >= kWithShare) frame.before += fmt::format("{:.0f}% ", std::floor(100 * s.share));
  frame.before += minutes(s.seconds_left) + (columns >= kWithShare ? " left  " : " ");
  frame.behind = s.rate.empty() ? " …" : "  " + s.rate;
  if (columns >= kWithTarget && s.target && !s.rate.empty())
    frame.behind += fmt::format(" (to ±{:.3g}%)", 100 * *s.target);
  if (s.failed > 0) frame.behind += fmt::format("  {} failed", s.failed);
  if (columns >= kWithShare && s.not_converged > 0)
    frame.behind += fmt::format("  {} not converged", s.not_converged);
  return frame;
}

/// The longest of a family's sweeps, drawn, and named without the family.
struct DrawnSweep {
  std::string curve, pattern;
};

std::optional<DrawnSweep> longest_sweep(std::span<const Measurement> measurements) {
  const std::vector<RateSweep> sweeps = rate_sweeps(measurements);
  const auto longest = std::max_element(
      sweeps.begin(), sweeps.end(),
      [](const RateSweep& a, const RateSweep& b) { return a.cases.size() < b.cases.size(); });
  if (longest == sweeps.end()) return std::nullopt;
  const std::string pattern = printable(pattern_of(*longest, measurements));
  return DrawnSweep{spark_line_from_zero(longest->rates), pattern.substr(pattern.find('/') + 1)};
}

/// `1.127 TFLOPS, 25.64 GB/s`: of latencies the lowest.
std::string best_rates(std::span<const Measurement> measurements) {
  std::map<RateUnit, double> best;
  for (const Measurement& m : measurements) {
    const auto [rate, unit] = rate_of(m.c.op, m.time_ns.value);
    const auto [at, is_new] = best.try_emplace(unit, rate);
    if (!is_new)
      at->second =
          unit == RateUnit::kNsEach ? std::min(at->second, rate) : std::max(at->second, rate);
  }
  std::string text;
  for (const auto& [unit, rate] : best)
    text +=
        fmt::format("{}{} {}", text.empty() ? "" : ", ", format_significant(rate), name_of(unit));
  return text;
}

}  // namespace

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns) return std::string(text);
  if (columns == 0) return {};
  const std::size_t head = (columns - 1) / 3;
  return MiddleCut{head, columns - 1 - head}(text);
}

std::string rate_text(const Op& op, const Estimate& time_ns) {
  const CaseRate rate = rate_of(op, time_ns.value);
  std::string text = fmt::format("{} {}", format_significant(rate.value), name_of(rate.unit));
  if (time_ns.low < time_ns.high) text += " " + format_plus_minus(time_ns);
  return text;
}

std::string progress_text(const ProgressState& state, std::size_t columns) {
  const std::string name = printable(state.case_name);
  const Frame frame = frame_of(state, columns);
  const std::size_t used = display_width(frame.before) + display_width(frame.behind);
  const std::size_t room = columns > used ? columns - used : 0;
  return shortened(frame.before + shortened(name, room) + frame.behind, columns);
}

std::string family_text(std::string_view family, std::span<const Measurement> measurements,
                        std::size_t not_measured, double seconds, std::size_t columns) {
  std::string counts = fmt::format("{} verified", measurements.size());
  if (not_measured > 0) counts += fmt::format(", {} without a number", not_measured);
  std::string best = best_rates(measurements);
  if (!best.empty()) best.insert(0, "  best ");
  const std::string aligned =
      fmt::format("{:<17} {} in {}{}", family, counts, minutes(seconds), best);
  const std::size_t used = display_width(aligned);
  if (used > columns) return shortened(fmt::format("{} {}{}", family, counts, best), columns);
  constexpr std::size_t kReadable = 16;  ///< columns of a pattern that still tell which sweep it is
  const auto sweep = longest_sweep(measurements);
  if (!sweep) return aligned;
  const std::size_t with_curve = used + 3 + display_width(sweep->curve);
  if (with_curve + std::min(kReadable, display_width(sweep->pattern)) > columns) return aligned;
  return fmt::format("{}  {} {}", aligned, sweep->curve,
                     shortened(sweep->pattern, columns - with_curve));
}

}  // namespace gpugauge
