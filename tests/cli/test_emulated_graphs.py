"""How many nodes a graph is given, on cards in software: the stand-in runs graphs of any size."""

import re

from conftest import memory_entry

MOST_NODES = 20_000

LONG_SAMPLES = "{target: 0.5, case_seconds: 0.01, warmup_seconds: 0, sample_seconds: 0.2, min_samples: 6, max_samples: 8}"


def test_a_sample_that_a_graph_has_no_room_for_says_so(run_emulated):
    _, cases, _ = run_emulated("entries:\n" + memory_entry("write", LONG_SAMPLES), "h100-mig")
    (measured,) = cases.values()
    assert MOST_NODES - 10 < measured["samples"]["launches_per_sample"] <= MOST_NODES
    found = re.search(r"samples of ([\d.]+) ms where 200 ms were asked: a replay holds (\d+) launches",
                      measured["details"])
    assert found and int(found[2]) == measured["samples"]["launches_per_sample"], measured["details"]
    assert 0 < float(found[1]) < 200
