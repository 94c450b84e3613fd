"""What one case can do to a run: GPUGAUGE_EMULATED names the program with cards in software.

Nothing here was measured on a card.
"""

import os
import subprocess
from pathlib import Path

import pytest
from conftest import load

ROOT = Path(__file__).resolve().parents[2]
EMULATED = os.environ.get("GPUGAUGE_EMULATED", "")
pytestmark = pytest.mark.skipif(not EMULATED, reason="GPUGAUGE_EMULATED is not set: this build has no emulated card")

SUITE = """
name: isolation
description: Four cases, of two kernels and the driver's copy
contexts: [128]
settle_seconds: {settle}
entries:
  - family: memory
    backend: cuda
    implementations: [driver, stream]
    patterns: [read, copy, write]
    sizes: [64KiB]
    cache: [hot]
    sampling: {{target: 0.05, warmup_seconds: 0.001, case_seconds: 0.002, sample_seconds: 0.0001}}
"""


@pytest.fixture
def run(tmp_path):
    """Runs the suite with switches of the card; gives what was said."""

    def run_once(*arguments, settle=0, timeout=300, **switches):
        (tmp_path / "isolation.yaml").write_text(SUITE.format(settle=settle))
        environment = dict(os.environ, EMULATED_CARD="h100-mig", GPUGAUGE_CONFIGS=str(ROOT / "configs"), OMP_NUM_THREADS="1",
                           **{f"EMULATED_{name.upper()}": value for name, value in switches.items()})
        return subprocess.run([EMULATED, "run", "--device", "cuda:0", "--suite", "isolation.yaml", *arguments],
                              cwd=tmp_path, env=environment, text=True, capture_output=True, timeout=timeout)

    run_once.folder = tmp_path
    return run_once


def outcomes(path):
    """Names of what was measured, and of what was not with its status."""
    result = load(path)
    return ({entry["name"] for entry in result["benchmarks"]},
            {none["name"]: none["status"] for none in result["context"]["gpugauge"]["not_measured"]
             if none["status"] != "unsupported"})


def test_without_a_fault_all_is_measured_by_one_process(run):
    done = run("-o", "x.json")
    assert done.returncode in (0, 1), done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert not missing and len(measured) >= 4
    assert len(load(run.folder / "x.json")["context"]["gpugauge"]["sessions"]) == 1


@pytest.mark.parametrize("settle", [0, 0.01])
def test_a_kernel_that_crashes_costs_its_own_cases(run, settle):
    run("-o", "whole.json")
    whole, _ = outcomes(run.folder / "whole.json")
    done = run("-o", "x.json", settle=settle, crash="read_kernel")
    assert done.returncode == 3, done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert missing and set(missing.values()) == {"crashed"}
    assert all("/read/" in name for name in missing)
    assert measured == whole - set(missing)
    assert "fresh process" in done.stderr and "illegal" in done.stderr
    assert f"{len(missing)} crashed" in done.stdout and "not finished" not in done.stdout
    assert not (run.folder / "x.json.partial").exists()
    assert load(run.folder / "x.json")["context"]["gpugauge"]["complete"]
    again = run("--resume", "x.json")
    assert "cases are done" in again.stderr and again.returncode == 3


def test_a_kernel_that_never_ends_costs_its_own_case(run):
    run("-o", "whole.json")
    whole, _ = outcomes(run.folder / "whole.json")
    done = run("-o", "x.json", hang="read_kernel")
    assert done.returncode == 3, done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert missing and set(missing.values()) == {"hung"}
    assert measured == whole - set(missing)
    assert "still at work after 30 s" in done.stdout + done.stderr
    assert f"{len(missing)} hung" in done.stdout
