#pragma once

#include <string_view>

#include "harness/plan/case.hpp"
#include "harness/plan/families/make_ops.hpp"

namespace gpugauge {

/// The case of that name: what `case_name` wrote. A decode step says no more than its model's name,
/// whose shape `model_of` gives; the work of a tensor peak is read in whole GFLOP, as it is
/// written. Throws UsageError that names the part, what was expected there and the nearest name.
Case parse_case_name(std::string_view name, const ModelOf& model_of);

}  // namespace gpugauge
