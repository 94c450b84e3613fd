#pragma once

#include <string>
#include <string_view>

#include "harness/render/report/report_data.hpp"

namespace gpugauge {

/// JSON that may stand within a script element: what could end it, or a line of JavaScript, is
/// escaped. Bytes that are not UTF-8 become U+FFFD.
std::string script_safe(const Json& data);

/// `sha256-…` of a script or style, as a content security policy names it.
std::string csp_hash(std::string_view text);

/// One page of HTML that holds all it needs: the data, the style and the scripts, which are the
/// only ones that its content security policy lets run. It asks nothing of any network.
std::string report_page(const Json& data, const std::string& title);

}  // namespace gpugauge
