#!/usr/bin/env python3
"""Measures how far times of ops that are not in a table are from those that are, and writes what it finds into
configs/method_error.yaml, section `ops`.

usage: op_error.py H100_VLLM H100_TRTLLM [--check FILE …] [--write configs/method_error.yaml]

The files are results of import_aiconfigurator.py, all of H100 but those of --check. Of the first, every entry is left
out in turn and derived from the rest as harness/analyze/step/op_times.cpp does:
- interpolated: between the neighbours on one axis of the op, by its work;
- extrapolated: an axis is cut so that its last (or first) place is twice as far away as what is left;
- modelled: the roofline of the table's own peaks, where that is at least 10 µs.
Imported entries have no samples: their error is that of BF16 GEMMs, which all frameworks take from cuBLAS, in two
frameworks' tables, without the median of the difference. Factors are the 5% and the 95% quantile of true over derived.
With --check: which share of the entries of other cards the intervals hold. Nothing is fitted on them.
"""

import argparse
import collections
import gzip
import itertools
import json
import math
import pathlib
import statistics

from method_error import factors_of, rewrite, section_of_ops

AXES = {"gemm": {"k": "k", "n": "n", "m": "m"}, "attention_decode": {"b": "batch", "c": "context"},
        "attention_prefill": {"b": "batch", "t": "tokens"}, "all_reduce": {"bytes": "bytes"}}
MEASURED_GAP, SLOPE_SPAN, LAUNCH_GAP_NS, SMALL_KERNEL_NS = 4, 4, 1300, 10000  # as op_times.cpp
FITTED_DISTANCE = 2
FEWEST = 20  # entries that have a 5% quantile; fewer take that of the interpolation


class Entry:
    def __init__(self, time_ns, flops, bytes_):
        self.ns, self.flops, self.bytes = time_ns, flops, bytes_

    @property
    def work(self):
        return self.flops or self.bytes


