"""Drives the built program as a user would: GPUGAUGE_BINARY names it, else build/gpugauge."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("GPUGAUGE_BINARY", ROOT / "build" / "gpugauge"))
DATA = ROOT / "tests" / "data"


class Program:
    """gpugauge in a folder of its own, with the shipped configs and a few tiny ones beside them."""

    def __init__(self, folder):
        self.folder = folder
        self.configs = folder / "configs"
        shutil.copytree(ROOT / "configs", self.configs)
        shutil.copy(DATA / "cli" / "tiny.yaml", self.configs / "suites")
        shutil.copy(DATA / "cli" / "micro.yaml", self.configs / "models")
        self.environment = dict(os.environ, GPUGAUGE_CONFIGS=str(self.configs), OMP_NUM_THREADS="2")

    def command(self, *arguments):
        return [str(BINARY), *map(str, arguments)]

    def __call__(self, *arguments, **options):
        return subprocess.run(self.command(*arguments), cwd=self.folder, env=self.environment, text=True,
                              capture_output=True, timeout=120, **options)

    def start(self, *arguments, **options):
        return subprocess.Popen(self.command(*arguments), cwd=self.folder, env=self.environment, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def measure(self, name="result.json", *arguments):
        """A tiny result file."""
        result = self("run", "--suite", "tiny", "--device", "cpu", "-o", name, *arguments)
        assert result.returncode == 0, result.stderr
        return self.folder / name


@pytest.fixture
def gpugauge(tmp_path):
    return Program(tmp_path)


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """A program with one result file in its folder, for all tests that only read: of the suite tiny, measured on a CPU,
    with samples and intervals that were cut to 3% of each median."""
    program = Program(tmp_path_factory.mktemp("measured"))
    shutil.copy(DATA / "cli" / "result.json", program.folder)
    return program


@pytest.fixture(scope="session")
def fresh(tmp_path_factory):
    """The same, measured now: for tests of what a run writes."""
    program = Program(tmp_path_factory.mktemp("fresh"))
    program.measure()
    return program


class EmulatedCard:
    """gpugauge on a card in software, in a folder of its own: GPUGAUGE_EMULATED names the program that has it. Nothing
    that it gives was measured on a card. Switches are the EMULATED_* variables of tests/emulated/switches.hpp."""

    def __init__(self, folder):
        self.program = os.environ.get("GPUGAUGE_EMULATED")
        if not self.program:
            pytest.skip("GPUGAUGE_EMULATED is not set: this build has no emulated card")
        self.folder = folder

    def environment(self, card="h100-mig", search_cache="off", **switches):
        return dict(os.environ, EMULATED_CARD=card, GPUGAUGE_CONFIGS=str(ROOT / "configs"), OMP_NUM_THREADS="1",
                    GPUGAUGE_SEARCH_CACHE=str(search_cache),
                    **{f"EMULATED_{name.upper()}": str(value) for name, value in switches.items()})

    def start(self, *arguments, **options):
        return subprocess.Popen([self.program, *map(str, arguments)], cwd=self.folder, env=self.environment(**options),
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def __call__(self, *arguments, timeout=600, **options):
        with self.start(*arguments, **options) as process:
            try:
                stdout, stderr = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)

    def suite(self, entries, settle=0):
        """The arguments of a run of these entries of a suite."""
        path = self.folder / "emulated.yaml"
        path.write_text("name: emulated\ndescription: A few cases\ncontexts: [128]\n"
                        f"settle_seconds: {settle}\n{entries}")
        return "run", "--device", "cuda:0", "--suite", path


BRIEF = "{target: 0.05, warmup_seconds: 0.001, case_seconds: 0.002, sample_seconds: 0.0001}"  # sampling, in software


def memory_entry(patterns, sampling=BRIEF, implementations="driver", size="64KiB"):
    """An entry of a suite: streams through a hot cache, the cheapest cases of a card in software."""
    return ("  - family: memory\n    backend: cuda\n"
            f"    implementations: [{implementations}]\n    patterns: [{patterns}]\n    sizes: [{size}]\n"
            f"    cache: [hot]\n    sampling: {sampling}\n")


@pytest.fixture
def emulated(tmp_path):
    return EmulatedCard(tmp_path)


@pytest.fixture(scope="session")
def run_emulated(tmp_path_factory):
    """Runs entries of a suite; gives its file's part of gpugauge, its measurements by case, and what was said."""
    emulated = EmulatedCard(tmp_path_factory.mktemp("emulated"))

    def run(entries, card, **switches):
        done = emulated(*emulated.suite(entries), "-o", "result.json", "--overwrite", card=card, **switches)
        assert done.returncode == 0, done.stderr
        made = load(emulated.folder / "result.json")
        return (made["context"]["gpugauge"], {entry["name"]: entry["gpugauge"] for entry in made["benchmarks"]},
                done.stdout + done.stderr)

    return run


def load(path):
    return json.loads(Path(path).read_text())


def assert_one_line_error(result, status, *expected):
    """One clear line on stderr, the right status, nothing on stdout."""
    assert result.returncode == status, (result.returncode, result.stdout, result.stderr)
    lines = [line for line in result.stderr.splitlines() if line.startswith("gpugauge: ")]
    assert len(lines) == 1, result.stderr
    assert "terminate called" not in result.stderr
    for part in expected:
        assert part in lines[0], lines[0]
