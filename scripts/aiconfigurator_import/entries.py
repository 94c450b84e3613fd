"""Entries and context of a result file of gpugauge that hold imported latencies."""

import hashlib
import json
import uuid

from aiconfigurator_import.ops import in_a_name
from result_file import UNKNOWN, benchmark_of, software_of

CONFIDENCE = 0.95  # that the format gives every interval; an imported one is a single number


def maker_of(row, found):
    """Whose kernels these are, and their version: of a collective not the framework's that called it."""
    is_collective = row.values.get("nccl_dtype") is not None
    return row.text("kernel_source" if is_collective else "framework"), row.values.get("version") or found.version


def is_hot(converted, time_ns, bytes_per_second):
    """Whether it is faster than the memory: it was read from the cache."""
    return converted.op["kind"] != "all_reduce" and converted.bytes / time_ns * 1e9 > bytes_per_second


def entry_of(converted, time_ns, details, bytes_per_second):
    work = {"flops": converted.flops, "bytes": converted.bytes}
    cache = "hot" if is_hot(converted, time_ns, bytes_per_second) else "cold"
    implementation = in_a_name(converted.implementation)
    case = {"op": converted.op, "model": "", "role": "", "implementation": implementation, "cache": cache,
            "data": "normal", "semantics_version": 1, "library": True}
    if converted.quantizes_input:
        case["quantizes_input"] = True
    ours = {
        "case": case,
        "work": work,
        "time_ns": {"median": time_ns, "low": time_ns, "high": time_ns, "confidence": CONFIDENCE},
        "stop": "max_samples",
        "samples": {"launches_per_sample": 1, "count": 0},
        "telemetry": {},
        "verification": {"passed": False, "max_error": 0, "relative_error": 0, "checked": 0,
                         "reason": "imported: not verified"},
        "flags": [],
        "details": details,
        "origin": "imported",
    }
    return benchmark_of(f"{converted.path}/{implementation}/{cache}", work, time_ns, 0, ours)


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
    device = {"id": "cuda:0", "backend": "cuda", "name": name, "memory_bytes": int(gpu["mem_capacity"]),
              "cache_bytes": 0, "compute_units": 0, "features": [], "pin_rate_gbps": gpu["mem_bw"] / 1e9}
    if gpu.get("sm_version", 0) > 0:
        device["features"] = [f"sm_{int(gpu['sm_version'])}"]
        device["compute_capability"] = int(gpu["sm_version"])
    if gpu.get("power", 0) > 0:
        device["default_power_limit_w"] = gpu["power"]
    return device


def sha256_of(content):
    return hashlib.sha256(content).hexdigest()


def context_of(system, system_text, sources, device, versions, planned, when, argv):
    """`sources`: {name of a table's file: its SHA-256}; `when`: UTC, as the format spells it."""
    sources = {f"aiconfigurator/{name}": f"sha256:{digest}" for name, digest in sources.items()}
    return {
        "date": when, "host_name": UNKNOWN, "executable": "import_aiconfigurator.py", "num_cpus": 0, "mhz_per_cpu": 0,
        "caches": [], "load_avg": [], "library_build_type": "release",
        "gpugauge": {
            "schema_version": 1,
            # The same tables are the same run, however often they are imported.
            "run_id": str(uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([sources, planned]))),
            "complete": True,
            "suite": {"name": f"aiconfigurator-{system}", "path": f"{system}.yaml",
                      "sha256": sha256_of(system_text.encode())},
            "contexts": [],
            "sessions": [{"started_utc": when, "ended_utc": when, "argv": argv}],
            "wall_seconds": 0, "measured_seconds": 0,
            "device": device,
            "host": {"os": UNKNOWN, "kernel": UNKNOWN, "container": "", "cpu_name": UNKNOWN},
            "software": software_of({**versions, **sources}),
            "planned": planned, "not_measured": [],
        },
    }
