#include "harness/record/health.hpp"

namespace gpugauge {

CardErrors card_errors(const Record& record) {
  CardErrors errors;
  for (const Session& session : record.provenance.sessions) {
    if (session.health_before && session.health_after)
      errors = sum_of(errors, errors_between(*session.health_before, *session.health_after));
  }
  return errors;
}

CardHealth last_health(const Record& record) {
  CardHealth last;
  for (const Session& session : record.provenance.sessions) {
    if (session.health_before) last = *session.health_before;
    if (session.health_after) last = *session.health_after;
  }
  return last;
}

}  // namespace gpugauge
