#pragma once

#include <string>

namespace gpugauge {

/// A candidate of a case's search that ended the process: the case goes on without it.
struct LostCandidate {
  std::string case_name;
  std::string candidate;  ///< its name in the search
  std::string how;        ///< `crashed` or `hung`
};

}  // namespace gpugauge
