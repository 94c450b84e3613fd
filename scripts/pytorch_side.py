#!/usr/bin/env python3
"""Times what PyTorch, and a matmul in Triton, take for the cold cases of a result file: another result file.

usage: pytorch_side.py RESULT -o FILE [--seconds S] [--warmup S] [--settle S] [--choices FILE]
       pytorch_side.py --check DEVICE

Shapes, work and the device come from RESULT, as gpugauge wrote it on this machine. Implementations:

  pytorch              GEMM by torch.mm, in FP8 by torch._scaled_mm (both take cuBLASLt's first answer on a GPU);
                       attention over a prompt by scaled_dot_product_attention; copy by Tensor.copy_
  pytorch_fast_accum   torch._scaled_mm(use_fast_accum=True)
  triton               scripts/triton_matmul.py, the fastest of a few configurations; --choices keeps which they were

Measured as gpugauge does: a sample is a replay of a captured graph with an event as its first and its last node (on a CPU
the host's clock), of as many launches as RESULT has for that op, over buffers of normal data that are five times the
last-level cache together, until the interval of the median is narrow enough or the time is up; then the outputs are
poisoned, written once more and compared with float64. What has no counterpart here, and why, is in the file too.
Events inside a graph need PyTorch 2.8. The part for GPUs has not run on one yet: its calls were checked with a stand-in.

Exit status: 0; 2 if the command line or RESULT is wrong; 3 without PyTorch or without the device.
"""

import argparse
import bisect
import collections
import functools
import hashlib
import itertools
import json
import math
import pathlib
import statistics
import sys
import time
import uuid

from result_file import CannotRun, WrongInput, benchmark_of, content_of, require_measured, run_script, software_of, utc_now

# As harness/measure/sampler.cpp, harness/plan/suite.hpp and the suite side_by_side have them.
CONFIDENCE = 0.95
TARGET = 0.005  # half of the interval over the median: wider is flagged
FEWEST_SAMPLES = 6  # fewer have no interval of that confidence
FEWEST_CONVERGED = 10
MOST_SAMPLES = 1000


# ---- pure ------------------------------------------------------------------------------------------------

Case = collections.namedtuple("Case", "path cache case work launches sets")


def cold_cases(entries):
    """Each op of a result file once, of normal data: what its name begins with, before the implementation, and the
    launches in a sample and the sets of buffers of the implementation that has the most."""
    found = {}
    for entry in entries:
        ours = entry["gpugauge"]
        if ours["case"]["cache"] == "cold" and ours["case"]["data"] == "normal":
            path = entry["name"].rsplit("/", 2)[0]
            case = found.setdefault(path, Case(path, "cold", ours["case"], ours["work"], 1, 1))
            samples = ours["samples"]
            found[path] = case._replace(launches=max(case.launches, samples["launches_per_sample"]),
                                        sets=max(case.sets, samples.get("buffer_sets", 1)))
    return list(found.values())


def interval_rank(count):
    """Of `count` sorted values the rank-th and the rank-th last enclose the median with CONFIDENCE: order statistics,
    as harness/base/statistics.cpp; the outermost where there are too few for it."""
    rank, below = 0, 0.0
    for rank in range(count):
        below += math.comb(count, rank) / 2 ** count
        if below > (1 - CONFIDENCE) / 2:
            break
    return max(0, rank - 1)


def estimate(ordered):
    """Of sorted values."""
    rank = interval_rank(len(ordered))
    return {"median": statistics.median(ordered), "low": ordered[rank], "high": ordered[-1 - rank],
            "confidence": CONFIDENCE}


def is_wide(times):
    return (times["high"] - times["low"]) / 2 > TARGET * times["median"]


def entry_of(case, implementation, sampled, checked, details):
    """As gpugauge writes one."""
    times, count = estimate(sorted(sampled.times_ns)), len(sampled.times_ns)
    ours = {
        "case": {**case.case, "implementation": implementation, "library": implementation != "triton"},
        "work": case.work, "time_ns": times, "stop": sampled.stop,
        "samples": {"launches_per_sample": sampled.launches, "count": count, "time_ns": sampled.times_ns},
        "telemetry": {} if sampled.clock_mhz is None else {"clock_mhz": sampled.clock_mhz},
        "verification": checked, "flags": ["not_converged"] if is_wide(times) else [], "details": details, "origin": "measured",
    }
    name = f"{case.path}/{implementation}/{case.cache}"
    return benchmark_of(name, case.work, times["median"], sampled.launches * count, ours)


Sampled = collections.namedtuple("Sampled", "times_ns stop launches clock_mhz")


# ---- timing ----------------------------------------------------------------------------------------------

