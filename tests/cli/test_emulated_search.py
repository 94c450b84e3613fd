"""Searches for cuBLASLt's fastest algorithm on cards in software: their budget, their cache, candidates that end the
process. Nothing here was measured on a card.
"""

import json
import re

import pytest
from conftest import load, memory_entry

# One GEMM, searched; what is warmed up on is another case.
WARMED_UP = memory_entry("write", "{target: 0.5, case_seconds: 0.001, warmup_seconds: 0, sample_seconds: 0.00002, "
                                  "min_samples: 6, max_samples: 8}")
SEARCHED = """\
  - family: gemm
    backend: cuda
    implementations: [{implementation}]
    dtypes: [bf16]
    cache: [hot]
    data: [{data}]
    shapes: [[4, 64, 128]]
    sampling: {{target: 0.5, case_seconds: 0.002, warmup_seconds: 0.001, sample_seconds: 0.00002, min_samples: 6,
               max_samples: 8, search_seconds: {budget}}}
"""
# One of those that the stand-in's heuristic suggests, and no other.
CULPRIT = "algo 21 tile 15 stages 15 split-K 1"
CULPRIT_NAME = "M 4, algo 21, tile 15, stages 15, split-K 1, workspace 0B"


class Search:
    """Runs the suite with one cache of choices."""

    def __init__(self, emulated):
        self.emulated = emulated
        self.folder = emulated.folder
        self.cache = emulated.folder / "cache.jsonl"

    def __call__(self, name, implementation="cublaslt_search", data="normal", budget=600, **switches):
        entries = "entries:\n" + WARMED_UP + SEARCHED.format(implementation=implementation, data=data, budget=budget)
        self.said = self.emulated(*self.emulated.suite(entries), "-o", name, search_cache=self.cache, **switches)
        assert self.said.returncode in (0, 1, 3), self.said.stderr
        result = load(self.folder / name)
        self.processes = len(result["context"]["gpugauge"]["sessions"])
        self.missing = [none for none in result["context"]["gpugauge"]["not_measured"]
                        if none["status"] != "unsupported"]
        details = [entry["gpugauge"]["details"] for entry in result["benchmarks"] if entry["name"].startswith("gemm/")]
        return details[0] if details else ""

    def lines(self):
        return [json.loads(line) for line in self.cache.read_text().splitlines() if line]

    def rewrite(self, **changes):
        self.cache.write_text("".join(json.dumps(dict(line, **changes)) + "\n" for line in self.lines()))


@pytest.fixture
def search(emulated):
    return Search(emulated)


def tried(details):
    return int(re.search(r"best of (\d+)", details)[1])


def test_a_budget_ends_an_exhaustive_search_and_the_result_says_so(search):
    whole = search("whole.json", "cublaslt_exhaustive")
    assert "budget" not in whole and tried(whole) > 50
    search.cache.unlink()
    cut = search("cut.json", "cublaslt_exhaustive", budget=0.001)
    found = re.search(r"best of (\d+), the search's budget of 0.001 s was over after (\d+) of (\d+) candidates", cut)
    assert found, cut
    assert int(found[1]) == int(found[2]) < int(found[3])
    # Who has more time searches again, who has no more does not.
    assert "in an earlier search, the search's budget" in search("again.json", "cublaslt_exhaustive", budget=0.001)
    assert tried(search("more.json", "cublaslt_exhaustive")) == tried(whole)


def test_a_choice_is_kept_with_what_it_depends_on(search):
    first = search("a.json")
    assert re.search(r"best of \d+$", first), first
    assert "in an earlier search" in search("b.json")
    line = search.lines()[-1]
    for part in ("SMs", "driver", "cuBLASLt", " W, ", " MHz"):
        assert part in line["key"], line["key"]
    assert line["seconds"] > 0 and line["tried"] == line["candidates"] == tried(first)
    assert "earlier" not in search("c.json", application_clock_mhz=1200), "searched at another clock"


def test_a_choice_is_searched_anew_after_a_month(search):
    search("a.json")
    search.rewrite(unix_seconds=search.lines()[-1]["unix_seconds"] - 31 * 86_400)
    assert "earlier" not in search("b.json")


def test_a_choice_within_noise_is_timed_again(search):
    search("a.json")
    search.rewrite(clear=True)
    assert search("b.json").endswith("in an earlier search")
    search.rewrite(clear=False)
    assert search("c.json").endswith("in an earlier search, its finalists timed again")


def test_a_cache_of_an_older_version_is_ignored(search):
    search("a.json")
    kept = search.lines()[-1]
    search.cache.write_text(json.dumps({"key": kept["key"], "algorithm": kept["finalists"][-1]["algorithm"], "rows": 4,
                                        "workspace_bytes": 0, "candidates": 9}) + '\n{"key":5}\n[]\n{"key":"torn')
    assert "earlier" not in search("b.json")


def test_a_candidate_that_crashes_is_named_and_the_case_goes_on_without_it(search):
    details = search("a.json", crash=CULPRIT)
    assert f"left out: {CULPRIT_NAME} (crashed)" in details, details
    assert search.processes == 2 and not search.missing
    assert f"candidate {CULPRIT_NAME} of a search" in search.said.stderr and "fresh process" in search.said.stderr
    # The next run does not meet it again, neither where it searches nor where it takes the choice.
    assert CULPRIT_NAME in search("b.json", data="uniform", crash=CULPRIT)
    assert search.processes == 1
    assert "in an earlier search" in search("c.json", crash=CULPRIT)
    assert search.processes == 1


def test_a_candidate_that_never_ends_is_named_and_the_case_goes_on_without_it(search):
    details = search("a.json", hang=CULPRIT)
    assert f"left out: {CULPRIT_NAME} (hung)" in details, details
    assert search.processes == 2 and not search.missing
    assert "still at work after 30 s" in search.said.stderr


def test_a_case_that_loses_many_candidates_is_to_blame_itself(search):
    search("a.json", crash="algo ")
    assert search.said.returncode == 3
    assert [none["status"] for none in search.missing] == ["crashed"]
    assert "the last of 5 candidates lost" in search.missing[0]["reason"]
    assert search.processes in (5, 6)
