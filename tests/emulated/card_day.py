#!/usr/bin/env python3
"""A day with a card, on every card in software: the scripts that a person runs there, with small suites. Nothing is
measured.

usage: card_day.py [--build DIR] [--cards A,B…] [--steps A,B…] [FOLDER]

  gpu_check     scripts/gpu_check.sh: doctor, the gpu tests, the suites goals, datasheet and full, the table of goals
  card_trials   scripts/card_trials.py: interruptions of quick, out of memory, nightly twice, `ab` of a program against
                itself, a report
  nightly       scripts/nightly.sh twice: the second night finds the first
  side_by_side  scripts/side_by_side.py with a stand-in for PyTorch

Suites are the shipped ones, cut down: every family, and every implementation but searches and graph_library, at one small
shape each, with a model of one small layer.
--build DIR (build) has gpugauge_emulated and gpu_tests_emulated. FOLDER gets a folder a card with what each step left; where
it is not given, it is a temporary one, which is kept if something fails. On a card that the program has no code for, every
step must refuse, and say why.

Exit status: 0 all as expected; 1 a step was not; 2 the command line is wrong; 3 there is no such build.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPTS = ROOT / "scripts"
DATA = ROOT / "tests/data/emulated"
CARDS = re.findall(r'\.key = "(.*)"', (ROOT / "tests/emulated/card.cpp").read_text(encoding="utf-8"))
WITHOUT_CODE = {"t4": "Ampere"}  # and what is said there
GPU_TESTS = "CudaDeviceTest.*:CudaReplayTest.*:CudaLatencyTest.*"  # CTest's emulated.gpu_tests runs all of them
L2_BYTES = 1 << 16  # cold rotations are five times as large
STEPS = ["gpu_check", "card_trials", "nightly", "side_by_side"]
SAMPLING = "{cold_gib: 0, target: 0.05, warmup_seconds: 0.001, case_seconds: 0.002, sample_seconds: 0.0001}"
# What takes its time on a card in software, and what it becomes; of the other lists the first entry is enough for the
# scripts. No tensor peak of one GFLOP is long enough: unsupported.
SMALL = {"sizes": "[128KiB]", "shapes": "[[64, 128, 128]]", "models": "[tiny_model]", "batches": "[1]", "contexts": "[21]",
         "tokens": "[21]", "count": "100", "page_tokens": "[16]", "sampling": SAMPLING, "settle_seconds": "0", "gflop": "1",
         "patterns": "[{first}]", "kv": "[bf16]", "linears": "[gate_up]", "data": "[zeros]", "dtypes": "[{first}]",
         "precisions": "[{first}]"}
# tests/cli/test_emulated_cublaslt.py has them.
SEARCHES = re.compile(r"\b\w+_(?:search|exhaustive)\b")


class Failed(Exception):
    pass


# ---- configs ---------------------------------------------------------------------------------------------

def small_suite(text):
    """A shipped suite at small shapes: `key: value` becomes that of SMALL, with its anchor, and searches are left out
    beside the library's first answer."""
    def small(match):
        indent, key, anchor, value = match.groups()
        first = re.split(r"[],]", value.lstrip("["))[0]
        if first.startswith("*") and "{first}" in SMALL[key]:
            return match[0]  # what its anchor became
        return f"{indent}{key}: {anchor or ''}{SMALL[key].replace('{first}', first)}"
    def without_searches(match):
        kept = [name for name in match[1].split(", ") if not SEARCHES.fullmatch(name)]
        return f"[{', '.join(kept or ['cublaslt'])}]"
    def one_linear(entry):
        return entry + "    linears: [gate_up]\n" if "models:" in entry and "linears:" not in entry else entry
    text = re.sub(rf"^( *)({'|'.join(SMALL)}): (&\w+ )?(\[.*|[^[].*)$", small, text, flags=re.MULTILINE)
    text = re.sub(r"\[(\w+(?:, \w+)*)\]", without_searches, text).replace("graph_library, ", "")
    entries = re.split(r"(?m)^(?=  - family: )", text)
    return "".join(one_linear(entry) if entry.startswith("  - family: gemm") else entry for entry in entries)


def make_configs(folder):
    shutil.copytree(ROOT / "configs", folder)
    for suite in (folder / "suites").glob("*.yaml"):
        suite.write_text(small_suite(suite.read_text(encoding="utf-8")), encoding="utf-8")
    model = (DATA / "tiny_model.yaml").read_text(encoding="utf-8")
    (folder / "models/tiny_model.yaml").write_text(model.replace("num_hidden_layers: 4", "num_hidden_layers: 1"),
                                                   encoding="utf-8")


# ---- a card ----------------------------------------------------------------------------------------------

