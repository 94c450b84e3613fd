"""scripts/truth/op_error.py: entries that are left out and derived from the rest."""

import gzip
import json
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "truth"))

import method_error  # noqa: E402
import op_error  # noqa: E402
from op_error import Entry  # noqa: E402


def decode(context, ns):
    """Work as decode attention's: it grows with the context."""
    return context, Entry(ns, context * 10, context)


def work(context):
    return decode(context, 0)[1]


class Derived(unittest.TestCase):
    def test_what_lies_between_neighbours_is_straight_in_the_work(self):
        # A third of the way from 10 to 40: 20.
        [(gap, ratio)] = op_error.interpolated([decode(1000, 10), decode(2000, 30), decode(4000, 40)])
        self.assertEqual(gap, 4)
        self.assertAlmostEqual(ratio, 30 / 20)

    def test_outside_it_goes_on_as_over_the_last_factor_of_four(self):
        rest = [decode(1000, 50), decode(2000, 70), decode(4000, 150)]
        self.assertAlmostEqual(op_error.scaled(rest, work(8000), True), 150 + 100 * 4000 / 3000)
        self.assertAlmostEqual(op_error.scaled(rest, work(500), False), 50 - 100 * 500 / 3000)

    def test_one_place_is_scaled_in_proportion(self):
        self.assertEqual(op_error.scaled([decode(1000, 50)], work(2000), True), 100)

    def test_a_slope_stays_between_none_and_proportion(self):
        self.assertEqual(op_error.scaled([decode(1000, 50), decode(4000, 40)], work(8000), True), 40)
        self.assertEqual(op_error.scaled([decode(1000, 1), decode(4000, 100)], work(8000), True), 200)

    def test_ends_are_derived_from_what_is_twice_as_far_inside(self):
        line = [decode(1000, 25), decode(2000, 50), decode(3000, 75), decode(4000, 100), decode(8000, 300)]
        # In proportion up to 4000; the last takes 1.5 times as long, the first is met.
        (beyond, last), (before, first) = op_error.extrapolated(line)
        self.assertEqual((beyond, before), (2, 2))
        self.assertAlmostEqual(last, 1.5)
        self.assertAlmostEqual(first, 1)


class Factors(unittest.TestCase):
    def test_are_quantiles_that_hold_one(self):
        low, high = method_error.factors_of([1 + i / 100 for i in range(21)])
        self.assertEqual(low, 1)
        self.assertAlmostEqual(high, 1.19)
        self.assertEqual(method_error.factors_of([0.8] * 20), [0.8, 1.0])

    def test_the_shipped_ones_are_of_every_family(self):
        text = (ROOT / "configs" / "method_error.yaml").read_text(encoding="utf-8")
        for family in op_error.AXES:
            self.assertIn(f"  {family}:\n", text)


class Tables(unittest.TestCase):
    def test_only_entries_that_do_not_come_from_the_cache_count(self):
        def entry(cache, ns):
            op = {"kind": "attention_decode", "batch": 1, "context": 1024, "heads": 32}
            return {"gpugauge": {"case": {"op": op, "cache": cache}, "work": {"flops": 4, "bytes": 8},
                                 "time_ns": {"median": ns}}}

        result = {"benchmarks": [entry("hot", 1), entry("cold", 7), entry("cold", 5)],
                  "context": {"gpugauge": {"device": {"pin_rate_gbps": 3350}}}}
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "h100.json.gz"
            file.write_bytes(gzip.compress(json.dumps(result).encode()))
            tables, pins = op_error.tables_of(file)
        self.assertEqual(pins, 3350)
        self.assertEqual([entry.ns for table in tables.values() for entry in table.values()], [5])


if __name__ == "__main__":
    unittest.main()
