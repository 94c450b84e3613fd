#include "harness/plan/families/family.hpp"

namespace gpugauge {
namespace {

MakeOps read_transfer(EntryReader& entry) {
  const auto kinds = entry.values<TransferKind>("operations");
  const std::vector<std::int64_t> sizes = entry.sizes();
  return [=](const ModelBatches&, const ModelOf&, const AddOp& add) {
    for (const std::int64_t bytes : sizes) {
      for (const TransferKind kind : kinds) add(Transfer{kind, bytes}, {}, {});
    }
  };
}

}  // namespace

Family transfer_family() { return {.name = Transfer::kFamily, .read = read_transfer}; }

}  // namespace gpugauge
