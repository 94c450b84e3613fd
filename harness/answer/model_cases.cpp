#include "harness/answer/model_cases.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "harness/analyze/step/decode_step.hpp"
#include "harness/analyze/step/prefill.hpp"
#include "harness/answer/imported_files.hpp"
#include "kernels/ops/op.hpp"

namespace gpugauge {
namespace {

using Places = std::set<std::int64_t>;

/// `place` where it is one of them, else those around it.
Places around(const Places& places, std::int64_t place) {
  Places found;
  const auto above = places.lower_bound(place);
  if (above != places.end()) found.insert(*above);
  if (above != places.begin() && (above == places.end() || *above != place))
    found.insert(*std::prev(above));
  return found;
}

/// The op wherever it stands on its axes.
Op without_places(Op op) {
  for (const OpAxis& axis : axes_of(op)) *axis.place = 0;
  return op;
}

/// What the models run: their GEMMs, and their other ops wherever they stand.
class ModelOps {
 public:
  explicit ModelOps(std::span<const ModelConfig> models) {
    for (const ModelConfig& model : models) {
      for (const Precision precision : all_of<Precision>) {
        add(decode_ops(model, {.precision = precision}));
        add(prefill_ops(model, {.precision = precision}));
      }
    }
  }

  /// Those of the record that speak for them: what they run themselves before its neighbours.
  std::vector<Measurement> among(const std::vector<Measurement>& all) const {
    std::map<DType, std::map<std::int64_t, Places>> outputs;  // by type and K
    for (const Measurement& m : all) {
      if (const auto* gemm = std::get_if<Gemm>(&m.c.op))
        outputs[gemm->weights][gemm->k].insert(gemm->n);
    }
    std::set<std::tuple<DType, std::int64_t, std::int64_t>> kept;
    for (const auto& [type, by_k] : outputs) {
      Places depths;
      for (const auto& [k, n] : by_k) depths.insert(k);
      for (const auto& [n, k] : gemms_) {
        for (const std::int64_t depth : around(depths, k)) {
          for (const std::int64_t width : around(by_k.at(depth), n))
            kept.emplace(type, width, depth);
        }
      }
    }
    std::vector<Measurement> own;
    std::copy_if(all.begin(), all.end(), std::back_inserter(own), [&](const Measurement& m) {
      const auto* gemm = std::get_if<Gemm>(&m.c.op);
      return gemm != nullptr ? kept.contains({gemm->weights, gemm->n, gemm->k})
                             : others_.contains(without_places(m.c.op));
    });
    std::stable_partition(own.begin(), own.end(), [&](const Measurement& m) {
      const auto* gemm = std::get_if<Gemm>(&m.c.op);
      return gemm == nullptr || gemms_.contains({gemm->n, gemm->k});
    });
    return own;
  }

 private:
  void add(const std::vector<StepOp>& ops) {
    for (const StepOp& step : ops) {
      if (const auto* gemm = std::get_if<Gemm>(&step.op)) {
        gemms_.emplace(gemm->n, gemm->k);
      } else {
        others_.insert(without_places(step.op));
      }
    }
  }

  std::set<std::pair<std::int64_t, std::int64_t>> gemms_;  ///< N and K
  std::set<Op> others_;
};

}  // namespace

std::optional<Record> model_cases(const Record& record, std::span<const ModelConfig> models) {
  if (models.empty() || !is_imported(record)) return std::nullopt;
  Record own = record;
  own.measurements = ModelOps(models).among(record.measurements);
  return own;
}

}  // namespace gpugauge
