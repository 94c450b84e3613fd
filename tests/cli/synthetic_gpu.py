"""Result files of cards that were never there: with clocks, power, samples and as many cases as wanted.

By hand: synthetic_gpu.py FILE [CASES] writes an H100 of that many cases (default: those of one model).
"""

import json
import pathlib
import random
import sys

LINEARS = {"qkv": (6144, 4096), "o": (4096, 4096), "gate_up": (28672, 4096), "down": (4096, 14336), "lm_head": (128256, 4096)}
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
CONTEXTS = [512, 1024, 4096, 16384]
BYTES = {"bf16": 2, "fp8_e4m3": 1}
OUTPUT = "bf16"

# What a card reaches: GB/s, dense TFLOPS by type, name, memory, limit.
H100 = {"name": "NVIDIA H100 80GB HBM3", "memory": 85520809984, "gbps": 3180, "tflops": {"bf16": 720, "fp8_e4m3": 1350},
        "limit": 700, "clock": 1755, "pin": 3352.32, "uuid": "GPU-11111111-0000-0000-0000-000000000000"}
L40S = {"name": "NVIDIA L40S", "memory": 47697362944, "gbps": 760, "tflops": {"bf16": 330, "fp8_e4m3": 640},
        "limit": 350, "clock": 2100, "pin": 864.0, "uuid": "GPU-22222222-0000-0000-0000-000000000000"}


def slow(card, share):
    """A card that does a share of what it should."""
    return dict(card, gbps=card["gbps"] * share, tflops={k: v * share for k, v in card["tflops"].items()})


def work_of(op):
    if op["kind"] == "memory":
        return {"flops": 0.0, "bytes": float(op["bytes"])}
    if op["kind"] == "attention_decode":
        cache = 2 * op["batch"] * op["context"] * op["kv_heads"] * op["head_dim"]
        return {"flops": 4.0 * op["batch"] * op["context"] * op["heads"] * op["head_dim"], "bytes": 2.0 * cache}
    m, n, k, width = op["m"], op["n"], op["k"], BYTES[op["weights"]]
    return {"flops": 2.0 * m * n * k, "bytes": float(width * (n * k + m * k) + 2 * m * n)}


def gemm(dtype, m, n, k):
    return {"kind": "gemm", "m": m, "n": n, "k": k, "activations": dtype, "weights": dtype, "output": OUTPUT}


