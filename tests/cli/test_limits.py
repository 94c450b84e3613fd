"""Machines that give the program less than it would take: each limit is said by its name, and what is left is measured."""

import os
import shlex
import subprocess

import pytest
from conftest import load

RUN = ("run", "--suite", "tiny", "--device", "cpu", "-o", "r.json")


def device(gpugauge):
    return load(gpugauge.folder / "r.json")["context"]["gpugauge"]["device"]


def under(gpugauge, limits, shell=("bash", "-c")):
    """The run in a shell that sets these limits first."""
    line = f"{limits}; exec {shlex.join(gpugauge.command(*RUN))}"
    return subprocess.run([*shell, line], cwd=gpugauge.folder, env=gpugauge.environment, text=True, capture_output=True,
                          timeout=120)


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one CPU has no thread to be denied")
@pytest.mark.parametrize("variable", ["OMP_THREAD_LIMIT=1", "OMP_DYNAMIC=true OMP_THREAD_LIMIT=1"])
def test_a_limit_of_threads_is_named_and_kept_everywhere(gpugauge, variable):
    result = under(gpugauge, f"export {variable}")
    assert result.returncode == 0, result.stdout + result.stderr
    assert device(gpugauge)["compute_units"] == 1
    if "OMP_THREAD_LIMIT" in result.stderr:  # not where the threads of one core count once
        assert result.stderr.count("threads may run (OMP_THREAD_LIMIT=1): measured on 1 core") == 1


def test_a_limit_of_addresses_is_named_where_it_is_too_low(gpugauge):
    (gpugauge.configs / "suites" / "tiny.yaml").write_text(
        "name: tiny\ndescription: One case\ncontexts: [128]\nsettle_seconds: 0\nentries:\n"
        "  - family: gemm\n    implementations: [onednn]\n    dtypes: [fp8_e4m3]\n    shapes: [[8, 64, 64]]\n"
        "  - family: memory\n    implementations: [openmp]\n    patterns: [read]\n    sizes: [1GiB]\n"
        "    sampling: {target: 0.5, case_seconds: 0.05, warmup_seconds: 0, sample_seconds: 0.001}\n")
    result = under(gpugauge, "ulimit -v 1500000")
    assert result.returncode == 3  # of the case that was tried, not of the first, which no CPU can do
    assert "the limit of the address space (ulimit -v) leaves" in result.stderr
