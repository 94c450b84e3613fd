import csv
import io
import json
import shutil

import pytest
from conftest import assert_one_line_error, load

ASKED = ["--model", "micro", "--precision", "fp32", "--input-tokens", "4", "--output-tokens", "4", "--batch", "2"]


@pytest.fixture(scope="module")
def cards(measured):
    """Two cards of one machine: the second says that it is another."""
    text = json.loads((measured.folder / "result.json").read_text())
    name = text["context"]["gpugauge"]["device"]["name"]
    text["context"]["gpugauge"]["device"]["name"] = "Other"
    (measured.folder / "other.json").write_text(json.dumps(text))
    return name


def advise(measured, *arguments, format="json"):
    result = measured("advise", "result.json", "other.json", *ASKED, *arguments, "--format", format)
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout) if format == "json" else result.stdout


@pytest.mark.parametrize("format", ["table", "json", "csv", "markdown"])
def test_advise_prints_every_format(measured, cards, format):
    text = advise(measured, "--hourly", f"{cards}=1,Other=3", format=format) if format != "json" else \
        json.dumps(advise(measured, "--hourly", f"{cards}=1,Other=3"))
    assert "micro" in text and "checklist" in text or format == "csv"
    if format == "csv":
        assert all(len({len(line) for line in csv.reader(io.StringIO(part))}) == 1
                   for part in text.strip().split("\n\n"))


def test_equal_cards_are_ranked_by_their_price(measured, cards):
    found = advise(measured, "--hourly", f"{cards}=100,Other=1")
    for batch_is in ("given", "largest"):
        first, second = [row for row in found["advice"] if row["batch_is"] == batch_is]
        assert first["card"] == "Other" and second["card"] == cards
        assert second["dollars_per_million"] == pytest.approx(100 * first["dollars_per_million"])
        assert first["dollars_per_million"] == pytest.approx(1e6 / 3600 / first["output_tok_per_s"])
        assert second["margin_percent"] == pytest.approx(9900)
        assert first["probability_cheaper"] > 0.9
    (answer,) = found["answer"]
    assert answer["card"] == "Other" and answer["answer"].startswith("Other, 99% cheaper than ")
    assert answer["answer"].endswith("; $1.00 an hour")
    flips = {row["what"]: row["flips_at"] for row in found["flips"]}
    assert flips["winner's price"] == pytest.approx(100)
    assert flips["runner-up's price"] == pytest.approx(1)
    assert len(found["checklist"]) == 8


def test_equal_cards_at_one_price_are_undecided(measured, cards):
    (answer,) = advise(measured, "--hourly", f"{cards}=1,Other=1")["answer"]
    assert answer["decided"] is False and "Undecided" in answer["answer"]


def test_a_demand_is_ranked_by_the_month(measured, cards):
    found = advise(measured, "--hourly", f"{cards}=1,Other=2", "--tokens-per-day", "1,1e9")
    assert found["advice"][0]["dollars_per_month"] == pytest.approx(730)


def test_cards_without_a_price_are_listed_not_dropped(measured, cards):
    found = advise(measured, "--hourly", "Other=2")
    assert {row["card"] for row in found["advice"]} == {"Other"}
    assert {row["card"] for row in found["excluded"]} == {cards}
    assert all("--hourly" in row["reason"] for row in found["excluded"])


def test_a_target_that_nothing_meets_is_said_so(measured, cards):
    found = advise(measured, "--hourly", "Other=2", "--tpot", "0.000001")
    assert found["advice"] == []
    assert any("above the target" in row["reason"] for row in found["excluded"])
    assert "No card" in found["answer"][0]["answer"]


def test_several_files_of_a_card_are_one_card(measured, cards):
    shutil.copy(measured.folder / "result.json", measured.folder / "again.json")
    result = measured("advise", "result.json", "again.json", *ASKED, "--hourly", f"{cards}=1", "--format", "json")
    found = json.loads(result.stdout)
    assert len(found["cards"]) == 1 and found["advice"][0]["file"] == "result.json"


@pytest.mark.parametrize("arguments, word", [
    (["--input-tokens", "64", "--batch", "2"], "--model"),
    (["--model", "nothing-7b", "--input-tokens", "64", "--batch", "2"], "nothing-7b"),
    ([*ASKED[:-1], "0"], "--batch is '0'"),
    ([*ASKED[:-1], "8,4"], "batch 4 after 8"),
    ([*ASKED, "--hourly", "Other"], "CARD=DOLLARS"),
    ([*ASKED, "--hourly", "Othr=1"], "Othr"),
    ([*ASKED, "--hourly", "Other=1,2"], "for all"),
    ([*ASKED, "--hourly", "Other=-1"], "--hourly is 'Other=-1'"),
    ([*ASKED, "--hourly", "Other=cheap"], "Other=cheap"),
    ([*ASKED, "--hourly", "Other="], "--hourly is 'Other='"),
    ([*ASKED, "--hourly", "Other=1e9"], "up to 1000"),
    ([*ASKED, "--prices", "nothing.csv"], "nothing.csv"),
    ([*ASKED, "--utilisation", "2"], "--utilisation is '2'"),
    ([*ASKED, "--tokens-per-day", "-1"], "--tokens-per-day is '-1'"),
    ([*ASKED, "--tokens-per-day", "5,4"], "tokens per day 4 after 5"),
    ([*ASKED, "--tokens-per-day", "1,2,3"], "found 3 values, expected one or two"),
    ([*ASKED, "--tpot", "-1"], "--tpot"),
    ([*ASKED, "--spot=maybe"], "--spot"),
])
def test_bad_requests_are_one_line(measured, cards, arguments, word):
    assert_one_line_error(measured("advise", "other.json", *arguments), 2, word)


def test_a_file_of_another_schema_is_refused(measured, cards):
    text = load(measured.folder / "result.json")
    text["context"]["gpugauge"]["schema_version"] = 999
    (measured.folder / "newer.json").write_text(json.dumps(text))
    assert_one_line_error(measured("advise", "newer.json", *ASKED), 2, "newer.json")
    assert_one_line_error(measured("advise", "absent.json", *ASKED), 2, "absent.json")
