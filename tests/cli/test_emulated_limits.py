"""A card in software that is too fast, and one whose graphs do not do what was captured. Nothing here was measured on a
card."""

import pytest
from conftest import BRIEF, load

COPY = f"{{family: memory, backend: cuda, implementations: [driver], patterns: [copy], sizes: [1MiB], sampling: {BRIEF}}}"
GEMM = ("{family: gemm, backend: cuda, implementations: [mma], dtypes: [bf16], shapes: [[64, 128, 128]], cache: [hot], "
        f"sampling: {BRIEF}}}")
CHASE = ("{family: latency, backend: cuda, implementations: [native], operations: [pointer_chase], count: 300, sizes: [64KiB], "
         f"cache: [hot], sampling: {BRIEF}}}")


@pytest.fixture
def run(emulated):
    """Runs entries of a suite with switches of the card; gives the exit status, and of each case what became of it."""

    def run_once(*entries, **switches):
        suite = emulated.suite("entries:\n" + "".join(f"  - {entry}\n" for entry in entries))
        done = emulated(*suite, "-o", "result.json", "--overwrite", **switches)
        made = load(emulated.folder / "result.json")
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
