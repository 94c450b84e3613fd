"""A run that ends early keeps what it had measured, and can be finished."""

import json
import random
import resource
import signal
import subprocess
import time

import pytest
from conftest import assert_one_line_error, load

RUN = ["run", "--suite", "tiny", "--device", "cpu", "-o", "x.json"]


def wait_for_measurements(path, count, process):
    """Until the journal holds this many, or the process has ended."""
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b'{"benchmark":') >= count:
            return
        time.sleep(0.002)


def wait_for_file(path):
    deadline = time.monotonic() + 60
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.002)


def killed_after(gpugauge, measurements, delay=0):
    """A journal whose process was killed; skips where the run was faster."""
    journal = gpugauge.folder / "x.json.partial"
    process = gpugauge.start(*RUN)
    wait_for_measurements(journal, measurements, process)
    time.sleep(delay)
    process.kill()
    process.communicate()
    if not journal.exists():
        pytest.skip("the run was over before it could be killed")
    return journal


def names_in(path):
    result = load(path)
    return [entry["name"] for entry in result["benchmarks"]]


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_run_is_readable_and_resume_finishes_it(gpugauge, seed):
    journal = killed_after(gpugauge, 1 + 3 * seed, random.Random(seed).uniform(0, 0.05))
    shown = gpugauge("show", "x.json.partial", "--format", "json")
    assert shown.returncode == 0, shown.stderr
    kept = {row["case"] for row in json.loads(shown.stdout).get("cases", [])}
    assert kept

    resumed = gpugauge("run", "--device", "cpu", "--resume", "x.json.partial")
    assert resumed.returncode == 0, resumed.stderr
    assert not journal.exists()
    context = load(gpugauge.folder / "x.json")["context"]["gpugauge"]
    assert context["complete"] is True
    assert len(context["sessions"]) == 2
    measured = names_in(gpugauge.folder / "x.json")
    assert kept <= set(measured)
    assert len(measured) == len(set(measured)), "a case was measured twice"


def test_a_torn_last_line_is_left_out(gpugauge):
    journal = killed_after(gpugauge, 2)
    whole = gpugauge("show", "x.json.partial", "--format", "json").stdout
    with journal.open("a") as file:
        file.write('{"benchmark":{"name":"memory/re')
    torn = gpugauge("show", "x.json.partial", "--format", "json")
    assert torn.returncode == 0
    assert torn.stdout == whole
    for line in torn.stderr.splitlines():
        assert line.count("x.json.partial") == 1, line
    assert torn.stderr
    assert gpugauge("run", "--device", "cpu", "--resume", "x.json.partial").returncode == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_ends_at_once_and_says_how_to_go_on(gpugauge, sent):
    journal = gpugauge.folder / "x.json.partial"
    process = gpugauge.start(*RUN)
    wait_for_measurements(journal, 1, process)
    asked = time.monotonic()
    process.send_signal(sent)
    _, stderr = process.communicate(timeout=30)
    if process.returncode == 0:
        pytest.skip("the run was over before it could be interrupted")
    assert process.returncode == 130
    assert time.monotonic() - asked < 5  # a second by design; the rest is for a busy machine
    assert "--resume x.json.partial" in stderr
    assert gpugauge("run", "--device", "cpu", "--resume", "x.json.partial").returncode == 0


def test_an_interrupt_in_a_long_launch_does_not_wait_for_its_end(gpugauge):
    suite = gpugauge.configs / "suites" / "slow.yaml"
    suite.write_text("name: slow\ndescription: one launch of many seconds\nsettle_seconds: 0\n"
                     "contexts: [1]\nentries:\n"
                     "  - {family: gemm, implementations: [onednn], dtypes: [fp32], shapes: [[16384, 16384, 16384]]}\n")
    process = gpugauge.start("run", "--suite", "slow", "--device", "cpu", "-o", "x.json")
    wait_for_file(gpugauge.folder / "x.json.partial")
    time.sleep(3)
    asked = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert time.monotonic() - asked < 5


