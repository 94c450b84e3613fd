#!/usr/bin/env python3
"""Turns the per-op latencies of NVIDIA's aiconfigurator into a result file of gpugauge.

usage: import_aiconfigurator.py SYSTEMS_FOLDER --system NAME -o FILE
       [--backend NAME] [--version V] [--heads H/KV/D …] [--every-m]

SYSTEMS_FOLDER is aiconfigurator's `systems`: NAME.yaml beside data/NAME. A card that one does not have can
then stand in a comparison: every entry is labelled `imported`. It has one time, no samples and no verification.

Read are GEMMs (bfloat16 and fp8 per tensor), attention over the whole context (decode with a bfloat16 or fp8 cache,
prefill with a bfloat16 one), and NCCL's all-reduces of 16-bit numbers over 2, 4 and 8 cards. Of m only powers of two are taken, unless --every-m is given; --heads keeps
only attention of that many query heads, key and value heads, and elements a head. An entry that is faster than the
memory of the card is marked `hot`: it was read from the cache. The tables do not say how long a page of the KV
cache is: it is taken to be vLLM's default.

Exit status: 0; 2 if the command line or a file is wrong; 3 if a Parquet table cannot be read here.
"""

import argparse
import csv
import hashlib
import json
import math
import pathlib
import re
import sys
import uuid

from result_file import UNKNOWN, CannotRun, WrongInput, benchmark_of, run_script, software_of, utc_now

DTYPES = {"bfloat16": "bf16", "fp8": "fp8_e4m3"}
BYTES = {"bf16": 2, "fp8_e4m3": 1}
TABLES = ("gemm_perf", "generation_attention_perf", "context_attention_perf", "nccl_perf")
COMMUNICATION = "nccl_perf"  # lies in a folder of its own, by NCCL's version: no backend made it
NCCL_DTYPES = ("half", "bfloat16")
CARDS = (2, 4, 8)
PAGE_TOKENS = 16  # vLLM's default block size on CUDA (vllm/config/cache.py)
CONFIDENCE = 0.95  # that the format gives every interval; an imported one is a single number


