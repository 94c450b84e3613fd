"""Result files of gpugauge as a table.

    import gpugauge
    cases = gpugauge.read("results/**/*.json")              # a row a case
    samples = gpugauge.read("night/*.json", samples=True)   # a row a sample

Units are in the column names. What a file does not know is missing (NA) in its rows.
"""

import glob
import itertools
import json
import os

__all__ = ["read"]

SCHEMA_VERSION = 1


def read(*paths, samples=False, table="pandas"):
    """Reads result files, in the order of their names.

    paths: files, folders (every .json below them) and patterns, in which ** stands for any folders.
    samples: a row for each timed sample, instead of one for each planned case.
    table: "pandas" (a DataFrame), "arrow" (a pyarrow.Table) or "rows" (a list of dicts; needs no package).

    Raises FileNotFoundError where nothing matches; ValueError where a file is no result file, is incomplete or is that of
    an emulated card; ImportError where the package for the table is not installed.
    """
    if table not in _TABLES:
        raise ValueError(f"table is {table!r}, expected one of {', '.join(_TABLES)}")
    rows_of = _sample_rows if samples else _case_rows
    rows = []
    for path in _files_of(paths):
        result = _load(path)
        try:
            rows += rows_of(path, result)
        except KeyError as error:
            raise ValueError(f"{path}: {error.args[0]!r} is missing") from None
    columns = dict.fromkeys(itertools.chain.from_iterable(rows))
    return _TABLES[table]([{column: row.get(column) for column in columns} for row in rows])


def _files_of(paths):
    if not paths:
        raise ValueError("no file is named")
    files = []
    for path in map(os.fspath, paths):
        if os.path.isdir(path):
            found = glob.glob(os.path.join(glob.escape(path), "**", "*.json"), recursive=True)
        elif os.path.exists(path):
            found = [path]
        else:
            found = glob.glob(path, recursive=True)
        if not found:
            raise FileNotFoundError(f"{path}: no such file")
        files += sorted(found)
    return list(dict.fromkeys(files))


def _load(path):
    try:
        with open(path, encoding="utf-8") as file:
            result = json.load(file)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    context = result.get("context") if isinstance(result, dict) else None
    ours = context.get("gpugauge") if isinstance(context, dict) else None
    if not isinstance(ours, dict):
        raise ValueError(f"{path}: no result file of gpugauge: it has no context.gpugauge")
    if ours.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"{path}: schema_version is {ours.get('schema_version')}, expected {SCHEMA_VERSION}")
    if ours.get("emulated"):
        raise ValueError(f"{path}: of an emulated card, on which nothing is measured")
    return result


def _run_of(path, result):
    """What all rows of a file share."""
    ours = result["context"]["gpugauge"]
    return {"file": path, "run_id": ours["run_id"], "started_utc": result["context"]["date"],
            "suite": ours["suite"]["name"], "device_id": ours["device"]["id"], "device": ours["device"]["name"],
            "device_uuid": ours["device"].get("uuid"), "driver_version": ours["device"].get("driver_version"),
            "gpugauge_version": ours["software"]["gpugauge_version"], "git_sha": ours["software"]["git_sha"]}


def _case_rows(path, result):
    run = _run_of(path, result)
    for entry in result["benchmarks"]:
        yield {**run, **_case_of(entry)}
    for case in result["context"]["gpugauge"]["not_measured"]:
        yield {**run, "case": case["name"], "status": case["status"], "reason": case["reason"]}


def _case_of(entry):
    ours = entry["gpugauge"]
    case, work, time_ns = ours["case"], ours["work"], ours["time_ns"]
    verification, median = ours["verification"], time_ns["median"]
    return {
        "case": entry["name"], "repetition": entry["repetition_index"], "status": "ok", "reason": None, "origin": ours["origin"],
        "family": case["op"]["kind"], "model": case["model"] or None, "role": case["role"] or None,
        "implementation": case["implementation"], "library": case["library"], "cache": case["cache"], "data": case["data"],
        "semantics_version": case["semantics_version"],
        "median_ns": median, "low_ns": time_ns["low"], "high_ns": time_ns["high"], "confidence": time_ns["confidence"],
        "burst_ns": ours.get("burst_time_ns"),
        "rate_gb_per_s": work["bytes"] / median or None, "rate_tflops": work["flops"] / median / 1e3 or None,
        "work_bytes": work["bytes"], "work_flop": work["flops"],
        "samples": ours["samples"]["count"], "launches_per_sample": ours["samples"]["launches_per_sample"],
        "stop": ours["stop"], "flags": " ".join(ours["flags"]), "details": ours["details"],
        "clock_mhz": ours["telemetry"].get("clock_mhz"), "mean_power_w": ours["telemetry"].get("mean_power_w"),
        "temperature_max_c": ours["telemetry"].get("temperature_max_c"),
        "memory_temperature_max_c": ours["telemetry"].get("memory_temperature_max_c"),
        "verified": verification["passed"], "max_error": verification["max_error"],
        "relative_error": verification["relative_error"],
        **{_op_column(key): value for key, value in case["op"].items() if key != "kind"},
    }


def _op_column(key):
    """The fields of an operation's shape stand beside `work_bytes` and `work_flop`."""
    return "op_flop" if key == "flops" else f"op_{key}"


def _sample_rows(path, result):
    run = _run_of(path, result)
    for entry in result["benchmarks"]:
        columns = {key: values for key, values in entry["gpugauge"]["samples"].items() if isinstance(values, list)}
        for index, values in enumerate(zip(*columns.values())):
            yield {**run, "case": entry["name"], "repetition": entry["repetition_index"], "sample": index, **dict(zip(columns, values))}


def _package(name, table):
    try:
        return __import__(name)
    except ImportError:
        raise ImportError(f"table={table!r} needs {name}: pip install {name}; table='rows' needs no package") from None


def _pandas(rows):
    pandas = _package("pandas", "pandas")
    frame = pandas.DataFrame(rows)
    for column in frame:
        # pandas would make floats of whole numbers and objects of truth values, where one is missing.
        kinds = {type(row[column]) for row in rows}
        if kinds == {int, type(None)}:
            frame[column] = pandas.array([row[column] for row in rows], dtype="Int64")
        elif kinds == {bool, type(None)}:
            frame[column] = pandas.array([row[column] for row in rows], dtype="boolean")
    return frame


def _arrow(rows):
    pyarrow = _package("pyarrow", "arrow")
    return pyarrow.table({column: [row[column] for row in rows] for column in (rows[0] if rows else ())})


_TABLES = {"pandas": _pandas, "arrow": _arrow, "rows": lambda rows: rows}
