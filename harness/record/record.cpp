#include "harness/record/record.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

namespace gpugauge {
namespace {

constexpr std::array<std::string_view, 5> kOriginNames{"measured", "interpolated", "modelled",
                                                       "imported", "quoted"};
constexpr std::array<std::string_view, 3> kStopNames{"converged", "time_budget", "max_samples"};
constexpr std::array<std::string_view, 4> kStatusNames{"unsupported", "failed",
                                                       "verification_failed", "refused"};

}  // namespace

std::string_view name_of(Origin origin) {
  return kOriginNames.at(static_cast<std::size_t>(origin));
}
std::string_view name_of(StopReason reason) {
  return kStopNames.at(static_cast<std::size_t>(reason));
}
std::string_view name_of(NotMeasuredStatus status) {
  return kStatusNames.at(static_cast<std::size_t>(status));
}

std::size_t Record::answered_count() const {
  std::unordered_set<std::string_view> answered;
  for (const Measurement& m : measurements) answered.insert(m.name);
  for (const NotMeasured& n : not_measured) answered.insert(n.name);
  return static_cast<std::size_t>(
      std::count_if(planned.begin(), planned.end(),
                    [&](const std::string& name) { return answered.contains(name); }));
}

}  // namespace gpugauge
