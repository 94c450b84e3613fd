#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "harness/answer/decode_groups.hpp"
#include "harness/render/answers/origins.hpp"
#include "harness/render/table/columns.hpp"

namespace gpugauge {

/// `yes` or `no`; empty where nothing says how much memory the card has.
Cell fits_cell(const DecodeFinding& decode);
/// `llama-3.1-8b fp8, context 1024`.
std::string subject_of(const DecodeGroup& group);

/// What the findings warn of or refuse, each text once with the batches that it is about, and of
/// which files nothing was measured.
std::vector<std::string> notes_of(const DecodeGroup& group);
/// Those about what does not fit its card.
std::vector<std::string> fit_notes_of(const DecodeGroup& group);

/// Of files of which nothing was measured where they are from.
std::vector<std::string> unmeasured_notes_of(const DecodeGroup& group);

/// Of cards that nobody named a price for: dollars are per million at one dollar an hour.
void add_unpriced_notes(const DecodeGroup& group, std::vector<std::string>& notes);

/// `, 60% used`; nothing where all of the time is.
std::string at_utilisation(const Billing& billing);

/// `$2.49/h on-demand, 2025-11-20`.
std::string words_of(const Rate& rate);

/// `$0.31`, `$0.31 ±4.2%`.
Cell dollars_cell(double dollars);
Cell dollars_cell(const std::optional<Estimate>& dollars);

/// Output tokens a second that one user sees, of the time for each.
double user_speed(const Estimate& tpot_ns);

/// The finding of a row.
inline const DecodeFinding& decode_of(const PricedDecode* row) { return row->decode; }
template <typename Row>
const DecodeFinding& decode_of(const Row& row) {
  return *row.decode;
}

/// Of the step that is shown, if there is one.
std::optional<OriginShares> origins_of(const DecodeFinding& decode);

/// The columns that say where on the map a row stands, and where its numbers are from.
template <typename Row>
ColumnList<Row> place_columns(const DecodeGroup& group) {
  ColumnList<Row> c;
  c.source(
      several_files(group), [](auto& r) { return decode_of(r).file; },
      [](auto& r) { return decode_of(r).device; });
  c.data("model", [](auto& r) { return decode_of(r).model; });
  c.data("precision", [](auto& r) { return name_of(decode_of(r).point.precision); });
  c.data("context", [](auto& r) { return decode_of(r).point.context; });
  c.data("kv_dtype", [](auto& r) { return name_of(decode_of(r).point.kv); });
  c.number("batch", "batch", [](auto& r) { return decode_of(r).point.batch; });
  c.add(visible_if(any_too_large(group), text_column("fits", "fits")),
        [](auto& r) { return fits_cell(decode_of(r)); });
  add_origins(c, [](const Row& r) { return origins_of(decode_of(r)); });
  return c;
}

}  // namespace gpugauge