def shapes(cases):
    """(op, kind and shape of its name, model, role, implementation, whether a library's) of each case."""
    model = "llama-3.1-8b"
    for pattern in ("read", "write", "copy", "triad"):
        yield {"kind": "memory", "pattern": pattern, "bytes": 4 << 30}, f"memory/{pattern}", "4GiB", "", "", "stream", True
    for dtype in BYTES:
        yield gemm(dtype, 8192, 8192, 8192), f"gemm/{dtype}", "m:8192/n:8192/k:8192", "", "", "cublaslt", True
        for m in BATCHES:
            for role, (n, k) in LINEARS.items():
                for implementation, library in (("cublaslt", True), ("stream", False)):
                    head = "bf16" if role == "lm_head" else dtype
                    yield gemm(head, m, n, k), f"gemm/{head}", f"m:{m}/n:{n}/k:{k}", model, role, implementation, library
    for batch in BATCHES:
        for context in CONTEXTS:
            op = {"kind": "attention_decode", "batch": batch, "context": context, "heads": 32, "kv_heads": 8, "head_dim": 128,
                  "kv": "bf16", "page_tokens": 16}
            yield op, "attention_decode/bf16", f"b:{batch}/c:{context}/h:32/kv:8/d:128/p:16", model, "", "paged", True
    for number in range(cases or 0):  # what is left to be filled
        m, n, k = 1 + number % 97, 1024 + 64 * (number % 131), 1024 + 64 * (number // 131)
        yield gemm("bf16", m, n, k), "gemm/bf16", f"m:{m}/n:{n}/k:{k}", "", "", "cublaslt", True


def entry(card, case, number, chance, sample_count):
    op, kind, shape, model, role, implementation, library = case
    work = work_of(op)
    name = "/".join(part for part in (kind, model, role, shape, implementation, "cold") if part)
    memory_share = 0.97 if implementation == "stream" else 0.9
    ns = max(work["bytes"] / (card["gbps"] * memory_share), work["flops"] / (card["tflops"].get(op.get("weights"), 1000) * 1e3)) + 2000
    hot = work["flops"] / ns > 1e5
    times = [round(ns * chance.gauss(1, 0.004), 2) for _ in range(sample_count)]
    ordered = sorted(times)
    median = ordered[sample_count // 2]
    clock, power = card["clock"] * (0.94 if hot else 1.0), card["limit"] * (0.99 if hot else 0.6)
    columns = {"clock_mhz": [clock] * sample_count, "power_w": [round(power, 1)] * sample_count,
               "temperature_c": [float(45 + number % 20)] * sample_count, "throttle_reasons": [4 if hot else 0] * sample_count}
    ours = {
        "case": {"op": op, "model": model, "role": role, "implementation": implementation, "cache": "cold", "data": "normal",
                 "semantics_version": 1, "library": library},
        "work": work,
        "time_ns": {"median": median, "low": ordered[sample_count // 4], "high": ordered[3 * sample_count // 4], "confidence": 0.95},
        "stop": "converged",
        "samples": {"launches_per_sample": 20, "count": sample_count, "time_ns": times, **columns},
        "telemetry": {"clock_mhz": clock, "mean_power_w": round(power, 1), "temperature_max_c": float(45 + number % 20)},
        "verification": {"passed": True, "max_error": 0.0078, "relative_error": 0.001, "checked": 4096, "reason": ""},
        "flags": ["power_capped"] if hot else [], "details": f"algo {number % 7}", "origin": "measured",
    }
    return {"name": name, "family_index": number, "per_family_instance_index": 0, "run_name": name, "run_type": "iteration",
            "repetitions": 1, "repetition_index": 0, "threads": 1, "iterations": 20 * sample_count, "real_time": median,
            "cpu_time": median, "time_unit": "ns", "gpugauge": ours}


def result(card, cases=None, sample_count=40, seed=7, name=None, host="node-7"):
    """A finished file; `cases`: exactly so many, else those of one model."""
    chance = random.Random(seed)
    listed = {}
    for number, case in enumerate(shapes(cases)):
        made = entry(card, case, number, chance, sample_count)
        listed.setdefault(made["name"], made)
    benchmarks = list(listed.values())[:cases]
    device = {"id": "cuda:0", "backend": "cuda", "name": name or card["name"], "memory_bytes": card["memory"],
              "cache_bytes": 52428800, "compute_units": 132, "features": ["fp8"], "max_clock_mhz": 1980.0,
              "pin_rate_gbps": card["pin"], "uuid": card["uuid"], "pcie_generation": 5, "pcie_width": 16,
              "driver_version": "580.65.06", "runtime_version": "13.0", "vbios_version": "96.00.89",
              "power_limit_w": float(card["limit"]), "default_power_limit_w": float(card["limit"]), "ecc_enabled": True,
              "mig_enabled": False, "other_processes": 0}
    ours = {"schema_version": 1, "run_id": f"00000000-0000-4000-8000-{seed:012}", "complete": True,
            "suite": {"name": "nightly", "path": "configs/suites/nightly.yaml", "sha256": "0" * 64}, "contexts": [1024],
            "sessions": [{"started_utc": "2026-11-20T02:00:00Z", "ended_utc": "2026-11-20T02:20:00Z",
                          "argv": ["run", "--suite", "nightly", "--device", "cuda:0", "-o", "out.json"]}],
            "wall_seconds": 1200.0, "measured_seconds": 900.0, "device": device,
            "host": {"os": "Ubuntu 22.04.5 LTS", "kernel": "6.8.0", "container": "docker", "cpu_name": "AMD EPYC 9354"},
            "software": {"gpugauge_version": "0.1.0", "git_sha": "0" * 40, "git_dirty": False, "executable_sha256": "0" * 64,
                         "compiler": "GNU 12.2.0", "compiler_flags": "-O3", "build_type": "Release",
                         "libraries": {"cublaslt": "13.0.2.14"}},
            "planned": [b["name"] for b in benchmarks], "not_measured": []}
    context = {"date": "2026-11-20T02:00:00Z", "host_name": host, "executable": "gpugauge", "num_cpus": 64, "mhz_per_cpu": 3250,
               "caches": [], "load_avg": [], "library_build_type": "release", "gpugauge": ours}
    return {"context": context, "benchmarks": benchmarks}


def only_failed(card):
    """A run in which no case gave a number."""
    made = result(card, cases=3)
    made["benchmarks"] = []
    ours = made["context"]["gpugauge"]
    ours["not_measured"] = [{"name": name, "status": "failed", "reason": "out of memory"} for name in ours["planned"]]
    return made


def write(path, made):
    pathlib.Path(path).write_text(json.dumps(made))
    return path


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3) or not all(word.isdigit() for word in sys.argv[2:]):
        sys.exit(__doc__)
    write(sys.argv[1], result(H100, int(sys.argv[2]) if len(sys.argv) == 3 else None))