def gpu_of(path):
    """The numbers under `gpu:` of a system's YAML: a flat block of `name: number`."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongInput(f"{path}: {error}") from error
    numbers, inside = {}, False
    for line in lines:
        text = line.split("#", 1)[0].rstrip()
        if text and not text[0].isspace():
            inside = text == "gpu:"
        elif inside and text:
            name, _, value = text.strip().partition(":")
            try:
                numbers[name] = float(value)
            except ValueError:
                pass  # a name or a list: nothing that is read here
    for name in ("mem_bw", "mem_capacity", "sm_version"):
        if not (math.isfinite(numbers.get(name, 0)) and numbers.get(name, 0) > 0):
            raise WrongInput(f"{path}: gpu.{name}: found {numbers.get(name, 'nothing')}, expected a number above 0")
    return numbers


def find_tables(folder, backend, version):
    """The one file of each table. The layout above backend/version/table has changed over time."""
    if not folder.is_dir():
        raise WrongInput(f"{folder}: no such folder")
    found = {}
    for table in TABLES:
        files = [file for suffix in ("parquet", "csv", "txt") for file in sorted(folder.rglob(f"{table}.{suffix}"))
                 if table == COMMUNICATION or
                 backend in (None, file.parent.parent.name) and version in (None, file.parent.name)]
        if table == COMMUNICATION:
            files = sorted(files, key=lambda file: [int(part) for part in re.findall(r"\d+", file.parent.name)])[-1:]
        if len(files) > 1:
            choices = ", ".join(f"{file.parent.parent.name} {file.parent.name}" for file in files)
            raise WrongInput(f"{folder}: several {table}: {choices}: choose with --backend and --version")
        if files:
            found[table] = files[0]
    if "gemm_perf" not in found:
        raise WrongInput(f"{folder}: no gemm_perf of backend {backend or 'any'}, version {version or 'any'}")
    return found


def rows_of(path):
    """(place for messages, row) of a table."""
    if path.suffix == ".parquet":
        try:
            import pyarrow.parquet
        except ImportError as error:
            raise CannotRun(f"{path}: Parquet needs pyarrow: python3 -m pip install pyarrow") from error
        try:
            rows = pyarrow.parquet.read_table(path).to_pylist()
        except (OSError, pyarrow.ArrowException) as error:
            raise WrongInput(f"{path}: {str(error).splitlines()[0]}") from error
        first = 1
    else:
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise WrongInput(f"{path}: {error}") from error
        first = 2
    return [(f"{path}:{number}", row) for number, row in enumerate(rows, first)]


class Row:
    """A row with checked columns."""

    def __init__(self, place, values):
        self.place, self.values = place, values

    def text(self, column):
        value = self.values.get(column)
        if not isinstance(value, str) or not value:
            raise WrongInput(f"{self.place}: {column}: found {value!r}, expected a text")
        return value

    def whole(self, column, least=1):
        value = self.values.get(column)
        try:
            number = int(value)
        except (TypeError, ValueError):
            number = None
        if number is None or number < least:
            raise WrongInput(f"{self.place}: {column}: found {value!r}, expected a whole number of at least {least}")
        return number

    def latency_ns(self):
        value = self.values.get("latency")
        try:
            milliseconds = float(value)
        except (TypeError, ValueError):
            milliseconds = math.nan
        if not (math.isfinite(milliseconds) and milliseconds > 0):
            raise WrongInput(f"{self.place}: latency: found {value!r}, expected milliseconds above 0")
        return round(milliseconds * 1e6, 3)


# Each of these gives (op, path of kind and shape, flops, bytes), or nothing where gpugauge has no such op. Work is
# counted as kernels/ops counts it.

def gemm(row):
    dtype = DTYPES.get(row.text("gemm_dtype"))
    if dtype is None:
        return None
    m, n, k = (row.whole(column) for column in "mnk")
    op = {"kind": "gemm", "m": m, "n": n, "k": k, "activations": dtype, "weights": dtype, "output": "bf16"}
    return (op, f"gemm/{dtype}/m:{m}/n:{n}/k:{k}", 2 * m * n * k,
            (m * k + n * k) * BYTES[dtype] + m * n * BYTES["bf16"])


def heads_of(row):
    """Query heads, key and value heads, elements a head; nothing where only a part of the context is looked at, or
    several beams share it."""
    if row.whole("window_size", 0) > 0 or row.whole("beam_width") > 1 or row.text("attn_dtype") != "bfloat16":
        return None
    return tuple(row.whole(column) for column in ("num_heads", "num_key_value_heads", "head_dim"))


def decode(row):
    heads, kv = heads_of(row), DTYPES.get(row.text("kv_cache_dtype"))
    if heads is None or kv is None:
        return None
    (h, kv_heads, d), b = heads, row.whole("batch_size")
    c = row.whole("isl") + row.whole("step", 0)  # what is cached with the token of this step
    op = {"kind": "attention_decode", "batch": b, "context": c, "heads": h, "kv_heads": kv_heads, "head_dim": d,
          "kv": kv, "page_tokens": PAGE_TOKENS}
    return (op, f"attention_decode/{kv}/b:{b}/c:{c}/h:{h}/kv:{kv_heads}/d:{d}/p:{PAGE_TOKENS}", 4 * b * c * h * d,
            2 * b * c * kv_heads * d * BYTES[kv] + 2 * b * h * d * BYTES["bf16"])


def prefill(row):
    heads = heads_of(row)
    if heads is None or row.text("kv_cache_dtype") != "bfloat16" or row.whole("step", 0) > 0:
        return None
    (h, kv_heads, d), b, t = heads, row.whole("batch_size"), row.whole("isl")
    op = {"kind": "attention_prefill", "batch": b, "tokens": t, "heads": h, "kv_heads": kv_heads, "head_dim": d,
          "dtype": "bf16"}
    return (op, f"attention_prefill/bf16/b:{b}/t:{t}/h:{h}/kv:{kv_heads}/d:{d}", 2 * b * h * d * t * (t + 1),
            2 * b * t * (h + kv_heads) * d * BYTES["bf16"])


def all_reduce(row):
    if row.text("op_name") != "all_reduce" or row.text("nccl_dtype") not in NCCL_DTYPES:
        return None
    cards = row.whole("num_gpus")
    if cards not in CARDS:
        return None
    bytes_ = row.whole("message_size") * BYTES["bf16"]  # a message is counted in elements
    op = {"kind": "all_reduce", "cards": cards, "bytes": bytes_}
    return op, f"all_reduce/cards:{cards}/{exact(bytes_)}", 0, 2 * (cards - 1) * bytes_ / cards


def exact(bytes_):
    """As harness/base/byte_size.cpp."""
    units = ["B", "KiB", "MiB", "GiB", "TiB"]
    while len(units) > 1 and bytes_ % 1024 == 0:
        bytes_ //= 1024
        units.pop(0)
    return f"{bytes_}{units[0]}"


CONVERTERS = dict(zip(TABLES, (gemm, decode, prefill, all_reduce)))


def wanted(op, arguments):
    if op["kind"] == "gemm":
        return arguments.every_m or op["m"] & (op["m"] - 1) == 0
    if op["kind"] == "all_reduce":
        return True
    return not arguments.heads or (op["heads"], op["kv_heads"], op["head_dim"]) in arguments.heads


def maker_of(row):
    """Whose kernels these are, and their version: of a collective not the framework's that called it."""
    is_collective = row.values.get("nccl_dtype") is not None
    return row.text("kernel_source" if is_collective else "framework"), row.text("version")


