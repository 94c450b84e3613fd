"""One card's tables of one backend and version as a result file, with an account of what was left out."""

import collections
import dataclasses
import pathlib
from typing import Optional

from aiconfigurator_import.entries import context_of, device_of, entry_of, is_hot, maker_of, number, sha256_of
from aiconfigurator_import.find import SCALES, find_tables
from aiconfigurator_import.ops import CONVERTERS
from aiconfigurator_import.shapes import next_to
from aiconfigurator_import.tables import count_rows, rows_of
from command_line import nearest
from result_file import WrongInput


@dataclasses.dataclass
class Selection:
    """What is wanted of the tables; empty sets want everything."""
    heads: set = dataclasses.field(default_factory=set)
    linears: set = dataclasses.field(default_factory=set)  # (n, k): the GEMMs next to each are kept
    every_m: bool = False
    static_scales: bool = False  # FP8 GEMMs without the time that scales of each input take
    device: Optional[str] = None  # of tables with rows of several cards the one that is meant

    def reason_against_m(self, op):
        if self.every_m or op["m"] // (op["m"] & -op["m"]) in (1, 3):
            return ""
        return "of an m that is neither a power of two nor three times one"

    def reason_against(self, op, kept):
        if op["kind"] == "gemm":
            if self.reason_against_m(op):
                return self.reason_against_m(op)
            if self.linears and (op["n"], op["k"]) not in kept[op["weights"]]:
                return "of an (n, k) that no model asked for needs"
        elif op["kind"] != "all_reduce" and self.heads:
            if (op["heads"], op["kv_heads"], op["head_dim"]) not in self.heads:
                return "of heads that were not asked for"
        return ""


@dataclasses.dataclass
class Imported:
    result: dict
    report: list  # lines: per table what was imported, what was left out and why


def kept_shapes(converted, selection, bytes_per_second):
    """{dtype: (n, k) to keep}: the neighbours of each linear, and those of them that were never read from the cache."""
    grids, hot = collections.defaultdict(set), collections.defaultdict(set)
    for row, one in converted:
        if isinstance(one, str) or one.op["kind"] != "gemm" or selection.reason_against_m(one.op):
            continue
        shape = (one.op["n"], one.op["k"])
        grids[one.op["weights"]].add(shape)
        if is_hot(one, row.latency_ns(), bytes_per_second):
            hot[one.op["weights"]].add(shape)
    return {dtype: next_to(selection.linears, grid) | next_to(selection.linears, grid - hot[dtype])
            for dtype, grid in grids.items()}


def in_words(table, found, imported, left_out):
    text = f"{table} {found.version}{f' ({found.why})' if found.why else ''}: {imported} rows imported"
    if left_out:
        text += "; left out " + ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
    return text


def device_named(converted, wanted):
    """`wanted`, else the name in most rows that are an op of ours: rows of another card stand in a few tables."""
    names = collections.Counter(row.values["device"] for row, one in converted
                                if not isinstance(one, str) and row.values.get("device"))
    if wanted and wanted not in names:
        raise WrongInput(f"--device '{wanted}': no row is of it{nearest(wanted, names) or ';'} the tables have "
                         f"{', '.join(sorted(names)) or 'no names'}")
    return wanted or (max(names, key=lambda name: (names[name], name)) if names else None)


def scales_of(systems, found):
    """{(m, k): ns} of the table of scales."""
    rows = rows_of(systems.where(found.name), systems.read(found.name), SCALES)
    return {(row.whole("m"), row.whole("k")): row.latency_ns(may_be_zero=True) for row in rows
            if row.text("quant_dtype") == "fp8"}


def with_static_scales(one, time_ns, scales):
    """The GEMM under the name of a kernel with static scales, its time, and the reason why there is none."""
    scale_ns = scales.get((one.op["m"], one.op["k"]))
    if scale_ns is None or scale_ns >= time_ns:
        return one, time_ns, "without a time of the scales"
    static = dataclasses.replace(one, implementation=f"{one.implementation}.static_scales")
    return static, round(time_ns - scale_ns, 1), ""


def import_tables(systems, system, backend, version, selection, when, argv):
    systems.require(system)
    gpu = systems.gpu(system)
    tables = find_tables(systems, system, backend, version, (SCALES,) if selection.static_scales else ())
    scales = tables.found.pop(SCALES, None)
    if selection.static_scales and scales is None:
        raise WrongInput(f"{systems.where(f'data/{system}')}: no {SCALES} of {tables.backend} {tables.version} or older: "
                         "static scales are not known")
    scales = scales_of(systems, scales) if scales else {}
    contents = {table: systems.read(found.name) for table, found in tables.found.items()}
    converted = {table: [(row, CONVERTERS[table](row))
                         for row in rows_of(systems.where(found.name), contents[table], table)]
                 for table, found in tables.found.items()}
    device = device_named([pair for pairs in converted.values() for pair in pairs], selection.device)
    if device is None:
        raise WrongInput(f"{systems.where(f'data/{system}')}: {tables.backend} {tables.version}: no row to import: "
                         f"{explain(tables, converted)}")
    entries, versions, report = [], {}, []
    for table, found in tables.found.items():
        kept = kept_shapes(converted[table], selection, gpu["mem_bw"]) if selection.linears else {}
        before, left_out = len(entries), collections.Counter()
        for row, one in converted[table]:
            reason = one if isinstance(one, str) else selection.reason_against(one.op, kept)
            other = row.values.get("device") or device
            if not reason and other != device:
                reason = f"of another card: {other}"
            time_ns = 0 if reason else row.latency_ns()
            if not reason and selection.static_scales and one.quantizes_input:
                one, time_ns, reason = with_static_scales(one, time_ns, scales)
            if reason:
                left_out[reason] += 1
                continue
            maker = maker_of(row, found)
            versions.update([maker])
            entries.append(entry_of(one, time_ns, " ".join(maker), gpu["mem_bw"]))
        report.append(in_words(table, found, len(entries) - before, left_out))
    report += [f"{table}: none of {tables.backend} {tables.version} or older" for table in tables.missing]
    if tables.unread:
        counts = ((pathlib.PurePosixPath(name).stem, count_rows(systems.where(name), systems.read(name)))
                  for name in tables.unread)
        report.append("no op of gpugauge: " + ", ".join(f"{table} ({count} rows)" for table, count in sorted(counts)))
    if not entries:
        raise WrongInput(f"{systems.where(f'data/{system}')}: no row to import: {'; '.join(report)}")
    planned = number(entries)
    sources = {pathlib.PurePosixPath(found.name).name: sha256_of(contents[table])
               for table, found in tables.found.items()}
    context = context_of(system, systems.text(f"{system}.yaml"), sources, device_of(device, gpu), versions, planned,
                         when, argv)
    return Imported({"context": context, "benchmarks": entries}, report)


def explain(tables, converted):
    left_out = collections.Counter(one for pairs in converted.values() for _, one in pairs if isinstance(one, str))
    return ", ".join(f"{count} {reason}" for reason, count in left_out.most_common()) or \
        f"none of {', '.join(CONVERTERS)}"
