"""What a run shows while it runs, on a terminal and in a log, and what its last lines say."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import termios

import pytest
from conftest import Program, load

SWEEP = """
name: sweep
description: three footprints, three batches, and a case that cannot run
contexts: [128]
settle_seconds: 0
sampling: {target: 0.5, case_seconds: 0.05, warmup_seconds: 0, sample_seconds: 0.001, min_samples: 6, max_samples: 20}
entries:
  - family: memory
    backend: cpu
    implementations: [openmp]
    patterns: [read]
    sizes: [1MiB, 2MiB, 4MiB]
    sampling: {target: 0.0001, case_seconds: 0.4, max_samples: 100000}  # long enough to be drawn with its rate
  - {family: gemm, backend: cpu, implementations: [onednn], dtypes: [fp32, fp8_e4m3], shapes: [[256, 256, 256]]}
  - {family: gemm, backend: cpu, implementations: [onednn], models: [micro], precisions: [fp32], batches: [1, 4, 16]}
"""
RUN = ["run", "--suite", "sweep", "--device", "cpu", "-o", "x.json", "--overwrite"]


@pytest.fixture
def sweeping(gpugauge):
    (gpugauge.configs / "suites" / "sweep.yaml").write_text(SWEEP)
    return gpugauge


@pytest.fixture(scope="module")
def swept(tmp_path_factory):
    """A program with x.json in its folder, and what the run that wrote it said: for tests that only read."""
    program = Program(tmp_path_factory.mktemp("swept"))
    (program.configs / "suites" / "sweep.yaml").write_text(SWEEP)
    program.run = program(*RUN, "--hourly", "2.50")
    assert program.run.returncode == 0, program.run.stderr
    return program


def on_a_terminal(gpugauge, columns, *arguments):
    """What stderr shows on a terminal of that width: the lines that stay, and every state of the one that is redrawn."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    process = subprocess.Popen(gpugauge.command(*arguments), cwd=gpugauge.folder, env=gpugauge.environment,
                               stdout=subprocess.PIPE, stderr=slave)
    os.close(slave)
    shown = b""
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # how Linux tells that the other side has closed
            break
        if not part:
            break
        shown += part
    os.close(master)
    process.communicate(timeout=120)
    assert process.returncode == 0, shown.decode()
    stayed, drawn = [], []
    for line in shown.decode().replace("\r\n", "\n").split("\n"):
        states = [state for state in line.split("\r\033[K")]
        stayed.append(states[-1])
        drawn += [state for state in states[:-1] if state]
    return stayed, drawn


def last_lines(result):
    lines = result.stdout.splitlines()[-10:]
    return dict(line.split(None, 1) for line in lines[max(i for i, line in enumerate(["", *lines]) if not line):])


@pytest.mark.parametrize("columns", [80, 40])
def test_progress_on_a_terminal_is_one_line_that_fits(sweeping, columns):
    stayed, drawn = on_a_terminal(sweeping, columns, *RUN)
    assert len(drawn) >= 19
    assert all(len(state) < columns for state in drawn), max(drawn, key=len)
    assert all(re.search(r"\[\d+/19\] ", state) for state in drawn)
    families = [line for line in stayed if " verified" in line]
    assert [line.split()[0] for line in families] == ["memory", "gemm"]
    assert all(len(line) < columns for line in families)
    if columns > 40:
        assert all(re.search(r"\d+% \d+:\d\d left", state) for state in drawn)
        assert re.search(r"3 verified in \d+:\d\d  best \S+ GB/s  [▁-█]{3} read/\*/openmp/cold", families[0])
    assert any("GB/s" in state for state in drawn)
    assert stayed[-1] == ""


def test_quiet_has_neither_plan_nor_progress_on_a_terminal(sweeping):
    stayed, drawn = on_a_terminal(sweeping, 80, "-q", *RUN, "--filter", "1MiB")
    assert (stayed, drawn) == ([""], [])


