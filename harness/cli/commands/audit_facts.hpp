#pragma once

#include <vector>

#include "harness/analyze/audit/audit.hpp"
#include "harness/cli/options/analysis_options.hpp"

namespace gpugauge {

/// All that the catalog, the price lists of the options and these records say about claims. The
/// records must outlive it.
AuditFacts audit_facts(const Catalog& catalog, const AnalysisOptions& options,
                       const std::vector<Record>& records, double reserve_gib);

}  // namespace gpugauge
