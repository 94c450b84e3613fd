#pragma once

#include <filesystem>
#include <span>
#include <string>

namespace gpugauge {

/// Where the page of these files goes unless it is told: beside a file, under its name; of a card
/// that others measured, or of several files, in the current folder, under their names (at most
/// three, else `report.html`).
std::filesystem::path default_page(std::span<const std::string> files);

/// Throws UsageError if there is such a file and it is no page of `gpugauge report`.
void require_own_page(const std::filesystem::path& page);

}  // namespace gpugauge
