#pragma once

#include <string_view>

namespace gpugauge::report_assets {

// What a report is made of, each the text of a file of this folder (assets.cmake embeds them).
extern const std::string_view kPage;    ///< with places for the rest
extern const std::string_view kStyle;   ///< page.css
extern const std::string_view kCharts;  ///< Chart.js with its licence
extern const std::string_view kScript;  ///< what builds the page from its data

}  // namespace gpugauge::report_assets
