#include "harness/record/record.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>

namespace gpugauge {

std::size_t Record::answered_count() const {
  std::unordered_set<std::string_view> answered;
  for (const Measurement& m : measurements) answered.insert(m.name);
  for (const NotMeasured& n : not_measured) answered.insert(n.name);
  return static_cast<std::size_t>(
      std::count_if(planned.begin(), planned.end(),
                    [&](const std::string& name) { return answered.contains(name); }));
}

bool Record::has_failed() const {
  return measurements.empty() &&
         std::any_of(not_measured.begin(), not_measured.end(), [](const NotMeasured& n) {
           return n.status != NotMeasuredStatus::kUnsupported;
         });
}

}  // namespace gpugauge
