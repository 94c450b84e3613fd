"""What one case can do to a run, on cards in software. Nothing here was measured on a card."""

import json
import signal
import time

import pytest
from conftest import load, memory_entry

# Five cases: three of kernels, two of the driver.
SUITE = "entries:\n" + memory_entry("read, copy, write", implementations="driver, stream")


@pytest.fixture
def run(emulated):
    """Runs the suite with switches of the card; gives what was said."""

    def start(*arguments, settle=0, **switches):
        return emulated.start(*emulated.suite(SUITE, settle), *arguments, **switches)

    def run_once(*arguments, settle=0, **switches):
        return emulated(*emulated.suite(SUITE, settle), *arguments, **switches)

    run_once.folder, run_once.start = emulated.folder, start
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
    again = run("--resume", "x.json", settle=settle)
    assert "all is done, 6 of 6 planned cases" in again.stderr and again.returncode == 3


def assert_whole(text, measured, missing):
    """Google Benchmark's JSON holds each case once: its number, or its error."""
    rows = json.loads(text)["benchmarks"]
    names = [row["name"].removesuffix("/iterations:1/manual_time") for row in rows]
    assert len(names) == len(set(names)) and set(names) == measured | set(missing)
    for name, row in zip(names, rows):
        assert row.get("error_occurred", False) == (name in missing)
        assert name in missing or (row["real_time"] > 0 and row["bytes_per_second"] > 0)


GOOGLE_BENCHMARK = ["--", "--benchmark_format=json", "--benchmark_out=gb.json", "--benchmark_out_format=json"]


@pytest.mark.parametrize("crash", ["read_kernel", "map_kernel"])
def test_google_benchmarks_output_is_whole_after_a_crash(run, crash):
    done = run("-o", "x.json", *GOOGLE_BENCHMARK, crash=crash)
    assert done.returncode == 3, done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert measured and set(missing.values()) == {"crashed"}
    assert_whole(done.stdout, measured, missing)
    assert_whole((run.folder / "gb.json").read_text(), measured, missing)


def interrupted_in_a_hang(run, first, **switches):
    """A journal in which one case ended as `first` and the next was interrupted."""
    journal = run.folder / "x.json.partial"
    process = run.start("-o", "x.json", **switches)
    deadline = time.monotonic() + 300
    done = []
    while process.poll() is None and time.monotonic() < deadline:
        done = [json.loads(line) for line in journal.read_text().splitlines()] if journal.exists() else []
        statuses = [line.get("not_measured", {}).get("status") for line in done]
        if first in statuses and "started" in done[-1]:
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130, stderr
    return next(line["not_measured"]["name"] for line in done
                if line.get("not_measured", {}).get("status") == first)


@pytest.mark.parametrize("first, switches", [("crashed", {"crash": "read_kernel", "hang": "map_kernel"}),
                                             ("hung", {"hang": "kernel"})])
def test_resume_does_not_run_again_what_crashed_or_hung(run, first, switches):
    culprit = interrupted_in_a_hang(run, first, **switches)
    done = run("--resume", "x.json.partial")
    assert done.returncode == 3, done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert missing == {culprit: first} and culprit not in measured
    assert f"1 {first}" in done.stdout
    result = load(run.folder / "x.json")["context"]["gpugauge"]
    assert result["complete"] and measured | {culprit} == {
        name for name in result["planned"] if name not in
        {none["name"] for none in result["not_measured"] if none["status"] == "unsupported"}}
    assert not (run.folder / "x.json.partial").exists()


@pytest.mark.parametrize("how, switches", [("crashed", {"crash": "read_kernel"}), ("hung", {"hang": "kernel"})])
def test_resume_runs_again_what_crashed_or_hung_where_a_filter_names_it(run, how, switches):
    culprit = interrupted_in_a_hang(run, how, **{"hang": "map_kernel", **switches})
    done = run("--resume", "x.json.partial", "--filter", culprit)
    assert done.returncode == 0, done.stderr
    assert culprit in {entry["name"] for entry in load(run.folder / "x.json")["benchmarks"]}
    run("-o", "y.json", **{"crash": "read_kernel"})
    _, missing = outcomes(run.folder / "y.json")
    again = run("--resume", "y.json", "--filter", "/read/.*stream", crash="read_kernel")
    assert again.returncode == 3 and outcomes(run.folder / "y.json")[1] == missing
    assert run("--resume", "y.json", "--filter", "/read/.*stream").returncode in (0, 1)
    assert not outcomes(run.folder / "y.json")[1]


def test_a_card_that_falls_off_the_bus_is_said_in_words(run):
    done = run("-o", "x.json", vanish_after=3)
    assert "cudaErrorUnknown" in done.stderr and "fell off the bus (XID 79)" in done.stderr, done.stderr


def test_a_kernel_that_never_ends_costs_its_own_case(run):
    run("-o", "whole.json")
    whole, _ = outcomes(run.folder / "whole.json")
    done = run("-o", "x.json", *GOOGLE_BENCHMARK, hang="read_kernel")
    assert done.returncode == 3, done.stderr
    measured, missing = outcomes(run.folder / "x.json")
    assert missing and set(missing.values()) == {"hung"}
    assert measured == whole - set(missing)
    assert "still at work after 30 s" in done.stdout + done.stderr
    assert_whole(done.stdout, measured, missing)
    assert_whole((run.folder / "gb.json").read_text(), measured, missing)