def test_the_plan_comes_first_and_fits_in_80_columns(swept):
    plan = swept.run.stderr.split("\n\n")[0].splitlines()
    assert 4 <= len(plan) <= 10
    assert all(len(line) <= 80 for line in plan)
    assert plan[0].startswith("sweep on ") and plan[0].endswith("(cpu)")
    rows = {line.split()[0]: line.split() for line in plan[2:4]}
    assert rows["memory"][1] == "3" and rows["memory"][-1] == "openmp"
    assert rows["gemm"][1:3] == ["16", "1"]
    assert "20 cases, 1 of them unsupported here; at most about 2.000 s" in plan[4]
    assert plan[5].strip() == "reasons: gpugauge list --suite sweep --device cpu"
    assert plan[-1].strip() == "result: x.json"


def test_a_log_has_a_line_a_family_and_nothing_that_drives_a_terminal(swept):
    families = [line for line in swept.run.stderr.splitlines() if " verified in " in line]
    assert [line.split()[0] for line in families] == ["memory", "gemm"]
    assert "16 verified" in families[1]
    assert "\r" not in swept.run.stderr and "\x1b" not in swept.run.stderr


def test_sweeps_are_drawn_with_their_ends(swept):
    shown = swept("show", "x.json", "--format", "json")
    rows = {row["sweep"]: row for row in json.loads(shown.stdout)["sweeps"]}
    memory = rows["memory/read/*/openmp/cold"]
    rates = {entry["name"]: entry["bytes_per_second"] / 1e9 for entry in load(swept.folder / "x.json")["benchmarks"]
             if entry["name"].startswith("memory/")}
    assert memory["first_rate"] == pytest.approx(rates["memory/read/1MiB/openmp/cold"], rel=1e-3)
    assert memory["last_rate"] == pytest.approx(rates["memory/read/4MiB/openmp/cold"], rel=1e-3)
    assert memory["highest_rate"] == pytest.approx(max(rates.values()), rel=1e-3)
    assert re.fullmatch("[▁-█]{3}", memory["curve"])
    assert len([name for name in rows if "/m:*/" in name]) == 5


def test_the_last_ten_lines_say_verdict_price_and_files(swept):
    end = last_lines(swept.run)
    assert "no datasheet is known for it" in end["verdict"]
    assert end["cases"].startswith("19 verified, 1 unsupported, 0 failed")
    assert re.search(r"^\S+ tok/s \S+ at batch \d+, micro fp32, context 128; sum of ops \(library\)", end["decode"])
    assert re.search(r"^\$\S+ \S+ per million output tokens at \$2.50/h given$", end["price"])
    assert end["file"] == "x.json"
    assert end["page"] == "gpugauge report x.json -o x.html"
    assert swept(*end["page"].split()[1:]).returncode == 0
    assert (swept.folder / "x.html").exists()


def test_show_ends_as_the_run_did_at_the_price_that_it_knows(swept):
    shown, run = last_lines(swept("show", "x.json")), last_lines(swept.run)
    assert "no price is known for this card, pass --hourly" in shown.pop("price")
    assert run.pop("price") and shown == run


def test_show_for_programs_or_of_several_files_has_no_last_words(swept):
    for arguments in (["x.json", "--format", "csv"], ["x.json", "x.json"]):
        assert "verdict " not in swept("show", *arguments).stdout


def unfinished(swept):
    """A copy of x.json that lacks its last case."""
    whole = load(swept.folder / "x.json")
    lacking = whole["benchmarks"].pop()["name"]
    whole["context"]["gpugauge"]["complete"] = False
    (swept.folder / "less.json").write_text(json.dumps(whole))
    return lacking


def test_an_unfinished_run_says_how_to_go_on_and_what_is_done(swept):
    lacking = unfinished(swept)
    how = last_lines(swept("show", "less.json"))["next"]
    assert how == "gpugauge run --resume less.json"
    result = swept(*how.split()[1:], "--device", "cpu")
    assert result.returncode == 0, result.stderr
    assert "resumed, already done: 19 cases" in result.stderr
    assert lacking in [entry["name"] for entry in load(swept.folder / "less.json")["benchmarks"]]


def test_without_a_model_the_last_lines_say_so(sweeping):
    end = last_lines(sweeping(*RUN, "--filter", "1MiB"))
    assert "no linear of a model" in end["decode"]
    assert "price" not in end
