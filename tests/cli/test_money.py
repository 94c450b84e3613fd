import json
import re

import pytest
from conftest import assert_one_line_error, load

REQUEST = ["--model", "micro", "--precision", "fp32", "--input-tokens", "4", "--output-tokens", "16"]
PRICED = [*REQUEST, "--hourly", "result.json=1,./result.json=4"]
ONE = ["--model", "micro", "--precision", "fp32", "--batch", "4", "--hourly", "2"]


def answer(result):
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


@pytest.fixture(scope="module")
def with_power(measured):
    """The same file, as a card that drew 250 W in every case would have written it."""
    content = load(measured.folder / "result.json")

    def add(node):
        if isinstance(node, dict):
            if "case" in node and "verification" in node:
                node.setdefault("telemetry", {})["mean_power_w"] = 250.0
            for child in node.values():
                add(child)
        elif isinstance(node, list):
            for child in node:
                add(child)

    add(content)
    (measured.folder / "power.json").write_text(json.dumps(content))
    return measured


def test_utilisation_divides_tokens(measured):
    full = answer(measured("cost", "result.json", *ONE, "--format", "json"))
    half = answer(measured("cost", "result.json", *ONE, "--utilisation", "0.5", "--format", "json"))
    assert half["cost"][0]["library_dollars_per_million"] == pytest.approx(
        2 * full["cost"][0]["library_dollars_per_million"])
    assert half["month"][0]["dollars_per_month"] == full["month"][0]["dollars_per_month"] == pytest.approx(1460)
    assert half["month"][0]["output_million_tokens_per_month"] == pytest.approx(
        full["month"][0]["output_million_tokens_per_month"] / 2)
    assert "energy" not in full


def test_people_begin_with_the_answer_and_end_with_the_cheapest(measured):
    lines = measured("cost", "result.json", *ONE[:4], "--batch", "1,2,4", "--hourly", "2").stdout.splitlines()
    assert re.fullmatch(r".*, \$[0-9.]+ per million at batch \d+, decode only; \$2\.00 an hour", lines[0])
    assert re.fullmatch(r"cheapest: \$[0-9.]+/M at batch \d+", lines[-1])
    assert sum("$1460.00" in line for line in lines) == 1, "the month of an offer stands there once"


def test_a_month_is_as_long_as_one_says(measured):
    table = measured("cost", "result.json", *ONE, "--hours-per-month", "720", "--utilisation", "0.25")
    assert "a month of 720 hours, 25% used" in table.stdout and "$1440.00" in table.stdout
    assert "energy not shown: power readings cover 0%" in table.stdout


def test_energy_of_measured_power(with_power):
    found = answer(with_power("cost", "power.json", *ONE, "--electricity", "0.2", "--format", "json"))
    (energy,), (cost,) = found["energy"], found["cost"]
    assert energy["mean_power_w"] == pytest.approx(250)
    tokens_per_second = 2 * 1e6 / 3600 / cost["library_dollars_per_million"]
    assert energy["energy_j_per_token"] == pytest.approx(250 / tokens_per_second)
    assert energy["energy_kwh_per_million"] == pytest.approx(energy["energy_j_per_token"] / 3.6)
    assert energy["electricity_dollars_per_million"] == pytest.approx(energy["energy_kwh_per_million"] * 0.2)
    assert 50 <= energy["power_known_percent"] <= 100


def test_serve_with_a_price(measured):
    found = answer(measured("serve", "result.json", *REQUEST, "--batch", "2", "--hourly", "2", "--format", "json"))
    (money, _), (serving, _) = found["serving_money"], found["serving"]
    assert money["output_all_time_dollars_per_million"] == pytest.approx(
        2 / serving["library_output_tok_per_s"] * 1e6 / 3600)
    assert money["input_by_time_dollars_per_million"] * 4 + money["output_by_time_dollars_per_million"] * 16 == \
        pytest.approx(money["output_all_time_dollars_per_million"] * 16)
    assert found["serving_month"][0]["dollars_per_month"] == pytest.approx(1460)
    without = answer(measured("serve", "result.json", *REQUEST, "--batch", "2", "--format", "json"))
    assert list(without) == ["answer", "serving"]
    assert "tok/s a user at batch" in without["answer"][0]["answer"]


