#include "tests/simt/schedule.hpp"

#include <algorithm>
#include <cstring>

namespace gpugauge::simt {
namespace {

Schedule& schedule_in_force() {
  static Schedule schedule;
  return schedule;
}

}  // namespace

const char* Schedule::name() const {
  switch (order) {
    case Order::kAscending:
      return "ascending";
    case Order::kDescending:
      return "descending";
    case Order::kShuffled:
      break;
  }
  return "shuffled";
}

const Schedule& current_schedule() { return schedule_in_force(); }

ScheduleScope::ScheduleScope(const Schedule& schedule) : before_(schedule_in_force()) {
  schedule_in_force() = schedule;
}
ScheduleScope::~ScheduleScope() { schedule_in_force() = before_; }

void Chance::fill_with_garbage(void* memory, std::size_t bytes) {
  if (all_ones_) {
    std::memset(memory, 0xFF, bytes);
    return;
  }
  for (std::size_t at = 0; at < bytes; at += sizeof(std::uint64_t)) {
    const std::uint64_t garbage = next();
    std::memcpy(static_cast<unsigned char*>(memory) + at, &garbage,
                std::min(sizeof garbage, bytes - at));
  }
}

}  // namespace gpugauge::simt
