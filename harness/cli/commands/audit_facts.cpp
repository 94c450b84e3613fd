#include "harness/cli/commands/audit_facts.hpp"

#include "harness/base/units.hpp"

namespace gpugauge {

AuditFacts audit_facts(const Catalog& catalog, const AnalysisOptions& options,
                       const std::vector<Record>& records, double reserve_gib) {
  AuditFacts facts;
  facts.sheets = catalog.datasheets();
  for (const std::string& name : catalog.model_names()) facts.models.push_back(catalog.model(name));
  for (const std::string& name : catalog.encoder_names())
    facts.encoders.push_back(catalog.encoder(name));
  for (const std::string& name : catalog.diffusion_names())
    facts.diffusions.push_back(catalog.diffusion(name));
  AnalysisOptions lists = options;
  lists.hourly.clear();  // claims are about the prices of providers
  facts.offers = read_prices(catalog, lists).offers;
  facts.memory.reserve_bytes = reserve_gib * kGib;
  facts.times = step_times(records, catalog);
  facts.engine = catalog.serving_engine(options.serving);
  return facts;
}

}  // namespace gpugauge
