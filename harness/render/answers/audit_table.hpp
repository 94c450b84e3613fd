#pragma once

#include <span>
#include <vector>

#include "harness/analyze/audit/audit.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// How many claims have which verdict, a table named `audit_summary`, and the claims that are to be
/// shown, a table named `audit`.
std::vector<Table> audit_tables(const ClaimsFile& file, std::span<const ClaimFinding> all,
                                std::span<const ClaimFinding> shown);

}  // namespace gpugauge
