#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "harness/config/csv.hpp"

namespace gpugauge {

/// A price list as cells by column name. What is wrong with a row is thrown as BadRow, what is
/// wrong with the header as UsageError with file:line.
class PriceTable {
 public:
  using Names = std::span<const std::string_view>;

  PriceTable(std::span<const CsvRow> rows, std::string file);

  bool has(std::string_view column) const { return find(column).has_value(); }
  bool has_any_of(Names names) const;

  /// Refuses a column twice, one that is missing, and one that looks like a slip of another.
  void check_header(Names known, Names required) const;
  /// Refuses a row whose cells are not those of the header.
  void check_cells(const CsvRow& row) const;

  /// Empty where the column is not there.
  std::string text(const CsvRow& row, std::string_view column) const;
  /// A number above 0, or nothing where the cell is empty.
  std::optional<double> number(const CsvRow& row, std::string_view column,
                               std::string_view expected) const;
  /// SkyPilot writes counts as `8.0`.
  std::optional<int> count(const CsvRow& row, std::string_view column) const;
  int required_count(const CsvRow& row, std::string_view column) const;
  /// Of one GPU; nothing where the cell is empty or says that there is no price.
  std::optional<double> price(const CsvRow& row, std::string_view column, int gpu_count) const;
  /// The price of one GPU from the instance's column, the GPU's own, or both if they agree.
  std::optional<double> price_per_gpu(const CsvRow& row, std::string_view of_instance,
                                      std::string_view of_gpu, int gpu_count) const;
  std::string date(const CsvRow& row, std::string_view column) const;

  [[noreturn]] void fail_header(std::string_view problem) const;
  [[noreturn]] static void fail(std::string_view problem);
  /// `expected` with or without that word before it.
  [[noreturn]] void fail_cell(const CsvRow& row, std::string_view column,
                              std::string_view expected) const;

  /// The file's own name, without its folder.
  std::string file_name() const;

 private:
  std::optional<std::size_t> find(std::string_view column) const;

  std::string file_;
  CsvRow header_;
};

}  // namespace gpugauge
