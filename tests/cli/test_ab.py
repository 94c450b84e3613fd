"""gpugauge ab: the process part with stand-ins for builds, once for real."""

import json
import os
import signal
import time

import pytest
from conftest import BINARY, ROOT, assert_one_line_error

MEASURED = ROOT / "results" / "intel-xeon-2-cores" / "quick.json"


@pytest.fixture
def build(gpugauge):
    """Writes a shell script that stands for a build of gpugauge."""

    def write(name, text):
        path = gpugauge.folder / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    return write


def measuring(factor):
    """A build that copies a measured file, every time of it multiplied by `factor`, as fast as it can."""
    return f"""exec /usr/bin/python3 - "$@" <<'END'
import json, sys
result = json.load(open({str(MEASURED)!r}))
for entry in result["benchmarks"]:
    for key in ("median", "low", "high"):
        entry["gpugauge"]["time_ns"][key] *= {factor}
json.dump(result, open(sys.argv[sys.argv.index("--output") + 1], "w"))
END"""


def test_twins_pass_and_a_slower_build_fails(gpugauge, build):
    a, b = build("a", measuring(1)), build("b", measuring(1.05))
    result = gpugauge("ab", a, a, "--rounds", "5", "-o", "twins")
    assert result.returncode == 0, result.stderr
    result = gpugauge("ab", a, b, "--rounds", "5", "-o", "slower", "--format", "json")
    assert result.returncode == 1, result.stderr
    rows = json.loads(result.stdout)["ab"]
    assert {row["verdict"] for row in rows} == {"slower"}
    assert rows[0]["time_ratio"] == pytest.approx(1.05)
    assert len(list((gpugauge.folder / "slower").glob("round-*-[ab].json"))) == 10
    assert gpugauge("ab", b, a, "--rounds", "5", "-o", "faster").returncode == 0
    assert_one_line_error(gpugauge("ab", a, b, "-o", "slower"), 2, "slower", "not empty")


def test_the_builds_take_turns(gpugauge, build):
    copy = measuring(1)
    a, b = build("a", f"echo a >> order\n{copy}"), build("b", f"echo b >> order\n{copy}")
    assert gpugauge("ab", a, b, "--rounds", "5", "-o", "out").returncode == 0
    assert (gpugauge.folder / "order").read_text().split() == list("abbaabbaab")


def test_a_child_that_fails_is_named_with_its_status(gpugauge, build):
    a = build("a", "echo what went wrong >&2; exit 7")
    assert_one_line_error(gpugauge("ab", a, a, "-o", "out"), 3, "build A", "round 1", "exit status 7", "what went wrong")
    b = build("b", "kill -9 $$")
    assert_one_line_error(gpugauge("ab", b, b, "-o", "killed"), 3, "signal 9")
    c = build("c", "exit 0")
    assert_one_line_error(gpugauge("ab", c, c, "-o", "nothing"), 3, "no result file")


def test_no_shell_reads_the_arguments(gpugauge, build):
    a = build("a", 'printf "%s\\n" "$@" >&2; exit 7')
    gpugauge("ab", a, a, "-o", "out", "--filter", "$(touch oops); a b")
    assert "--filter=$(touch oops); a b" in (gpugauge.folder / "out" / "round-01-a.log").read_text()
    assert not (gpugauge.folder / "oops").exists()


def test_the_time_limit_ends_a_child(gpugauge, build):
    a = build("a", "sleep 60")
    started = time.monotonic()
    result = gpugauge("ab", a, a, "-o", "out", "--time-limit", "1")
    assert time.monotonic() - started < 30
    assert_one_line_error(result, 3, "time limit", "0 of 10 rounds")


def test_an_interrupt_keeps_what_there_is(gpugauge, build):
    a = build("a", measuring(1))
    b = build("b", f"case $* in *round-02*) touch waiting; sleep 60;; esac\n{measuring(1)}")
    process = gpugauge.start("ab", a, b, "-o", "out")
    while not (gpugauge.folder / "waiting").exists():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "after 1 of 10 rounds" in err
    assert "1 rounds" in out
    assert (gpugauge.folder / "out" / "round-01-b.json").exists()


def test_bad_input_is_one_line(gpugauge, build):
    assert_one_line_error(gpugauge("ab", "absent", BINARY), 2, "absent")
    (gpugauge.folder / "text").write_text("")
    assert_one_line_error(gpugauge("ab", BINARY, "text"), 2, "text", "not executable")
    assert_one_line_error(gpugauge("ab", BINARY, BINARY, "--rounds", "4"), 2, "--rounds")


def test_two_real_runs(gpugauge):
    result = gpugauge("ab", BINARY, BINARY, "--suite", "tiny", "--device", "cpu", "--rounds", "5", "--filter",
                      "memory/read", "--threshold", "90", "-o", "out")
    assert result.returncode == 0, result.stderr
    assert "memory/read/8MiB/openmp/cold" in result.stdout
