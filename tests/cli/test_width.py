"""Every table on terminals of 60, 80, 120 and 200 columns: no line is wider, and a pipe gets all of it."""

import csv
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import unicodedata

import pytest
import synthetic_gpu
from conftest import ROOT, Program
from test_ab import MEASURED, measuring
from test_forward import CAUSAL, GEMMS
from test_import import import_system

WIDTHS = [60, 80, 120, 200]
MODEL = ["--model", "llama-3.1-8b"]
SERVED = [*MODEL, "--precision", "bf16", "--input-tokens", "1024", "--output-tokens", "256"]
PRICED = [*SERVED, "--hourly", "l40s=0.86,h100=2.5"]
ADVISED = [*MODEL, "--precision", "bf16", "--input-tokens", "1024", "--output-tokens", "256", "--batch", "8,32"]
BOTH = ["h100.json", "l40s.json"]

COMMANDS = {
    "show": ["show", "h100.json"],
    "show several": ["show", *BOTH],
    "show a CPU": ["show", MEASURED],
    "show failed": ["show", "failed.json"],
    "datasheet": ["datasheet", "h100.json"],
    "datasheet several": ["datasheet", *BOTH],
    "datasheet of a CPU": ["datasheet", MEASURED],
    "tokens": ["tokens", "h100.json", *MODEL],
    "tokens several": ["tokens", *BOTH, *MODEL],
    "tokens ops": ["tokens", "h100.json", *MODEL, "--batch", "8", "--ops"],
    "tokens ops several": ["tokens", *BOTH, *MODEL, "--batch", "8", "--ops"],
    "cost": ["cost", "h100.json", *MODEL],
    "cost several": ["cost", *BOTH, *MODEL, "--electricity", "0.2"],
    "serve": ["serve", "h100.json", *SERVED, "--batch", "1,8"],
    "serve several": ["serve", *BOTH, *SERVED, "--batch", "1,8", "--electricity", "0.2", "--hourly", "h100=2,l40s=2"],
    "break-even": ["break-even", "l40s.json", "h100.json", *PRICED, "--batch", "8", "--tokens-per-day", "1e9"],
    "advise": ["advise", *BOTH, *ADVISED],
    "advise by the day": ["advise", *BOTH, *ADVISED, "--tokens-per-day", "1e8,1e9"],
    "audit": ["audit", ROOT / "configs" / "claims" / "l40s-vs-h100.yaml"],
    "audit of files": ["audit", ROOT / "configs" / "claims" / "l40s-vs-h100.yaml", *BOTH],
    "compare": ["compare", "h100.json", "slow.json"],
    "compare cards": ["compare", "h100.json", "l40s.json", "slow.json", MEASURED],
    "ab": ["ab", "./a", "./b", "--rounds", "5"],
    "track check": ["track", "check", "slow.json"],
    "track check all": ["track", "check", "slow.json", "--all"],
    "track show": ["track", "show"],
    "track show series": ["track", "show", "memory/*"],
    "selftest gate": ["selftest", "gate", "--series", "2"],
    "selftest changepoints": ["selftest", "changepoints", "nights.csv"],
    "explain": ["explain", "gemm", "h100.json"],
    "explain a case": ["explain", "memory/read/4GiB/stream/cold", "--device", "h100-sxm5,l40s"],
    "list": ["list", "--suite", "full", "--device", "h100-sxm5"],
    "doctor": ["doctor"],
    "forward": ["forward", "toy.json", "--model", "bge-large", "--tokens", "512", "--batch", "1,32"],
    "forward several": ["forward", "toy.json", "copy.json", "--model", "bge-large", "--tokens", "512", "--hourly", "2"],
    "forward ops": ["forward", "toy.json", "--model", "bge-large", "--tokens", "512", "--batch", "32", "--ops"],
}


def write_toy(folder):
    tables = folder / "systems" / "data" / "toy" / "vllm" / "1.2"
    tables.mkdir(parents=True)
    (folder / "systems" / "toy.yaml").write_text(
        "gpu:\n  mem_bw: 800000000000\n  mem_capacity: 48000000000\n  sm_version: 89\n")
    for name, rows in (("gemm_perf", GEMMS), ("context_attention_perf", [CAUSAL])):
        with (tables / f"{name}.csv").open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0].keys())
            writer.writeheader()
            writer.writerows(rows)
    for name in ("toy.json", "copy.json"):
        assert import_system(folder / "systems", "toy", folder / name).returncode == 0


