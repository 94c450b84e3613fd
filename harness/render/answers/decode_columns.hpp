#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/analyze/money/cost.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

/// The points of one table: one model, precision and context.
using DecodeGroup = std::vector<const PricedDecode*>;
/// In the order in which each is first met.
std::vector<DecodeGroup> groups_of(std::span<const PricedDecode> points);
bool several_files(const DecodeGroup& group);
/// `llama-3.1-8b fp8, context 1024`.
std::string subject_of(const DecodeGroup& group);

/// What the findings warn of or refuse, each text once with the batches that it is about.
std::vector<std::string> notes_of(const DecodeGroup& group);

/// `, 60% used`; nothing where all of the time is.
std::string at_utilisation(const Billing& billing);

/// `$2.49/h on-demand, 2025-11-20`.
std::string words_of(const Rate& rate);

/// `$0.31 ±4.2%`.
Cell dollars_cell(const std::optional<Estimate>& dollars);

/// The columns that say where on the map a row stands. `decode` leads from a row to its finding.
template <typename Row, typename Decode>
std::vector<ColumnOf<Row>> place_columns(bool several, Decode decode) {
  return {
      {visible_if(several, file_column()), [=](const Row& r) { return text_cell(decode(r).file); }},
      {visible_if(several, dispensable(6, text_column("device", "device"))),
       [=](const Row& r) { return text_cell(decode(r).device); }},
      {data_column("model"), [=](const Row& r) { return Cell(decode(r).model); }},
      {data_column("precision"),
       [=](const Row& r) { return Cell(name_of(decode(r).point.precision)); }},
      {data_column("context"), [=](const Row& r) { return integer_cell(decode(r).point.context); }},
      {data_column("kv_dtype"), [=](const Row& r) { return Cell(name_of(decode(r).point.kv)); }},
      {number_column("batch", "batch"),
       [=](const Row& r) { return integer_cell(decode(r).point.batch); }},
  };
}

}  // namespace gpugauge
