#pragma once

#include <span>
#include <vector>

#include "harness/answer/imported_peer.hpp"
#include "harness/config/datasheet.hpp"
#include "harness/record/record.hpp"
#include "harness/render/table/table.hpp"

namespace gpugauge {

/// A record with the datasheet of its device and what others measured on such a card; each may be
/// null.
struct RecordToShow {
  const Record* record;
  const Datasheet* datasheet;
  const ImportedPeer* peer = nullptr;
};

/// Every measurement, in a table named `cases`; and if there are any, every case without a number,
/// with its reason, in one named `not_measured`.
std::vector<Table> cases_tables(std::span<const RecordToShow> records);
/// The latter alone; without rows where every case has a number.
Table not_measured_table(std::span<const RecordToShow> records);

}  // namespace gpugauge
