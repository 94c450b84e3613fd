"""Result files of gpugauge as a table.

    import gpugauge
    cases = gpugauge.read("results/**/*.json")              # a row a case
    samples = gpugauge.read("night/*.json", samples=True)   # a row a sample

Units are in the column names. What a file does not know is missing (NA) in its rows.
"""

import contextlib
import glob
import gzip
import io
import itertools
import json
import math
import os
import zlib

__all__ = ["read"]

SCHEMA_VERSION = 1
_ENDINGS = ("*.json", "*.json.gz")
_MOST_UNPACKED_BYTES = 2 << 30  # as harness/record/gzip.hpp


def read(*paths, samples=False, table="pandas"):
    """Reads result files, in the order of their names.

    paths: files, compressed (.gz) or not, folders (every .json and .json.gz below them) and patterns, in which ** stands for any folders.
    samples: a row for each timed sample, instead of one for each planned case.
    table: "pandas" (a DataFrame), "arrow" (a pyarrow.Table) or "rows" (a list of dicts; needs no package).

    Raises FileNotFoundError where nothing matches; ValueError where a file is no result file, is incomplete or is that of
    an emulated card; ImportError where the package for the table is not installed.

    The rows are what the file says. Whether a rate is above what the silicon can do is checked by `gpugauge show`, not here.
    """
    if table not in _TABLES:
        raise ValueError(f"table is {table!r}, expected one of {', '.join(_TABLES)}")
    rows_of = _sample_rows if samples else _case_rows
    rows = []
    for path in _files_of(paths):
        with _in(path):
            rows += rows_of(path, _load(path))
    columns = dict.fromkeys(itertools.chain.from_iterable(rows))
    return _TABLES[table]([{column: row.get(column) for column in columns} for row in rows])


@contextlib.contextmanager
def _in(where):
    """What is wrong in there is a ValueError that says where."""
    try:
        yield
    except KeyError as error:
        raise ValueError(f"{where}: {error.args[0]!r} is missing") from None
    except (AttributeError, OverflowError, TypeError) as error:
        raise ValueError(f"{where}: a value is not of the kind that gpugauge writes: {error}") from None
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from None


def _files_of(paths):
    if not paths:
        raise ValueError("no file is named")
    files = []
    for path in map(os.fspath, paths):
        if os.path.isdir(path):
            below = os.path.join(glob.escape(path), "**")
            found = [file for ending in _ENDINGS for file in glob.glob(os.path.join(below, ending), recursive=True)]
            if not found:
                raise FileNotFoundError(f"{path}: no result file ({', '.join(_ENDINGS)}) in this folder")
        elif os.path.exists(path):
            found = [path]
        else:
            found = glob.glob(path, recursive=True)
        if not found:
            raise FileNotFoundError(f"{path}: no such file")
        files += sorted(found)
    return list(dict.fromkeys(files))