class HostTimer:
    def __init__(self, workload, launches, device):
        self.workload, self.launches = workload, launches
        self.slots = itertools.cycle(range(workload.slots))  # the next sample goes on where this one ended

    def replay_ns(self):
        start = time.perf_counter_ns()
        for _ in range(self.launches):
            self.workload.launch(next(self.slots))
        return time.perf_counter_ns() - start

    def write_all(self):
        for slot in range(self.workload.slots):
            self.workload.launch(slot)

    def clock_mhz(self):
        return None


class GraphTimer:
    """Replays of a captured graph: an event, the launches, an event. The events are nodes of the graph, as gpugauge's
    are: recorded around the replay they would also count the launch of the graph."""

    def __init__(self, workload, launches, device):
        self.device = device
        side = torch.cuda.Stream()  # what is set up at a first launch must not be captured
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for slot in range(workload.slots):
                workload.launch(slot)
        torch.cuda.current_stream().wait_stream(side)
        self.first, self.last = (torch.cuda.Event(enable_timing=True, external=True) for _ in range(2))
        self.graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(self.graph):
            self.first.record()
            for launch in range(launches):
                workload.launch(launch % workload.slots)
            self.last.record()

    def replay_ns(self):
        self.graph.replay()
        torch.cuda.current_stream().synchronize()
        return self.first.elapsed_time(self.last) * 1e6

    def write_all(self):
        self.graph.replay()
        torch.cuda.synchronize()

    def clock_mhz(self):
        """While it works; nothing where NVML's binding for Python is missing."""
        for _ in range(4):
            self.graph.replay()
        try:
            mhz = float(torch.cuda.clock_rate(self.device))
        except (ImportError, RuntimeError):
            mhz = None
        torch.cuda.synchronize()
        return mhz


def whole_rotations(launches, slots):
    """As harness/device/workload.hpp: every replay goes through all buffers."""
    return math.ceil(launches / slots) * slots


def sample(workload, launches, device, warmup_seconds, seconds):
    """Samples of that many launches, in whole rotations, until they have converged or the time is up; then the outputs
    are written once more."""
    launches = whole_rotations(launches, workload.slots)
    timer = (GraphTimer if device.type == "cuda" else HostTimer)(workload, launches, device)
    timer.replay_ns()
    end = time.monotonic() + warmup_seconds
    while time.monotonic() < end:
        timer.replay_ns()
    times, ordered, stop, end = [], [], None, time.monotonic() + seconds
    while not stop:
        times.append(timer.replay_ns() / launches)
        bisect.insort(ordered, times[-1])
        if len(times) >= FEWEST_CONVERGED and not is_wide(estimate(ordered)):
            stop = "converged"
        elif len(times) == MOST_SAMPLES:
            stop = "max_samples"
        elif len(times) >= FEWEST_SAMPLES and time.monotonic() >= end:
            stop = "time_budget"
    sampled = Sampled(times, stop, launches, timer.clock_mhz())
    workload.poison()
    timer.write_all()
    return sampled


def choose(workload, case, device, choices):
    """The fastest configuration: the one of `choices`, or found now, with samples of its own."""
    if case.path not in choices:
        found = []
        for config in workload.configs:
            workload.use(config)
            try:
                found.append((statistics.median(sample(workload, case.launches, device, 0.02, 0.05).times_ns), config))
            except Exception as error:
                if not workload.triton.too_large(error):
                    raise
        if not found:
            raise workloads.NoCounterpart("no configuration fits on this card")
        choices[case.path] = list(min(found)[1])
    workload.use(workload.triton.Config(*choices[case.path]))


def measure(cases, device, cache_bytes, arguments, choices):
    """(entries, not measured)"""
    entries, missing, settle = [], [], arguments.settle
    for case in cases:
        for implementation, make in workloads.counterparts(case.case["op"]).items():
            name = f"{case.path}/{implementation}/{case.cache}"
            workload = None
            rotation = functools.partial(workloads.rotation_slots, cache_bytes=cache_bytes, least=case.sets)
            try:
                workload = make(case.case["op"], rotation, device, implementation)
                if hasattr(workload, "configs"):
                    choose(workload, case, device, choices)
                sampled = sample(workload, case.launches, device, settle + arguments.warmup, arguments.seconds)
                settle = 0  # the clock has settled
                entries.append(entry_of(case, implementation, sampled, workload.check(), workload.details))
            except workloads.NoCounterpart as reason:
                missing.append({"name": name, "status": "unsupported", "reason": str(reason)})
            except workloads.WrongResult as reason:
                missing.append({"name": name, "status": "verification_failed", "reason": str(reason)})
            except RuntimeError as error:  # an allocation, or what PyTorch refuses
                missing.append({"name": name, "status": "failed", "reason": str(error).splitlines()[0]})
            del workload
            if device.type == "cuda":
                torch.cuda.empty_cache()
    return entries, missing


# ---- the file --------------------------------------------------------------------------------------------