def test_break_even_of_a_card_with_itself(measured):
    found = answer(measured("break-even", "result.json", "./result.json", *PRICED, "--batch", "2",
                            "--tokens-per-day", "1e6", "--max-input", "4", "--utilisation-b", "0.5", "--format", "json"))
    equal, largest = found["break_even"]
    assert (equal["batches"], largest["batches"], largest["a_batch"]) == ("equal", "largest", 4)
    # B sells half of its tokens: A may cost twice as much, and costs a quarter.
    assert equal["break_even_price_ratio"] == pytest.approx(2)
    assert equal["price_ratio_today"] == pytest.approx(0.25)
    assert equal["margin_percent"] == pytest.approx(700)
    # Whatever noise this machine has: A is called cheaper where its margin is beyond doubt, and B never is.
    assert equal["cheaper"] == ("A" if equal["margin_low_percent"] > 0 else "undecided")
    assert found["utilisation"][0]["a_break_even_utilisation"] == pytest.approx(0.125)
    assert found["utilisation"][0]["b_break_even_utilisation"] == pytest.approx(4)
    assert found["fleet"][0]["b_billed_gpus"] >= found["fleet"][0]["a_billed_gpus"]
    assert all(re.match(r"none: .* \(A\) cheaper throughout", row["swap"]) for row in found["crossings"])
    assert " (A), " in found["answer"][0]["answer"] and "in + " in found["answer"][0]["answer"]
    assert {row["axis"] for row in found["curve"]} == {"batch", "input"}


def test_break_even_is_what_serve_says(measured):
    (row, _) = answer(measured("break-even", "result.json", "./result.json", *PRICED, "--batch", "2",
                               "--format", "json"))["break_even"]
    (money, _) = answer(measured("serve", "result.json", *REQUEST, "--batch", "2", "--hourly", "4",
                                 "--format", "json"))["serving_money"]
    assert row["b_dollars_per_million"] == pytest.approx(money["output_all_time_dollars_per_million"])


@pytest.mark.parametrize("format", ["table", "csv", "markdown"])
def test_break_even_prints_every_format(measured, format):
    result = measured("break-even", "result.json", "./result.json", *PRICED, "--format", format)
    assert result.returncode == 0, result.stderr
    assert "micro" in result.stdout


@pytest.mark.parametrize("arguments, word", [
    (["result.json", *PRICED], "FILE"),
    (["result.json", "./result.json", "result.json", *PRICED], "FILE"),
    (["result.json", "./result.json", *REQUEST], "no price is known"),
    (["result.json", "./result.json", *REQUEST, "--hourly", "result.json=1"], "no price is known"),
    (["result.json", "./result.json", *PRICED, "--utilisation", "1.5"], "utilisation"),
    (["result.json", "./result.json", *PRICED, "--utilisation-a", "0"], "utilisation"),
    (["result.json", "./result.json", *PRICED, "--hours-per-month", "800"], "800"),
    (["result.json", "./result.json", *PRICED, "--tokens-per-day", "0"], "--tokens-per-day"),
    (["result.json", "./result.json", *PRICED, "--tokens-per-day", "1e30"], "million"),
])
def test_bad_comparisons_are_one_line(measured, arguments, word):
    assert_one_line_error(measured("break-even", *arguments), 2, word)


@pytest.mark.parametrize("arguments, word", [
    (["--utilisation", "0"], "utilisation"),
    (["--utilisation", "nan"], "utilisation"),
    (["--hours-per-month", "-1"], "hours"),
    (["--electricity", "-0.1"], "--electricity"),
])
@pytest.mark.parametrize("command", [["cost"], ["serve", *REQUEST]])
def test_bad_billing_is_one_line(measured, command, arguments, word):
    assert_one_line_error(measured(*command, "result.json", *arguments), 2, word)