def _content_of(path):
    with open(path, "rb") as file:
        content = file.read()
    if content.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as packed:
                content = packed.read(_MOST_UNPACKED_BYTES + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise ValueError(f"the gzip is damaged or cut off: {error}") from None
        if len(content) > _MOST_UNPACKED_BYTES:
            raise ValueError(f"unpacks to more than {_MOST_UNPACKED_BYTES} bytes, expected a result file")
    if content.startswith(b"version https://git-lfs.github.com/spec/"):
        raise ValueError("a Git LFS pointer, not the file itself: git lfs pull fetches it")
    return content.decode("utf-8-sig")


def _load(path):
    if path.endswith(".partial"):
        raise ValueError("of an unfinished run, which `gpugauge run --resume` continues")
    result = json.loads(_content_of(path))
    context = result.get("context") if isinstance(result, dict) else None
    ours = context.get("gpugauge") if isinstance(context, dict) else None
    if not isinstance(ours, dict):
        raise ValueError("no result file of gpugauge: it has no context.gpugauge")
    if ours.get("schema_version") != SCHEMA_VERSION:
        raise ValueError(f"schema_version is {ours.get('schema_version')}, expected {SCHEMA_VERSION}")
    if ours.get("emulated"):
        raise ValueError("of an emulated card, on which nothing is measured")
    if ours["complete"] is not True:
        raise ValueError("the run was not finished")
    return result


def _list_in(node, key):
    if not isinstance(node[key], list):
        raise ValueError(f"{key} is {json.dumps(node[key])}, expected a list")
    return node[key]


def _number_in(node, key, expected, fits):
    value = node[key]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not (fits(value) and value < math.inf):
        raise ValueError(f"{key} is {json.dumps(value)}, expected {expected}")
    return value


def _time_in(node, key):
    return _number_in(node, key, "a time above 0", lambda value: value > 0)


def _work_in(node, key):
    return _number_in(node, key, "a number from 0 on", lambda value: value >= 0)


def _run_of(path, result):
    """What all rows of a file share."""
    ours = result["context"]["gpugauge"]
    return {"file": path, "run_id": ours["run_id"], "started_utc": result["context"]["date"],
            "suite": ours["suite"]["name"], "device_id": ours["device"]["id"], "device": ours["device"]["name"],
            "device_uuid": ours["device"].get("uuid"), "driver_version": ours["device"].get("driver_version"),
            "gpugauge_version": ours["software"]["gpugauge_version"], "git_sha": ours["software"]["git_sha"]}


def _case_rows(path, result):
    run = _run_of(path, result)
    for entry in _list_in(result, "benchmarks"):
        with _in(entry["name"]):
            row = _case_of(entry)
        yield {**run, **row}
    for case in _list_in(result["context"]["gpugauge"], "not_measured"):
        yield {**run, "case": case["name"], "status": case["status"], "reason": case["reason"]}


def _case_of(entry):
    ours = entry["gpugauge"]
    case, work, time_ns = ours["case"], ours["work"], ours["time_ns"]
    verification, median = ours["verification"], _time_in(time_ns, "median")
    work_bytes, flop = _work_in(work, "bytes"), _work_in(work, "flops")
    return {
        "case": entry["name"], "repetition": entry["repetition_index"], "status": "ok", "reason": None, "origin": ours["origin"],
        "family": case["op"]["kind"], "model": case["model"] or None, "role": case["role"] or None,
        "implementation": case["implementation"], "library": case["library"], "cache": case["cache"], "data": case["data"],
        "semantics_version": case["semantics_version"],
        "median_ns": median, "low_ns": _time_in(time_ns, "low"), "high_ns": _time_in(time_ns, "high"),
        "confidence": time_ns["confidence"],
        "burst_ns": ours.get("burst_time_ns"),
        "rate_gb_per_s": work_bytes / median or None, "rate_tflops": flop / median / 1e3 or None,
        "work_bytes": work_bytes, "work_flop": flop,
        "samples": ours["samples"]["count"], "launches_per_sample": ours["samples"]["launches_per_sample"],
        "stop": ours["stop"], "flags": " ".join(ours["flags"]), "details": ours["details"],
        "clock_mhz": ours["telemetry"].get("clock_mhz"),
        "kernel_clock_mhz": ours["telemetry"].get("kernel_clock_mhz"),
        "mean_power_w": ours["telemetry"].get("mean_power_w"),
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
    for entry in _list_in(result, "benchmarks"):
        with _in(entry["name"]):
            samples = entry["gpugauge"]["samples"]
            columns = {key: values for key, values in samples.items() if isinstance(values, list)}
            if len({len(values) for values in columns.values()}) > 1:
                raise ValueError("the lists of its samples differ in length")
        for index, values in enumerate(zip(*columns.values())):
            yield {**run, "case": entry["name"], "repetition": entry["repetition_index"], "sample": index, **dict(zip(columns, values))}


def _package(name, table):
    try:
        return __import__(name)
    except ImportError:
        raise ImportError(f"table={table!r} needs {name}: pip install {name}; table='rows' needs no package") from None


def _bits_of(values):
    """The type of 64 bits that holds every number of a column: masks of reasons use all 64."""
    numbers = [value for value in values if value is not None]
    if all(-2**63 <= number < 2**63 for number in numbers):
        return "Int64"
    return "UInt64" if all(0 <= number < 2**64 for number in numbers) else "Float64"


def _pandas(rows):
    pandas = _package("pandas", "pandas")
    frame = pandas.DataFrame(rows)
    for column in frame:
        # pandas would make floats of whole numbers and objects of truth values, where one is missing.
        values = [row[column] for row in rows]
        kinds = set(map(type, values))
        if kinds == {int, type(None)}:
            frame[column] = pandas.array(values, dtype=_bits_of(values))
        elif kinds == {bool, type(None)}:
            frame[column] = pandas.array(values, dtype="boolean")
    return frame


def _arrow(rows):
    pyarrow = _package("pyarrow", "arrow")

    def array(values):
        kinds = set(map(type, values)) - {type(None)}
        bits = _bits_of(values) if kinds == {int} else "Float64" if kinds == {int, float} else None
        if bits == "Float64":
            values = [None if value is None else float(value) for value in values]
        return pyarrow.array(values, type=bits and getattr(pyarrow, bits.lower())())

    return pyarrow.table({column: array([row[column] for row in rows]) for column in (rows[0] if rows else ())})


_TABLES = {"pandas": _pandas, "arrow": _arrow, "rows": lambda rows: rows}