def tables_of(path):
    """{(family, what is not on an axis): {places: Entry}}, and the bandwidth of the pins in bytes per ns."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as file:
        result = json.load(file)
    tables = collections.defaultdict(dict)
    for benchmark in result["benchmarks"]:
        ours = benchmark["gpugauge"]
        op, work = ours["case"]["op"], ours["work"]
        axes = AXES.get(op["kind"])
        if axes is None or ours["case"]["cache"] != "cold":
            continue
        fixed = (op["kind"], *sorted((key, value) for key, value in op.items() if key not in axes.values()))
        places = tuple(op[name] for name in axes.values())
        entry = Entry(ours["time_ns"]["median"], work["flops"], work["bytes"])
        known = tables[fixed].get(places)
        if known is None or entry.ns < known.ns:
            tables[fixed][places] = entry
    return tables, result["context"]["gpugauge"]["device"]["pin_rate_gbps"]


def lines_of(tables):
    """(family, axis, [(place, Entry)]): all entries of a table along one axis, the rest the same."""
    for fixed, entries in tables.items():
        for index, axis in enumerate(AXES[fixed[0]]):
            lines = collections.defaultdict(list)
            for places, entry in entries.items():
                lines[places[:index] + places[index + 1:]].append((places[index], entry))
            for line in lines.values():
                yield fixed[0], axis, sorted(line, key=lambda each: each[0])


def interpolated(line):
    """(gap, true over derived) of every place but the ends."""
    for (x0, low), (_, middle), (x1, high) in zip(line, line[1:], line[2:]):
        share = (middle.work - low.work) / (high.work - low.work)
        yield x1 / x0, middle.ns / (low.ns + share * (high.ns - low.ns))


def scaled(rest, target, is_beyond):
    """The time of `target`, outside of `rest`."""
    place, end = rest[-1] if is_beyond else rest[0]
    inside = [entry for at, entry in rest if (at * SLOPE_SPAN <= place if is_beyond else at >= place * SLOPE_SPAN)]
    proportional = target.work / end.work
    if not inside:
        return end.ns * proportional
    inner = inside[-1] if is_beyond else inside[0]
    slope = (end.ns - inner.ns) / (end.work - inner.work)
    grown = 1 + slope * (target.work - end.work) / end.ns
    return end.ns * min(max(grown, min(1.0, proportional)), max(1.0, proportional))


def extrapolated(line):
    """(distance, true over derived) of both ends."""
    for is_beyond in (True, False):
        place, target = line[-1] if is_beyond else line[0]
        rest = [(at, entry) for at, entry in line
                if (at * FITTED_DISTANCE <= place if is_beyond else at >= place * FITTED_DISTANCE)]
        if len(rest) < 2:
            continue
        nearest = rest[-1][0] if is_beyond else rest[0][0]
        yield (place / nearest if is_beyond else nearest / place), target.ns / scaled(rest, target, is_beyond)


def modelled(tables, pins):
    """{family: [true over derived]}"""
    ratios = collections.defaultdict(list)
    for fixed, entries in tables.items():
        if fixed[0] == "all_reduce":
            continue
        kind = dict(fixed[1:]).get("weights", "bf16")
        peak = max(entry.flops / entry.ns for other, each in tables.items()
                   if other[0] == "gemm" and dict(other[1:])["weights"] == kind for entry in each.values())
        by_arithmetic = fixed[0] != "attention_decode"
        for entry in entries.values():
            roofline = max(entry.bytes / pins, entry.flops / peak if by_arithmetic else 0)
            if roofline + LAUNCH_GAP_NS >= SMALL_KERNEL_NS:
                ratios[fixed[0]].append(entry.ns / (roofline + LAUNCH_GAP_NS))
    return ratios


def by_axis(tables, derive):
    ratios = collections.defaultdict(list)
    for family, axis, line in lines_of(tables):
        ratios[family, axis].extend(derive(line))
    return ratios


def of_two_frameworks(tables, others):
    """True over derived of BF16 GEMMs, one framework's by another's."""
    ratios = [entry.ns / others[fixed][places].ns for fixed, entries in tables.items()
              if fixed[0] == "gemm" and ("weights", "bf16") in fixed for places, entry in entries.items()
              if places in others.get(fixed, {})]
    middle = statistics.median(ratios)
    return [ratio / middle for ratio in ratios]


def measure(tables, pins, imported):
    between, outside, roofline = by_axis(tables, interpolated), by_axis(tables, extrapolated), modelled(tables, pins)
    ops = {}
    for family, axes in AXES.items():
        ops[family] = {
            "imported": imported,
            "interpolated": {axis: factors_of([ratio for gap, ratio in between[family, axis] if gap <= MEASURED_GAP])
                             for axis in axes}}
        ops[family]["extrapolated"] = {
            axis: factors_of([ratio for _, ratio in outside[family, axis]])
            if len(outside[family, axis]) >= FEWEST else ops[family]["interpolated"][axis] for axis in axes}
        if roofline[family]:
            ops[family]["modelled"] = factors_of(roofline[family])
    return ops


def holds(factors, ratio, exponent=1.0):
    return factors[0] ** exponent <= ratio <= factors[1] ** exponent


def coverage(ops, tables, pins):
    """{(family, origin): (entries, share inside)}"""
    found = {}
    between, outside = by_axis(tables, interpolated), by_axis(tables, extrapolated)
    for family, axes in AXES.items():
        inside = {"interpolated": [holds(ops[family]["interpolated"][axis], ratio,
                                         max(1.0, math.log(gap, MEASURED_GAP)))
                                   for axis in axes for gap, ratio in between[family, axis]],
                  "extrapolated": [holds(ops[family]["extrapolated"][axis], ratio, max(1.0, math.log2(distance)))
                                   for axis in axes for distance, ratio in outside[family, axis]]}
        if "modelled" in ops[family]:
            inside["modelled"] = [holds(ops[family]["modelled"], ratio)
                                  for ratio in modelled(tables, pins)[family]]
        for origin, each in inside.items():
            if each:
                found[family, origin] = len(each), sum(each) / len(each)
    return found


def main():
    parser = argparse.ArgumentParser(description="errors of derived times of ops, from imported tables")
    parser.add_argument("fitted", type=pathlib.Path, metavar="H100_VLLM")
    parser.add_argument("other", type=pathlib.Path, metavar="H100_TRTLLM")
    parser.add_argument("--check", nargs="+", type=pathlib.Path, default=[], metavar="FILE")
    parser.add_argument("--write", type=pathlib.Path, metavar="YAML")
    arguments = parser.parse_args()
    tables, pins = tables_of(arguments.fitted)
    ops = measure(tables, pins, factors_of(of_two_frameworks(tables, tables_of(arguments.other)[0])))
    print("\n".join(section_of_ops(ops)))
    for path in itertools.chain([arguments.fitted], arguments.check):
        for (family, origin), (entries, share) in coverage(ops, *tables_of(path)).items():
            print(f"{path.name}: {family} {origin}: {share:.1%} of {entries} inside")
    if arguments.write:
        rewrite(arguments.write, {"ops": section_of_ops(ops)})


if __name__ == "__main__":
    main()
