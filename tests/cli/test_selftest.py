import csv
import io
import json

import pytest
from conftest import assert_one_line_error

FEW = ["selftest", "gate", "--series", "3"]


def test_the_gate_on_a_few_series(gpugauge):
    result = gpugauge(*FEW, "--format", "json")
    rows = json.loads(result.stdout)["gate_selftest"]
    assert result.returncode == (0 if all(row["verdict"] == "met" for row in rows) else 1)
    by_name = {row["planted"]: row for row in rows}
    assert by_name["5% shift"]["recall_in_7_nights_percent"] == 100
    assert by_name["nothing"]["recall_in_7_nights_percent"] is None
    for row in rows:
        assert row["series"] == 3
        assert row["false_alarms_low_per_1000"] <= row["false_alarms_per_1000"] <= row["false_alarms_high_per_1000"]
        assert row["false_alarms_per_1000"] == pytest.approx(1000 * row["false_alarms"] / row["judged_nights"])


def test_the_same_seed_gives_the_same_table(gpugauge):
    first, again, other = (gpugauge(*FEW, "--seed", seed) for seed in ("4", "4", "5"))
    assert first.stdout == again.stdout != other.stdout


def test_the_table_fits_a_terminal(gpugauge):
    assert max(map(len, gpugauge("selftest", "gate", "--series", "30").stdout.splitlines())) <= 120


def test_a_missed_goal_is_a_failed_check(gpugauge):
    result = gpugauge(*FEW, "--scatter", "0.05")
    assert result.returncode == 1
    assert "missed" in result.stdout


def write_nights(gpugauge, text):
    (gpugauge.folder / "nights.csv").write_text(text)
    return gpugauge("selftest", "changepoints", "nights.csv", "--format", "csv")


def test_changepoints_of_a_file(gpugauge):
    lines = ["date,time_ns", *(f"day,{1000 + i % 3}" for i in range(40)), *(f"day,{1030 + i % 3}" for i in range(9))]
    result = write_nights(gpugauge, "\n".join(lines))
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["night"] == "41"
    assert float(row["change_percent"]) == pytest.approx(3.0, abs=0.05)
    assert float(row["change_low_percent"]) < 3 < float(row["change_high_percent"])


@pytest.mark.parametrize("text, where", [("time\n5\nslow\n", "nights.csv:3:"), ("5\n-1\n", "nights.csv:2:"),
                                         ("a\nb\n", "nights.csv:2:"), ("5\n1e999\n", "nights.csv:2:")])
def test_what_is_no_time_is_named(gpugauge, text, where):
    assert_one_line_error(write_nights(gpugauge, text), 2, where)


@pytest.mark.parametrize("text, held", [("", "0 nights"), ("time\n", "0 nights"), ("5\n", "1 night"), ("5\n" * 7, "7 nights")])
def test_fewer_nights_than_a_change_needs_are_refused(gpugauge, text, held):
    assert_one_line_error(write_nights(gpugauge, text), 2, f"nights.csv: holds {held}, expected at least ",
                          "before a change and as many after it")


@pytest.mark.parametrize("arguments", [["selftest", "gates"], ["selftest", "gate", "--series", "0"],
                                       ["selftest", "gate", "--scatter", "nan"],
                                       ["selftest", "gate", "--seed", "-1"],
                                       ["selftest", "changepoints", "missing.csv", "--delta", "nan"],
                                       ["selftest", "changepoints"], ["selftest", "changepoints", "missing.csv"]])
def test_wrong_use_is_one_line(gpugauge, arguments):
    assert_one_line_error(gpugauge(*arguments), 2)
