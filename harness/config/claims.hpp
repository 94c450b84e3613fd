#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "harness/config/expression.hpp"
#include "harness/config/printed_value.hpp"

namespace gpugauge {

/// One thing that a text says, and how it is checked.
struct Claim {
  std::string id;
  std::string section;  ///< where in the text
  std::string quote;    ///< verbatim
  std::string place;    ///< `file:line`, for messages
  /// What it says: as it prints it, or (`formula`) what its own formula gives for an example.
  std::optional<PrintedValue> printed;
  std::optional<Expression> formula;
  std::vector<Expression> metrics;     ///< each must come out as it says
  std::vector<Expression> consistent;  ///< of other claims: each must come out as it says
  std::string outside;                 ///< why nothing here can check it; then it has no metrics
  std::string note;                    ///< what a reader of the verdict should know; may be empty
};

/// The claims of one text.
struct ClaimsFile {
  std::string name;
  std::string title;
  std::string source;
  std::vector<Claim> claims;

  /// Null if there is none.
  const Claim* find(std::string_view id) const;
};

/// Reads claims. `functions` are what their expressions may call. Throws UsageError with file and
/// line: an unknown function or key, an id that was there before, a reference to a claim that does
/// not exist, prints no value or is the claim itself, fields that contradict each other.
ClaimsFile load_claims(const std::filesystem::path& file, const std::vector<Signature>& functions);

}  // namespace gpugauge