def entry_of(row, converted, bytes_per_second):
    op, path, flops, bytes_ = converted
    work = {"flops": flops, "bytes": bytes_}
    time_ns = row.latency_ns()
    is_of_memory = op["kind"] != "all_reduce"
    cache = "hot" if is_of_memory and bytes_ / time_ns * 1e9 > bytes_per_second else "cold"
    implementation = re.sub(r"[^A-Za-z0-9_.-]", "_", row.text("kernel_source"))
    ours = {
        "case": {"op": op, "model": "", "role": "", "implementation": implementation, "cache": cache,
                 "data": "normal", "semantics_version": 1, "library": True},
        "work": work,
        "time_ns": {"median": time_ns, "low": time_ns, "high": time_ns, "confidence": CONFIDENCE},
        "stop": "max_samples",
        "samples": {"launches_per_sample": 1, "count": 0},
        "telemetry": {},
        "verification": {"passed": False, "max_error": 0, "relative_error": 0, "checked": 0,
                         "reason": "imported: not verified"},
        "flags": [],
        "details": " ".join(maker_of(row)),
        "origin": "imported",
    }
    return benchmark_of(f"{path}/{implementation}/{cache}", work, time_ns, 0, ours)


def number(entries):
    """Numbers cases and their repetitions as Google Benchmark does."""
    families, counts = {}, {}
    for entry in entries:
        name = entry["name"]
        entry["family_index"] = families.setdefault(name, len(families))
        entry["repetition_index"] = counts.get(name, 0)
        counts[name] = entry["repetition_index"] + 1
    for entry in entries:
        entry["repetitions"] = counts[entry["name"]]
    return list(families)


def device_of(name, gpu):
    """Only what the system's YAML states; cache and multiprocessors are not in it: 0 is unknown."""
    sm = int(gpu["sm_version"])
    device = {"id": "cuda:0", "backend": "cuda", "name": name, "memory_bytes": int(gpu["mem_capacity"]),
              "cache_bytes": 0, "compute_units": 0, "features": [f"sm_{sm}"],
              "pin_rate_gbps": gpu["mem_bw"] / 1e9, "compute_capability": sm}
    if gpu.get("power", 0) > 0:
        device["default_power_limit_w"] = gpu["power"]
    return device