@pytest.fixture(scope="module")
def cards(tmp_path_factory):
    """A folder with files of two cards, of one of them on a bad night, a history, and two builds to compare."""
    program = Program(tmp_path_factory.mktemp("width"))
    program.environment.pop("COLUMNS", None)
    folder = program.folder
    for name, card, seed in (("h100", synthetic_gpu.H100, 1), ("l40s", synthetic_gpu.L40S, 2),
                             ("slow", synthetic_gpu.slow(synthetic_gpu.H100, 0.9), 3)):
        synthetic_gpu.write(folder / f"{name}.json", synthetic_gpu.result(card, sample_count=8, seed=seed))
    synthetic_gpu.write(folder / "failed.json", synthetic_gpu.only_failed(synthetic_gpu.H100))
    for night in range(8):
        made = synthetic_gpu.result(synthetic_gpu.H100, cases=40, sample_count=8, seed=100 + night)
        made["context"]["gpugauge"]["sessions"][0]["started_utc"] = f"2026-11-{10 + night}T02:00:00Z"
        synthetic_gpu.write(folder / f"night-{night}.json", made)
    added = program("track", "add", *(f"night-{night}.json" for night in range(8)))
    assert added.returncode == 0, added.stderr
    for name, factor in (("a", 1), ("b", 1.05)):
        (folder / name).write_text(f"#!/bin/sh\n{measuring(factor)}\n")
        (folder / name).chmod(0o755)
    (folder / "nights.csv").write_text("\n".join(["100", "101"] * 10 + ["120", "121"] * 10))
    write_toy(folder)
    return program


def on_terminal(program, columns, *arguments, **variables):
    """What a terminal of so many columns shows of standard output; 0: a terminal that does not know."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen(program.command(*arguments), cwd=program.folder, env={**program.environment, **variables},
                          stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE) as child:
        shown = b""
        # Our end of the terminal stays open, so that nothing is lost when the child closes its own.
        while (ready := select.select([ours], [], [], 0.02)[0]) or child.poll() is None:
            if ready:
                shown += os.read(ours, 1 << 16)
        os.close(theirs)
        os.close(ours)
        errors = child.stderr.read().decode()
    assert child.returncode in (0, 1, 4, 5, 6, 7), errors
    return shown.decode().replace("\r\n", "\n")


def width_of(line):
    line = re.sub("\x1b\\[[0-9;]*m", "", line)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def widest(text):
    return max(map(width_of, text.splitlines()))


def fresh(arguments, folder):
    """Every `ab` into a folder of its own."""
    number = sum(1 for _ in folder.glob("ab-*"))
    return [*arguments, "-o", f"ab-{number}"] if arguments[0] == "ab" else arguments


@pytest.mark.parametrize("columns", WIDTHS)
@pytest.mark.parametrize("name", COMMANDS)
def test_no_line_is_wider_than_the_terminal(cards, name, columns):
    text = on_terminal(cards, columns, *fresh(COMMANDS[name], cards.folder))
    assert len(text.splitlines()) > 2, text
    for line in text.splitlines():
        assert width_of(line) <= columns, line


def test_a_narrow_terminal_says_what_it_leaves_out_and_a_wide_one_has_it(cards):
    narrow, wide = (on_terminal(cards, columns, "show", "h100.json", NO_COLOR="1") for columns in (80, 200))
    assert "not shown:" in narrow and "MHz" in narrow.split("not shown:")[1]
    assert "not shown:" not in wide and "shortened:" not in wide
    assert re.search(r"^  case +median .*MHz", wide, re.MULTILINE)


def test_a_wide_terminal_does_not_stretch_a_table(cards):
    assert widest(on_terminal(cards, 2000, "show", "h100.json")) == widest(on_terminal(cards, 1000, "show", "h100.json"))
    assert widest(on_terminal(cards, 200, "datasheet", MEASURED)) < 200


def test_shortened_cases_stay_distinct(cards):
    shown = on_terminal(cards, 80, "show", "h100.json", NO_COLOR="1")
    names = [line.split()[0] for line in shown.splitlines() if re.match("  [a-z_]+[/…]", line)]
    piped = cards("show", "h100.json").stdout
    assert "not in the names:" in shown and max(map(len, names)) < 60
    assert len(set(names)) == len(names) == sum(1 for line in piped.splitlines() if re.match("  [a-z_]+[/…]", line))


def test_a_pipe_is_as_wide_as_it_needs_unless_it_is_told(cards):
    piped = cards("show", "h100.json").stdout
    assert widest(piped) > 120 and "…" not in piped and "not shown:" not in piped
    assert "gemm/bf16/llama-3.1-8b/gate_up/m:128/n:28672/k:4096/cublaslt/cold" in piped
    for value, limit in (("90", 90), ("0", None), ("-1", None), ("90x", None), ("", None)):
        told = subprocess.run(cards.command("show", "h100.json"), cwd=cards.folder, text=True, check=True,
                              env={**cards.environment, "COLUMNS": value}, capture_output=True).stdout
        assert widest(told) <= limit if limit else told == piped


def test_a_terminal_knows_its_width_better_than_a_variable(cards):
    assert on_terminal(cards, 80, "datasheet", *BOTH, COLUMNS="200") == on_terminal(cards, 80, "datasheet", *BOTH)
    assert widest(on_terminal(cards, 0, "datasheet", *BOTH, COLUMNS="80")) <= 80


@pytest.mark.parametrize("format", ["json", "csv", "markdown"])
def test_other_formats_do_not_know_the_width(cards, format):
    text = on_terminal(cards, 80, "show", "h100.json", "--format", format)
    assert text == cards("show", "h100.json", "--format", format).stdout
