"""A card in software that is too fast, and one whose graphs do not do what was captured. Nothing here was measured on a
card: GPUGAUGE_EMULATED names the program that has one."""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import load

ROOT = Path(__file__).resolve().parents[2]
EMULATED = os.environ.get("GPUGAUGE_EMULATED", "")
pytestmark = pytest.mark.skipif(not EMULATED, reason="GPUGAUGE_EMULATED is not set: this build has no emulated card")

SAMPLING = "sampling: {target: 0.05, warmup_seconds: 0.001, case_seconds: 0.002, sample_seconds: 0.0001}"
COPY = f"{{family: memory, backend: cuda, implementations: [driver], patterns: [copy], sizes: [1MiB], {SAMPLING}}}"
GEMM = ("{family: gemm, backend: cuda, implementations: [mma], dtypes: [bf16], shapes: [[64, 128, 128]], cache: [hot], "
        f"{SAMPLING}}}")
CHASE = ("{family: latency, backend: cuda, implementations: [native], operations: [pointer_chase], count: 300, sizes: [64KiB], "
         f"cache: [hot], {SAMPLING}}}")


@pytest.fixture
def run(tmp_path):
    """Runs entries of a suite with switches of the card; gives the exit status, and of each case what became of it."""

    def run_once(*entries, card="h100-mig", **switches):
        suite = "name: limits\ndescription: A few cases\ncontexts: [128]\nsettle_seconds: 0\nentries:\n"
        (tmp_path / "limits.yaml").write_text(suite + "".join(f"  - {entry}\n" for entry in entries))
        environment = dict(os.environ, EMULATED_CARD=card, GPUGAUGE_CONFIGS=str(ROOT / "configs"), OMP_NUM_THREADS="1",
                           **{f"EMULATED_{name.upper()}": str(value) for name, value in switches.items()})
        done = subprocess.run([EMULATED, "run", "--device", "cuda:0", "--suite", "limits.yaml", "-o", "result.json",
                               "--overwrite"], cwd=tmp_path, env=environment, text=True, capture_output=True, timeout=600)
        made = load(tmp_path / "result.json")
        missing = made["context"]["gpugauge"]["not_measured"]
        return done.returncode, ({entry["name"]: "ok" for entry in made["benchmarks"]} |
                                 {none["name"]: f"{none['status']}: {none['reason']}" for none in missing})

    return run_once


def test_a_card_that_is_too_fast_is_refused(run):
    status, cases = run(COPY, GEMM, time_scale=0.005)
    assert status == 3, cases  # no case could be measured
    copy, gemm = (next(what for name, what in cases.items() if name.startswith(family)) for family in ("memory", "gemm"))
    assert copy.startswith("refused: ") and "GB/s is above the 419.0 GB/s of the memory pins: a cache was measured" in copy
    assert gemm.startswith("refused: ") and "TFLOPS is above the 129.8 TFLOPS of 16 SMs at 1980 MHz" in gemm


@pytest.mark.parametrize("entry, kernel", [(GEMM, "mma"), (CHASE, "chase_kernel")])
def test_what_is_verified_is_the_graph_that_was_timed(run, entry, kernel):
    """The kernel works in every launch outside of a graph."""
    assert set(run(entry)[1].values()) == {"ok"}
    _, cases = run(entry, graph_leaves_out=kernel)
    assert all(what.startswith("verification_failed: ") for what in cases.values()), cases