def result_of(base, entries, missing, began, measured_seconds, source):
    """RESULT's context, with what was measured here, and by what."""
    for index, entry in enumerate(entries):
        entry["family_index"] = index
    ours = base["context"]["gpugauge"]
    libraries = {"python": sys.version.split()[0], "torch": torch.__version__}
    if torch.version.cuda:
        libraries["cuda_toolkit"] = torch.version.cuda
    if "triton_matmul" in sys.modules:
        libraries["triton"] = sys.modules["triton_matmul"].triton.__version__
    context = {key: base["context"][key] for key in ("host_name", "num_cpus", "mhz_per_cpu", "caches", "load_avg")}
    return {
        "context": {
            **context, "date": began, "executable": "pytorch_side.py", "library_build_type": "release",
            "gpugauge": {
                **ours, "run_id": str(uuid.uuid4()), "complete": True,
                "suite": {"name": f"{ours['suite']['name']}-pytorch", "path": source.name,
                          "sha256": hashlib.sha256(source.read_bytes()).hexdigest()},
                "sessions": [{"started_utc": began, "ended_utc": utc_now(),
                              "argv": ["pytorch_side.py", *sys.argv[1:]]}],
                "wall_seconds": measured_seconds, "measured_seconds": measured_seconds,
                "software": software_of(libraries),
                "planned": [entry["name"] for entry in entries] + [row["name"] for row in missing],
                "not_measured": missing,
            },
        },
        "benchmarks": entries,
    }


def open_device(name):
    """PyTorch's device of gpugauge's name."""
    global torch, workloads
    try:
        import torch
        import pytorch_workloads as workloads
    except ImportError as error:
        raise CannotRun(f"PyTorch is not installed for {sys.executable}: {error}") from error
    if name != "cpu":
        if not torch.cuda.is_available():
            raise CannotRun(f"PyTorch {torch.__version__} finds no GPU")
        if int(name.split(":")[1]) >= torch.cuda.device_count():
            raise CannotRun(f"PyTorch finds {torch.cuda.device_count()} GPUs, not {name}")
        torch.cuda.set_device(name)
        try:
            torch.cuda.Event(enable_timing=True, external=True)
        except TypeError:
            raise CannotRun(f"PyTorch {torch.__version__} has no events inside a graph, expected 2.8 or newer") from None
    torch.manual_seed(int(time.time()))
    return torch.device(name)


def load(path):
    try:
        result = json.loads(content_of(path))
        require_measured(path, result)
        return result, result["context"]["gpugauge"]["device"], cold_cases(result["benchmarks"])
    except ValueError as error:
        raise WrongInput(f"{path}: {error}") from error
    except (KeyError, TypeError) as error:
        raise WrongInput(f"{path}: not a result file of gpugauge: no {error}") from error


def run(arguments):
    if arguments.check:
        open_device(arguments.check)
        return
    base, info, cases = load(arguments.result)
    device = open_device(info["id"])
    choices = {}
    if arguments.choices and arguments.choices.exists():
        choices = json.loads(arguments.choices.read_text(encoding="utf-8"))
    began, start = utc_now(), time.monotonic()
    entries, missing = measure(cases, device, info["cache_bytes"], arguments, choices)
    result = result_of(base, entries, missing, began, time.monotonic() - start, arguments.result)
    arguments.output.write_text(json.dumps(result, allow_nan=False), encoding="utf-8")
    if arguments.choices:
        arguments.choices.write_text(json.dumps(choices, indent=2), encoding="utf-8")


def seconds(text):
    value = float(text)
    if not (math.isfinite(value) and value >= 0):
        raise argparse.ArgumentTypeError(f"'{text}', expected seconds")
    return value


def parse_arguments():
    parser = argparse.ArgumentParser(description="PyTorch and Triton on the cases of a result file")
    parser.add_argument("result", type=pathlib.Path, nargs="?", metavar="RESULT")
    parser.add_argument("-o", "--output", type=pathlib.Path, metavar="FILE")
    parser.add_argument("--check", metavar="DEVICE", help="only check that PyTorch is installed and has cpu or cuda:N")
    parser.add_argument("--seconds", type=seconds, default=0.25, help="seconds of sampling per case (default: 0.25)")
    parser.add_argument("--warmup", type=seconds, default=0.1, help="seconds of warm-up before each case (default: 0.1)")
    parser.add_argument("--settle", type=seconds, default=2, help="longest wait for a settled clock, in seconds (default: 2)")
    parser.add_argument("--choices", type=pathlib.Path, metavar="FILE", help="cache of the configurations found")
    arguments = parser.parse_args()
    if not arguments.check and not (arguments.result and arguments.output):
        parser.error("RESULT and --output are needed")
    return arguments


if __name__ == "__main__":
    run_script("pytorch_side", lambda: run(parse_arguments()))
