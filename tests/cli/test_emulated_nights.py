"""scripts/nightly.sh on a card in software, night after night. Nothing here was measured on a card."""

import json
import subprocess

import pytest
from conftest import ROOT, memory_entry

SUITE = """
name: nights
description: Five cases, three of kernels and two of the driver
contexts: [128]
settle_seconds: 0
entries:
""" + memory_entry("read, copy, write", implementations="driver, stream")


class Nights:
    def __init__(self, emulated):
        self.emulated, self.folder, self.dates = emulated, emulated.folder, 0
        (self.folder / "nights.yaml").write_text(SUITE)

    def __call__(self, *arguments, reads_emulated=True, **switches):
        """The next night: its exit status and what it said."""
        self.dates += 1
        environment = self.emulated.environment(**switches)
        environment.pop("GPUGAUGE_READ_EMULATED", None)
        if reads_emulated:
            environment["GPUGAUGE_READ_EMULATED"] = "1"
        done = subprocess.run(
            [ROOT / "scripts/nightly.sh", "--gpugauge", self.emulated.program, "--device", "cuda:0", "--suite", "nights.yaml",
             "--processes", "2", "--cool-down", "0", "--night", f"2026-01-{self.dates:02}", *arguments],
            cwd=self.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=600)
        return done.returncode, done.stdout

    def check(self):
        """The newest night's check.md."""
        return (max((self.folder / "history.nights").iterdir()) / "check.md").read_text()

    def kept(self):
        """The dates of the history, each with its files."""
        found = {}
        for path in (self.folder / "history").glob("date=*/**/*.json"):
            date = path.relative_to(self.folder / "history").parts[0]
            found.setdefault(date.removeprefix("date="), []).append(json.loads(path.read_text()))
        return found


@pytest.fixture
def night(emulated):
    return Nights(emulated)


def test_the_second_night_finds_the_first(night):
    status, said = night()
    assert status == 6, said
    assert "| memory/read/64KiB/stream/hot |" in said and " | 0 | no baseline |" in said
    status, said = night()
    assert status == 6, said
    assert " | 1 | no baseline |" in said
    assert [len(files) for files in night.kept().values()] == [2, 2]


def test_a_kernel_that_crashes_costs_its_case_and_no_night(night):
    status, said = night(crash="read_kernel")
    assert status == 5, said
    assert said.count("1 crashed could not be run") == 2
    assert "memory/read/64KiB/stream/hot: planned tonight, but has no verified number" in night.check()
    (files,) = night.kept().values()
    assert all(len(each["benchmarks"]) == 4 for each in files)


def test_a_kernel_that_never_ends_costs_its_case_and_no_night(night):
    status, said = night("--processes", "1", hang="read_kernel")
    assert status == 5, said
    assert "1 hung could not be run" in said
    (files,) = night.kept().values()
    assert len(files[0]["benchmarks"]) == 4


@pytest.mark.parametrize("switches, said_of_it", [
    ({"start_error": 802}, "system not yet initialized"),
    ({"driver_version": 0}, "no NVIDIA driver"),
])
def test_a_night_without_a_card_is_recorded_and_the_next_one_works(night, switches, said_of_it):
    night()
    status, said = night(**switches)
    assert status == 3, said
    assert night.check().startswith("Nothing was measured tonight:\n")
    assert night.check().count(said_of_it) == 2
    status, said = night()
    assert status == 6, said
    assert " | 1 | no baseline |" in said
    assert sorted(night.kept()) == ["2026-01-01", "2026-01-03"]


def test_a_night_in_which_every_case_fails_is_kept_and_inconclusive(night):
    status, said = night(out_of_memory_bytes=1)
    assert status == 5, said
    assert [len(each["benchmarks"]) for files in night.kept().values() for each in files] == [0, 0]


def test_no_night_takes_emulated_results_for_measurements(night):
    status, said = night("--processes", "1", reads_emulated=False)
    assert status == 3, said
    assert "nothing was measured on it" in said
    assert night.kept() == {}