def test_resuming_a_finished_file_measures_nothing_again(gpugauge):
    path = gpugauge.measure("x.json")
    before = load(path)["benchmarks"]
    resumed = gpugauge("run", "--device", "cpu", "--resume", "x.json")
    assert resumed.returncode == 0, resumed.stderr
    assert load(path)["benchmarks"] == before


def test_resume_refuses_a_suite_that_changed(gpugauge):
    killed_after(gpugauge, 1)
    suite = gpugauge.configs / "suites" / "tiny.yaml"
    suite.write_text(suite.read_text().replace("[256, 256, 256]", "[128, 128, 128]"))
    assert_one_line_error(gpugauge("run", "--device", "cpu", "--resume", "x.json.partial"), 2, "tiny", "changed")


@pytest.mark.parametrize("suite", ["quick", "nightly"])
def test_resume_refuses_another_suite(gpugauge, suite):
    killed_after(gpugauge, 1)
    assert_one_line_error(gpugauge("run", "--device", "cpu", "--resume", "x.json.partial", "--suite", suite), 2,
                          "is of suite tiny", f"--suite is {suite}")
    gpugauge.measure("whole.json")
    assert_one_line_error(gpugauge("run", "--resume", "whole.json", "--suite", suite), 2, "is of suite tiny")


def test_resume_of_a_missing_file_is_an_error(gpugauge):
    assert_one_line_error(gpugauge("run", "--resume", "gone.json"), 2, "gone.json")


def test_two_runs_do_not_write_one_file(gpugauge):
    first = gpugauge.start(*RUN)
    wait_for_file(gpugauge.folder / "x.json.partial")
    if first.poll() is None:
        second = gpugauge(*RUN)
        assert second.returncode == 2, second.stderr
        assert "x.json" in second.stderr
    first.communicate()
    assert first.returncode == 0


def test_a_full_disk_is_a_clear_error_and_keeps_what_was_written(gpugauge):
    def limit_file_size():
        resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))

    result = subprocess.run(gpugauge.command(*RUN), cwd=gpugauge.folder, env=gpugauge.environment, text=True,
                            capture_output=True, timeout=120, preexec_fn=limit_file_size)
    assert_one_line_error(result, 3, "x.json.partial")
    assert gpugauge("show", "x.json.partial").returncode == 0
    assert gpugauge("run", "--device", "cpu", "--resume", "x.json.partial").returncode == 0


def test_a_case_in_which_two_processes_vanished_is_left_out(gpugauge):
    journal = killed_after(gpugauge, 1)
    planned = json.loads(journal.read_text().splitlines()[0])["context"]["gpugauge"]["planned"]
    done = {json.loads(line).get("benchmark", {}).get("name") for line in journal.read_text().splitlines()[1:-1]}
    culprit = next(name for name in reversed(planned) if name not in done and "fp8" not in name)
    text = journal.read_text()
    journal.write_text(text[: text.rindex("\n") + 1] + 2 * (json.dumps({"started": culprit}) + "\n"))
    resumed = gpugauge("run", "--device", "cpu", "--resume", "x.json.partial")
    assert resumed.returncode == 3, resumed.stderr
    context = load(gpugauge.folder / "x.json")["context"]["gpugauge"]
    missing = {none["name"]: none["status"] for none in context["not_measured"] if none["status"] != "unsupported"}
    assert missing == {culprit: "crashed"}
    assert context["complete"]


def test_a_filter_leads_a_resumed_run_past_a_case(gpugauge):
    killed_after(gpugauge, 1)
    resumed = gpugauge("run", "--device", "cpu", "--resume", "x.json.partial", "--filter", "-/copy/")
    assert resumed.returncode == 0, resumed.stderr
    path = gpugauge.folder / "x.json"
    context = load(path)["context"]["gpugauge"]
    left = {name for name in context["planned"] if "/copy/" in name} - set(names_in(path))
    assert left and not context["complete"]
    assert not any("/copy/" in name for name in set(names_in(path)) & left)
    assert gpugauge("run", "--device", "cpu", "--resume", "x.json").returncode == 0
    assert load(path)["context"]["gpugauge"]["complete"]
