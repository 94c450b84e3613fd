#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/answer/decode_groups.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

/// `yes` or `no`; empty where nothing says how much memory the card has.
Cell fits_cell(const DecodeFinding& decode);
/// `llama-3.1-8b fp8, context 1024`.
std::string subject_of(const DecodeGroup& group);

/// What the findings warn of or refuse, each text once with the batches that it is about.
std::vector<std::string> notes_of(const DecodeGroup& group);
/// Those about what does not fit its card.
std::vector<std::string> fit_notes_of(const DecodeGroup& group);

/// `, 60% used`; nothing where all of the time is.
std::string at_utilisation(const Billing& billing);

/// `$2.49/h on-demand, 2025-11-20`.
std::string words_of(const Rate& rate);

/// `$0.31 ±4.2%`.
Cell dollars_cell(const std::optional<Estimate>& dollars);

/// The columns that say where on the map a row stands. `decode` leads from a row to its finding.
template <typename Row, typename Decode>
std::vector<ColumnOf<Row>> place_columns(const DecodeGroup& group, Decode decode) {
  const bool several = several_files(group);
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
      {visible_if(any_too_large(group), text_column("fits", "fits")),
       [=](const Row& r) { return fits_cell(decode(r)); }},
  };
}

}  // namespace gpugauge