def sha256_of(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def context_of(system_file, tables, devices, versions, gpu, planned):
    sources = {"aiconfigurator/" + path.name: f"sha256:{sha256_of(path)}" for path in tables.values()}
    now = utc_now()
    return {
        "date": now, "host_name": UNKNOWN, "executable": "import_aiconfigurator.py", "num_cpus": 0, "mhz_per_cpu": 0,
        "caches": [], "load_avg": [], "library_build_type": "release",
        "gpugauge": {
            "schema_version": 1,
            # The same tables are the same run, however often they are imported.
            "run_id": str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([sources, planned]))),
            "complete": True,
            "suite": {"name": f"aiconfigurator-{system_file.stem}", "path": system_file.name,
                      "sha256": sha256_of(system_file)},
            "contexts": [],
            "sessions": [{"started_utc": now, "ended_utc": now, "argv": ["import_aiconfigurator.py", *sys.argv[1:]]}],
            "wall_seconds": 0, "measured_seconds": 0,
            "device": device_of(devices.pop(), gpu),
            "host": {"os": UNKNOWN, "kernel": UNKNOWN, "container": "", "cpu_name": UNKNOWN},
            "software": software_of({**versions, **sources}),
            "planned": planned, "not_measured": [],
        },
    }


def heads_argument(text):
    match = re.fullmatch(r"(\d+)/(\d+)/(\d+)", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}', expected HEADS/KV_HEADS/HEAD_DIM, e.g. 32/8/128")
    return tuple(map(int, match.groups()))


def parse_arguments():
    parser = argparse.ArgumentParser(description="aiconfigurator's tables as a result file of gpugauge")
    parser.add_argument("folder", type=pathlib.Path, metavar="SYSTEMS_FOLDER")
    parser.add_argument("--system", required=True, metavar="NAME")
    parser.add_argument("-o", "--output", required=True, type=pathlib.Path, metavar="FILE")
    parser.add_argument("--backend", help="where there are several: vllm, trtllm, sglang")
    parser.add_argument("--version", help="of the backend, where there are several")
    parser.add_argument("--heads", action="append", type=heads_argument, default=[], metavar="H/KV/D")
    parser.add_argument("--every-m", action="store_true", help="GEMMs of every m, not of powers of two only")
    return parser.parse_args()


def run(arguments):
    system_file = arguments.folder / f"{arguments.system}.yaml"
    gpu = gpu_of(system_file)
    tables = find_tables(arguments.folder / "data" / arguments.system, arguments.backend, arguments.version)
    entries, devices, versions, skipped = [], set(), {}, 0
    for table, path in tables.items():
        for place, values in rows_of(path):
            row = Row(place, values)
            converted = CONVERTERS[table](row)
            if converted is None:
                skipped += 1
            elif wanted(converted[0], arguments):
                devices.add(row.text("device"))
                versions.update([maker_of(row)])
                entries.append(entry_of(row, converted, gpu["mem_bw"]))
    if len(devices) != 1:
        raise WrongInput(f"{arguments.folder}: {arguments.system}: found "
                         f"{', '.join(sorted(devices)) or 'no row to import'}, expected rows of one device")
    planned = number(entries)
    result = {"context": context_of(system_file, tables, devices, versions, gpu, planned), "benchmarks": entries}
    try:
        with arguments.output.open("w", encoding="utf-8") as file:
            json.dump(result, file, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
            file.write("\n")
    except OSError as error:
        raise WrongInput(f"{arguments.output}: {error.strerror}") from error
    hot = sum(entry["gpugauge"]["case"]["cache"] == "hot" for entry in entries)
    print(f"{arguments.output}: {len(entries)} imported, {hot} of them from the cache; "
          f"{skipped} rows skipped (no op of gpugauge)")


if __name__ == "__main__":
    run_script("import_aiconfigurator", lambda: run(parse_arguments()))
