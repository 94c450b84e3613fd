#include "harness/config/price_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/nearest.hpp"
#include "harness/base/parse_number.hpp"
#include "harness/config/iso_date.hpp"
#include "harness/config/left_out.hpp"
#include "harness/config/price_formats.hpp"

namespace gpugauge {
namespace {

constexpr std::string_view kExpectedCount = "a whole number from 1 to 1024";

}  // namespace

PriceTable::PriceTable(std::span<const CsvRow> rows, std::string file)
    : file_(std::move(file)), header_(rows.front()) {
  if (!header_.problem.empty()) fail_header(header_.problem);
  if (header_.cells.size() > 1) return;
  for (const char separator : {';', '\t', '|'}) {
    if (header_.cells.front().find(separator) != std::string::npos)
      fail_header(fmt::format("the separator is {}, expected ','",
                              separator == '\t' ? "a tabulator" : fmt::format("'{}'", separator)));
  }
}

bool PriceTable::has_any_of(Names names) const {
  return std::any_of(names.begin(), names.end(), [&](auto name) { return find(name); });
}

void PriceTable::check_header(Names known, Names required) const {
  std::vector<std::string_view> absent;
  for (std::string_view column : known) {
    if (!find(column)) absent.push_back(column);
  }
  for (auto name = header_.cells.begin(); name != header_.cells.end(); ++name) {
    if (std::find(header_.cells.begin(), name, *name) != name)
      fail_header(fmt::format("duplicate column {}", in_quotes(*name)));
    if (std::find(known.begin(), known.end(), *name) != known.end()) continue;
    // A column that nobody reads does no harm, unless a slip hides one that is meant to be read.
    if (const auto meant = nearest(*name, absent))
      fail_header(fmt::format("unknown column {}; did you mean '{}'?", in_quotes(*name), *meant));
  }
  for (std::string_view column : required) {
    if (!find(column))
      fail_header(fmt::format("column '{}' is missing, expected at least {}", column,
                              fmt::join(required, ", ")));
  }
}

void PriceTable::check_cells(const CsvRow& row) const {
  if (!row.problem.empty()) fail(row.problem);
  if (row.cells.size() == header_.cells.size()) return;
  fail(fmt::format("{} cells, expected {} as in the header", row.cells.size(),
                   header_.cells.size()));
}

std::string PriceTable::text(const CsvRow& row, std::string_view column) const {
  const auto index = find(column);
  return index ? row.cells[*index] : std::string();
}

std::optional<double> PriceTable::number(const CsvRow& row, std::string_view column,
                                         std::string_view expected) const {
  const std::string found = text(row, column);
  if (found.empty()) return std::nullopt;
  const auto value = parse_number<double>(found);
  if (!value || !std::isfinite(*value) || *value <= 0) fail_cell(row, column, expected);
  return value;
}

std::optional<int> PriceTable::count(const CsvRow& row, std::string_view column) const {
  const auto value = number(row, column, kExpectedCount);
  if (!value) return std::nullopt;
  if (*value > 1024 || std::trunc(*value) != *value) fail_cell(row, column, kExpectedCount);
  return static_cast<int>(*value);
}

int PriceTable::required_count(const CsvRow& row, std::string_view column) const {
  const auto value = count(row, column);
  if (!value) fail_cell(row, column, kExpectedCount);
  return *value;
}

std::optional<double> PriceTable::price(const CsvRow& row, std::string_view column,
                                        int gpu_count) const {
  const auto found = parse_number<double>(text(row, column));
  if (found && is_no_price(*found)) return std::nullopt;
  const auto dollars = number(row, column, price_problem(-1, 1));
  if (!dollars) return std::nullopt;
  if (const std::string problem = price_problem(*dollars, gpu_count); !problem.empty())
    fail(fmt::format("{} is {}, {}", column, in_quotes(text(row, column)), problem));
  return *dollars / gpu_count;
}

std::optional<double> PriceTable::price_per_gpu(const CsvRow& row, std::string_view of_instance,
                                                std::string_view of_gpu, int gpu_count) const {
  constexpr double kTolerance = 0.01;
  const auto shared = price(row, of_instance, gpu_count);
  const auto own = price(row, of_gpu, 1);
  if (shared && own && std::abs(*own - *shared) > kTolerance * *shared) {
    fail(fmt::format("{} is ${:.4g}, but {} over {} GPUs is ${:.4g}, expected them within {:.0f}%",
                     of_gpu, *own, of_instance, gpu_count, *shared, kTolerance * 100));
  }
  return shared ? shared : own;
}

std::string PriceTable::date(const CsvRow& row, std::string_view column) const {
  std::string found = text(row, column);
  if (!found.empty() && !is_iso_date(found)) fail_cell(row, column, "a date like 2026-05-26");
  return found;
}

void PriceTable::fail_header(std::string_view problem) const {
  throw UsageError(fmt::format("{}:{}: {}", file_, header_.line, problem));
}

void PriceTable::fail(std::string_view problem) {
  throw BadRow(LeftOutReason::kWrong, std::string(problem));
}

void PriceTable::fail_cell(const CsvRow& row, std::string_view column,
                           std::string_view expected) const {
  constexpr std::string_view kWord = "expected ";
  if (expected.starts_with(kWord)) expected.remove_prefix(kWord.size());
  const std::string found = text(row, column);
  fail(fmt::format("{} is {}, expected {}", column,
                   found.empty() ? std::string("empty") : in_quotes(found), expected));
}

std::string PriceTable::file_name() const {
  return std::filesystem::path(file_).filename().string();
}

std::optional<std::size_t> PriceTable::find(std::string_view column) const {
  const auto match = std::find(header_.cells.begin(), header_.cells.end(), column);
  if (match == header_.cells.end()) return std::nullopt;
  return static_cast<std::size_t>(match - header_.cells.begin());
}

}  // namespace gpugauge
