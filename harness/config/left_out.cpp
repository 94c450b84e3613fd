#include "harness/config/left_out.hpp"

#include <fmt/format.h>

#include <vector>

namespace gpugauge {

std::optional<std::string> LeftOut::warning(const std::string& file, std::size_t offers) const {
  std::size_t all = 0;
  std::vector<std::string> parts;
  for (const LeftOutReason reason : all_of<LeftOutReason>) {
    const Group& group = groups_.at(static_cast<std::size_t>(reason));
    if (group.count == 0) continue;
    all += group.count;
    const std::string first = reason == LeftOutReason::kWrong
                                  ? group.first
                                  : group.first.substr(0, group.first.find(": "));
    parts.push_back(fmt::format("{} {} (line {}{})", group.count, name_of(reason), first,
                                group.count > 1 ? ", …" : ""));
  }
  if (all == 0) return std::nullopt;
  return fmt::format("{}: {} of {} rows {} left out: {}", file, all, all + offers,
                     all == 1 ? "is" : "are", fmt::join(parts, "; "));
}

void LeftOut::fail(const std::string& file) const {
  if (first_) throw UsageError(fmt::format("{}:{}", file, *first_));
}

}  // namespace gpugauge
