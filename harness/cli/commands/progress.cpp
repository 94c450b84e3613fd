#include "harness/cli/commands/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "harness/base/monotonic.hpp"
#include "harness/cli/logging.hpp"
#include "harness/cli/terminal.hpp"
#include "harness/measure/runner.hpp"
#include "harness/plan/outline.hpp"
#include "harness/render/screen/progress_text.hpp"

namespace gpugauge {
namespace {

constexpr double kRedrawSeconds = 0.1;
constexpr std::size_t kLogColumns = 120;

/// One less than there are: a terminal may wrap at its last.
std::size_t usable_columns() { return terminal_columns(STDERR_FILENO).value_or(80) - 1; }

}  // namespace

ProgressScreen stderr_screen(bool wanted) {
  const bool can_redraw = stderr_can_redraw();
  const bool is_terminal = isatty(STDERR_FILENO) != 0;
  return {.style = !wanted      ? ProgressStyle::kNone
                   : can_redraw ? ProgressStyle::kRedrawn
                                : ProgressStyle::kLog,
          .out = std::cerr,
          .columns = is_terminal ? usable_columns : [] { return kLogColumns; },
          .now_seconds = monotonic_seconds};
}

Progress::Progress(const Plan& plan, ProgressScreen screen)
    : screen_(std::move(screen)),
      started_at_(screen_.now_seconds()),
      case_started_at_(started_at_),
      shown_at_(started_at_) {
  for (const PlannedCase& planned : plan.cases) {
    if (planned.unsupported) continue;
    const double seconds = budget_seconds(planned.policy);
    budgets_.emplace(planned.name, seconds);
    planned_seconds_ += seconds;
  }
}

Progress::~Progress() { clear(); }

void Progress::start(const PlannedCase& planned) {
  const std::string_view family = family_of(planned.c.op);
  case_started_at_ = screen_.now_seconds();
  if (family_.name != family) {
    close_family();
    family_ = {.name = std::string(family),
               .started_at = case_started_at_,
               .measurements = {},
               .not_measured = 0};
  }
  if (screen_.style == ProgressStyle::kRedrawn) show(planned, {});
}

void Progress::update(const PlannedCase& planned, const Estimate& time_ns) {
  const double pause = screen_.style == ProgressStyle::kLog ? kLogSeconds : kRedrawSeconds;
  if (screen_.style != ProgressStyle::kNone && screen_.now_seconds() - shown_at_ >= pause)
    show(planned, rate_text(planned.c.op, time_ns));
}

void Progress::finish(const CaseOutcome& outcome) {
  std::string name;
  if (const auto* m = std::get_if<Measurement>(&outcome.result)) {
    name = m->name;
    not_converged_ += std::count(m->flags.begin(), m->flags.end(), Flag::kNotConverged) > 0;
    family_.measurements.push_back(*m);
    family_.measurements.back().samples = {};
  } else {
    name = std::get<NotMeasured>(outcome.result).name;
  }
  if (budgets_.count(name) == 0) return;  // unsupported: no time was planned for it
  if (std::holds_alternative<NotMeasured>(outcome.result)) {
    ++failed_;
    ++family_.not_measured;
  }
  if (done_.insert(name).second) planned_seconds_done_ += budget_of(name);
}

void Progress::close_family() {
  const Family family = std::exchange(family_, {});
  if (screen_.style == ProgressStyle::kNone || family.name.empty()) return;
  clear();
  screen_.out << family_text(family.name, family.measurements, family.not_measured,
                             screen_.now_seconds() - family.started_at, screen_.columns())
              << std::endl;
}

void Progress::clear() {
  if (is_drawn_) screen_.out << "\r\033[K" << std::flush;
  is_drawn_ = false;
}

double Progress::budget_of(const std::string& name) const {
  const auto found = budgets_.find(name);
  return found == budgets_.end() ? 0 : found->second;
}

double Progress::seconds_left(const PlannedCase& running) const {
  const double spent = case_started_at_ - started_at_;
  const double pace = planned_seconds_done_ > 0 ? spent / planned_seconds_done_ : 1;
  const double of_case = pace * budget_of(running.name);
  const double in_case = std::min(of_case, screen_.now_seconds() - case_started_at_);
  return std::max(0.0, pace * (planned_seconds_ - planned_seconds_done_) - in_case);
}

void Progress::show(const PlannedCase& planned, const std::string& rate) {
  shown_at_ = screen_.now_seconds();
  const std::string line =
      progress_text({.place = std::min(done_.size() + 1, budgets_.size()),
                     .total = budgets_.size(),
                     .share = planned_seconds_ > 0 ? planned_seconds_done_ / planned_seconds_ : 0,
                     .seconds_left = seconds_left(planned),
                     .case_name = planned.name,
                     .rate = rate,
                     .target = planned.policy.target_half_width,
                     .failed = failed_,
                     .not_converged = not_converged_},
                    screen_.columns());
  if (screen_.style == ProgressStyle::kRedrawn) {
    screen_.out << "\r\033[K" << line << std::flush;
    is_drawn_ = true;
  } else {
    screen_.out << line << std::endl;
  }
}

}  // namespace gpugauge
