#include <cmath>

#include "harness/render/report/report_data.hpp"
#include "harness/render/table/text.hpp"

namespace gpugauge {
namespace {

struct ValueJson {
  Json operator()(std::monostate) const { return nullptr; }
  Json operator()(const std::string& s) const { return printable(s); }
  Json operator()(double d) const { return std::isfinite(d) ? Json(d) : Json(nullptr); }
  Json operator()(std::int64_t i) const { return i; }
  Json operator()(bool b) const { return b; }
};

Json cell_json(const Cell& cell) {
  const Json text = printable(cell.text), value = std::visit(ValueJson{}, cell.value);
  if (cell.tone != Tone::kPlain) return Json::array({text, value, static_cast<int>(cell.tone)});
  if (cell.text.empty() && value.is_null()) return nullptr;
  if (value == text) return text;
  return Json::array({text, value});
}

}  // namespace

Json table_json(const Table& table) {
  Json columns = Json::array(), rows = Json::array(), notes = Json::array();
  for (const Column& column : table.columns) {
    Json& added = columns.emplace_back(Json::object({{"key", column.key}}));
    if (!column.data_only) added["header"] = column.header;
    if (column.align == Align::kRight) added["right"] = true;
  }
  for (const auto& row : table.rows) {
    Json& cells = rows.emplace_back(Json::array());
    for (const Cell& cell : row) cells.push_back(cell_json(cell));
  }
  for (const std::string& note : table.notes) notes.push_back(printable(note));
  return {{"name", table.name},
          {"title", printable(table.title)},
          {"columns", std::move(columns)},
          {"rows", std::move(rows)},
          {"notes", std::move(notes)}};
}

Json tables_json(std::span<const Table> tables) {
  Json all = Json::array();
  for (const Table& table : tables) all.push_back(table_json(table));
  return all;
}

}  // namespace gpugauge
