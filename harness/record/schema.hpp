#pragma once

#include <string>

namespace gpugauge {

/// The JSON schema (draft 7) of a result file, from the fields that reader and writer know:
/// configs/schema/result.schema.json.
std::string result_schema();

}  // namespace gpugauge