class Day:
    def __init__(self, card, folder, programs, configs):
        self.card, self.folder, self.programs = card, folder, programs
        self.folder.mkdir()
        self.refusal = WITHOUT_CODE.get(card)
        self.environment = {
            **os.environ, "EMULATED_CARD": card, "EMULATED_L2_BYTES": str(L2_BYTES), "GPUGAUGE_CONFIGS": str(configs),
            "GPUGAUGE_READ_EMULATED": "1", "GTEST_FILTER": GPU_TESTS, "GPUGAUGE_SEARCH_CACHE": "off", "OMP_NUM_THREADS": "1",
            "PYTHONPATH": str(ROOT / "tests/scripts/stand_in_torch"), "STAND_IN_CALLS": str(folder / "pytorch_calls"),
            "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, step, *command, expected=(0,)):
        """What it said; Failed where its status is another."""
        done = subprocess.run([*map(str, command)], cwd=self.folder, env=self.environment, text=True, check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        with (self.folder / f"{step}.log").open("a", encoding="utf-8") as log:
            log.write(done.stdout)
        if self.refusal:
            if done.returncode != 3 or self.refusal not in done.stdout:
                raise Failed(f"status {done.returncode}, expected 3 and '{self.refusal}': {step}.log")
        elif done.returncode not in expected:
            raise Failed(f"status {done.returncode}, expected {expected}: {step}.log")
        return done.stdout

    def gpu_check(self):
        self.run("gpu_check", SCRIPTS / "gpu_check.sh", "--build", self.programs, "--seconds", 3600, "gpu_check",
                 expected=(0, 1))
        if self.refusal:
            return
        # A goal of a modelled time is missed as it may be; nothing else.
        rows = (self.folder / "gpu_check/summary.md").read_text(encoding="utf-8").split("| step |")[1].splitlines()[2:]
        wrong = [row for row in rows if "| failed |" in row and "a goal was missed" not in row]
        if len(rows) != 9 or wrong:
            raise Failed(" ".join(wrong) or "gpu_check/summary.md lacks steps")

    def card_trials(self):
        self.run("card_trials", SCRIPTS / "card_trials.py", "--build", self.programs, "--seconds", 3600, "card_trials")

    def nightly(self):
        for night, before in (("2026-01-01", 0), ("2026-01-02", 1)):
            said = self.run("nightly", SCRIPTS / "nightly.sh", "--gpugauge", self.programs / "gpugauge", "--device", "cuda:0",
                            "--processes", 1, "--cool-down", 0, "--night", night, expected=(6,))
            if not self.refusal and f" | {before} | no baseline |" not in said:
                raise Failed(f"night {night} does not find {before} before it: nightly.log")

    def side_by_side(self):
        self.run("side_by_side", SCRIPTS / "side_by_side.py", "--gpugauge", self.programs / "gpugauge", "--rounds", 2,
                 "side_by_side")


def say(text):
    print(f"card_day: {text}", file=sys.stderr, flush=True)


def some_of(known):
    def parse(text):
        for name in text.split(","):
            if name not in known:
                raise argparse.ArgumentTypeError(f"'{name}', expected some of {','.join(known)}")
        return text.split(",")
    return parse


def main():
    parser = argparse.ArgumentParser(description="what a person runs on a card, on cards in software")
    parser.add_argument("folder", type=pathlib.Path, nargs="?", metavar="FOLDER")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build", metavar="DIR")
    parser.add_argument("--cards", type=some_of(CARDS), default=CARDS, metavar="A,B…")
    parser.add_argument("--steps", type=some_of(STEPS), default=STEPS, metavar="A,B…")
    arguments = parser.parse_args()
    folder = (arguments.folder or pathlib.Path(tempfile.mkdtemp(prefix="card-day-"))).resolve()
    if folder.exists() and any(folder.iterdir()):
        parser.error(f"'{folder}' is not empty")
    programs = folder / "programs"
    programs.mkdir(parents=True)
    for name in ("gpugauge", "gpu_tests"):
        program = arguments.build.resolve() / f"{name}_emulated"
        if not program.is_file():
            say(f"no {program}")
            sys.exit(3)
        (programs / name).symlink_to(program)
    make_configs(folder / "configs")
    failed = False
    for card in arguments.cards:
        day = Day(card, folder / card, programs, folder / "configs")
        for step in arguments.steps:
            begun = time.monotonic()
            try:
                getattr(day, step)()
                said = "refused, as it must be" if day.refusal else "ok"
            except Failed as error:
                failed, said = True, f"FAILED: {error}"
            say(f"{card} {step}: {said}, {time.monotonic() - begun:.0f} s")
    if failed:
        say(f"what the steps left is in {folder}")
    elif not arguments.folder:
        shutil.rmtree(folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
