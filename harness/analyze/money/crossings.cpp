#include "harness/analyze/money/crossings.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <set>

namespace gpugauge {
namespace {

bool is_known(const CurvePoint& point) { return point.a && point.b; }

/// By value: who is cheaper though the intervals may overlap.
Cheaper leader(const CurvePoint& point) {
  return point.a->value < point.b->value ? Cheaper::kA : Cheaper::kB;
}

class Tracer {
 public:
  Tracer(const Contender& a, const Contender& b, Axis axis, Load load)
      : a_(a), b_(b), axis_(axis), load_(load) {}

  CurvePoint at(std::int64_t place) const {
    Load load = load_;
    if (axis_ == Axis::kBatch) {
      load.batch = place;
    } else {
      load.input_tokens = place;
    }
    const CardComparison c = compare(a_, b_, load);
    CurvePoint point{.place = place, .a = {}, .b = {}};
    if (c.a) point.a = c.a->dollars_per_million;
    if (c.b) point.b = c.b->dollars_per_million;
    if (c.evens) point.cheaper = c.evens->dollars.cheaper();
    return point;
  }

  /// Halves what lies between a place that has the property and one that has not, in either
  /// direction, until they are neighbours or nothing is known between them.
  template <typename Property>
  void narrow(std::int64_t& with, std::int64_t& without, Property property) const {
    while (std::abs(with - without) > 1) {
      const CurvePoint middle = at(with + (without - with) / 2);
      if (!is_known(middle)) return;
      (property(middle) ? with : without) = middle.place;
    }
  }

 private:
  const Contender& a_;
  const Contender& b_;
  Axis axis_;
  Load load_;
};

/// The doubtless place nearest to `swap`, among the points that one walks along from it while the
/// same contender leads.
template <typename Points>
std::optional<std::int64_t> sure_place(const Tracer& tracer, std::int64_t swap, Cheaper leads,
                                       const Points& walk) {
  const auto is_sure = [&](const CurvePoint& point) { return point.cheaper == leads; };
  if (is_sure(tracer.at(swap))) return swap;
  std::int64_t doubtful = swap;
  for (const CurvePoint& point : walk) {
    if (!is_known(point) || leader(point) != leads) return std::nullopt;
    if (is_sure(point)) {
      std::int64_t sure = point.place;
      tracer.narrow(sure, doubtful, is_sure);
      return sure;
    }
    doubtful = point.place;
  }
  return std::nullopt;
}

/// Between the points `left` and the one after it.
Crossing crossing_after(const Tracer& tracer, const std::vector<CurvePoint>& points,
                        std::size_t left) {
  Crossing crossing;
  crossing.last = points[left].place;
  crossing.first = points[left + 1].place;
  crossing.before = leader(points[left]);
  const Cheaper after = leader(points[left + 1]);
  tracer.narrow(crossing.last, crossing.first,
                [&](const CurvePoint& point) { return leader(point) == crossing.before; });
  const auto middle = points.begin() + static_cast<std::ptrdiff_t>(left) + 1;
  const std::vector<CurvePoint> backwards(std::make_reverse_iterator(middle), points.rend());
  const std::vector<CurvePoint> forwards(middle, points.end());
  crossing.sure_until = sure_place(tracer, crossing.last, crossing.before, backwards);
  crossing.sure_from = sure_place(tracer, crossing.first, after, forwards);
  return crossing;
}

/// Powers of two from `from`, as far as `most`.
std::set<std::int64_t> powers_of_two(std::int64_t from, std::int64_t most) {
  std::set<std::int64_t> powers;
  for (std::int64_t power = from; power <= most; power *= 2) powers.insert(power);
  return powers;
}

}  // namespace

Curve trace(const Contender& a, const Contender& b, Axis axis, const Load& load,
            std::span<const std::int64_t> grid) {
  const Tracer tracer(a, b, axis, load);
  Curve curve{.axis = axis, .load = load, .points = {}, .crossings = {}};
  for (const std::int64_t place : grid) curve.points.push_back(tracer.at(place));
  for (std::size_t i = 0; i + 1 < curve.points.size(); ++i) {
    if (is_known(curve.points[i]) && is_known(curve.points[i + 1]) &&
        leader(curve.points[i]) != leader(curve.points[i + 1]))
      curve.crossings.push_back(crossing_after(tracer, curve.points, i));
  }
  return curve;
}

std::vector<std::int64_t> batch_grid(const Contender& a, const Contender& b,
                                     std::int64_t input_tokens) {
  const std::int64_t of_a = a.largest_batch(input_tokens), of_b = b.largest_batch(input_tokens);
  std::set<std::int64_t> grid = powers_of_two(1, std::max(of_a, of_b));
  for (const std::int64_t batch : {of_a, of_b}) {
    if (batch > 0) grid.insert(batch);
  }
  return {grid.begin(), grid.end()};
}

std::vector<std::int64_t> input_grid(std::int64_t most) {
  constexpr std::int64_t kShortest = 128;
  std::set<std::int64_t> grid = powers_of_two(kShortest, most);
  grid.insert(most);
  return {grid.begin(), grid.end()};
}

}  // namespace gpugauge
