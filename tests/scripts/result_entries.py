"""Result files for the tests of scripts/side_by_side.py and scripts/pytorch_side.py."""

import json

from sandbox import SOURCE

GEMM = {"kind": "gemm", "m": 48, "n": 320, "k": 128, "activations": "bf16", "weights": "bf16", "output": "bf16"}
FP8 = {**GEMM, "activations": "fp8_e4m3", "weights": "fp8_e4m3"}
COPY = {"kind": "memory", "pattern": "copy", "bytes": 1 << 20}
ATTENTION = {"kind": "attention_prefill", "batch": 1, "tokens": 64, "heads": 4, "kv_heads": 2, "head_dim": 64,
             "dtype": "bf16"}


def entry(path, implementation, us, op=None, cache="cold", data="normal", clock=None, launches=1):
    name = f"{path}/{implementation}/{cache}" + ("" if data == "normal" else f"/{data}")
    return {"name": name, "gpugauge": {
        "case": {"op": op or GEMM, "model": "", "role": "", "implementation": implementation, "cache": cache,
                 "data": data, "semantics_version": 1, "library": False},
        "work": {"flops": 2e9, "bytes": 1e6}, "time_ns": {"median": us * 1e3}, "details": "",
        "samples": {"launches_per_sample": launches}, "telemetry": {} if clock is None else {"clock_mhz": clock}}}


def result(*entries, missing=(), libraries=None):
    shipped = json.loads((SOURCE / "results/intel-xeon-2-cores/quick.json").read_bytes())
    ours = shipped["context"]["gpugauge"]
    ours["device"]["cache_bytes"] = 1 << 10
    ours["not_measured"] = list(missing)
    if libraries:
        ours["software"]["libraries"] = libraries
    return {"context": shipped["context"], "benchmarks": list(entries)}
