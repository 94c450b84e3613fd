#include "harness/cli/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "harness/cli/logging.hpp"
#include "harness/measure/runner.hpp"
#include "harness/plan/rate.hpp"

namespace gpugauge {
namespace {

constexpr double kRedrawSeconds = 0.1;

std::size_t terminal_columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

std::string minutes(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

/// Keeps both ends of a name that is too long: the family and the implementation.
std::string shortened(const std::string& name, std::size_t columns) {
  if (name.size() <= columns) return name;
  if (columns < 8) return name.substr(0, columns);
  const std::size_t head = (columns - 3) / 3;
  return name.substr(0, head) + "..." + name.substr(name.size() - (columns - 3 - head));
}

}  // namespace

std::string rate_text(const Op& op, const Estimate& time_ns) {
  const CaseRate rate = rate_of(op, time_ns.value);
  return fmt::format("{:.4g} {} ±{:.1f}%", rate.value, name_of(rate.unit),
                     100 * time_ns.relative_half_width());
}

double budget_seconds(const SamplingPolicy& policy) {
  return policy.case_seconds + policy.warmup_seconds;
}

ProgressLine::ProgressLine(const Plan& plan, bool enabled)
    : enabled_(enabled && stderr_is_terminal()),
      total_(plan.cases.size()),
      started_at_(monotonic_seconds()) {
  for (const PlannedCase& planned : plan.cases) {
    const double seconds = planned.unsupported ? 0.0 : budget_seconds(planned.policy);
    budgets_.emplace_back(planned.name, seconds);
    planned_seconds_ += seconds;
  }
}

ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::start(const PlannedCase& planned) { draw(planned, "…"); }

void ProgressLine::update(const PlannedCase& planned, const Estimate& time_ns) {
  if (monotonic_seconds() - drawn_at_ >= kRedrawSeconds)
    draw(planned, rate_text(planned.c.op, time_ns));
}

void ProgressLine::finish_case(const std::string& name) {
  ++done_;
  const auto budget = std::find_if(budgets_.begin(), budgets_.end(),
                                   [&](const auto& b) { return b.first == name; });
  if (budget != budgets_.end()) planned_seconds_done_ += budget->second;
}

void ProgressLine::clear() {
  if (enabled_ && drawn_at_ > 0) fmt::print(stderr, "\r\033[K");
}

double ProgressLine::remaining_seconds() const {
  const double left = std::max(0.0, planned_seconds_ - planned_seconds_done_);
  if (planned_seconds_done_ <= 0) return left;
  return left * (monotonic_seconds() - started_at_) / planned_seconds_done_;
}

void ProgressLine::draw(const PlannedCase& planned, const std::string& value) {
  if (!enabled_) return;
  drawn_at_ = monotonic_seconds();
  const std::string head = fmt::format("[{}/{}] {} left  ", std::min(done_ + 1, total_), total_,
                                       minutes(remaining_seconds()));
  const std::size_t columns = terminal_columns();
  const std::size_t used = head.size() + value.size() + 2;
  const std::string name = shortened(planned.name, columns > used + 1 ? columns - used - 1 : 0);
  fmt::print(stderr, "\r\033[K{}{}  {}", head, name, value);
  std::fflush(stderr);
}

}  // namespace gpugauge
