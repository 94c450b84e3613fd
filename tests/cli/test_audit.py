"""gpugauge audit: the claims of a text against formulas, configs and result files."""

import json
import re
from pathlib import Path

import pytest

CLAIMS = "configs/claims/l40s-vs-h100.yaml"

OWN = """name: own
title: Another text
source: somebody's blog
claims:
  - {id: sum, section: One, quote: "2 and 2 are 4", claims: 4, metric: 2 + 2}
  - {id: price, section: One, quote: "an H200 reads 4.8 TB/s", claims: 4.8 TB/s, metric: memory_gbps(h200) / 1000}
  - {id: wrong, section: One, quote: "twice as fast", claims: 2x, metric: memory_gbps(h200) / memory_gbps(h100-sxm5)}
  - {id: odd, section: One, quote: "5", claims: 5, consistent: "@sum"}
  - {id: open, section: One, quote: "9,000 tok/s", claims: "9,000", metric: "decode(h200, micro, bf16, 1, 64)"}
  - {id: taste, section: One, quote: "it feels fast", outside: a feeling}
"""


def own(gpugauge, text=OWN):
    (gpugauge.folder / "own.yaml").write_text(text)
    return "own.yaml"


def verdicts(result):
    assert result.returncode == 0, result.stderr
    return {row["id"]: row["verdict"] for row in json.loads(result.stdout)["audit"]}


def test_every_verdict_on_a_text_of_ones_own(gpugauge):
    assert verdicts(gpugauge("audit", own(gpugauge), "--format", "json")) == {
        "sum": "holds", "price": "holds", "wrong": "wrong", "odd": "inconsistent", "open": "not measured",
        "taste": "outside"}


def test_a_row_carries_the_quotation_the_number_and_the_conflict(gpugauge):
    rows = {row["id"]: row for row in json.loads(gpugauge("audit", own(gpugauge), "--format", "json").stdout)["audit"]}
    assert rows["wrong"]["quote"] == "twice as fast"
    assert rows["wrong"]["found"] == pytest.approx(4800 / 3352)
    assert rows["odd"]["conflicts"] == "sum"
    assert rows["sum"]["claimed_low"] == 3.5


def test_the_table_fits_a_terminal_and_sums_up(gpugauge):
    gpugauge.environment["COLUMNS"] = "120"
    result = gpugauge("audit", CLAIMS)
    assert result.returncode == 0, result.stderr
    assert max(map(len, result.stdout.splitlines())) <= 120
    counts = dict(re.findall(r"^  (\w[\w ]*\w) +(\d+)$", result.stdout, re.M))
    assert int(counts["wrong"]) > 10 and int(counts["inconsistent"]) > 10
    assert counts["undecided"] == "2"  # two sparse rates are within the rounding of the dense ones


IMPORTED = [str(Path(__file__).resolve().parents[2] / "results" / "imported" / f"{card}.json.gz")
            for card in ("l40s", "h100-sxm5")]


def test_rates_are_those_of_serving_and_name_what_would_decide_them(gpugauge):
    result = gpugauge("audit", CLAIMS, *IMPORTED, "--format", "json")
    assert result.returncode == 0, result.stderr
    rows = {row["id"]: row for row in json.loads(result.stdout)["audit"]}
    undecided = [row for row in rows.values() if row["verdict"] == "undecided"]
    assert len(undecided) > 5
    for row in undecided:
        assert re.search("on (h100-sxm5|l40s)|rounding of printed numbers", row["why"]), row
        if row["found_low"] is not None:
            assert row["found_low"] < row["claimed_low"] or row["found_high"] > row["claimed_high"]
    for row in rows.values():
        if row["verdict"] == "holds" and "serve(" in (row["basis"] or "") and row["claimed_low"] is not None:
            assert row["claimed_low"] <= row["found_low"] and row["found_high"] <= row["claimed_high"], row
    serve = json.loads(gpugauge("serve", IMPORTED[0], "--model", "llama-3.1-8b", "--precision", "fp8", "--batch", "8",
                                "--input-tokens", "512", "--output-tokens", "128", "--format", "json").stdout)["serving"][0]
    assert rows["llama.b8.l40s.rate"]["found"] == pytest.approx(serve["library_output_tok_per_s"])


def test_an_undecided_claim_can_fail(gpugauge):
    assert gpugauge("audit", CLAIMS, *IMPORTED, "--fail-on", "undecided").returncode == 1


def test_verdicts_can_be_chosen_and_can_fail(gpugauge):
    claims = own(gpugauge)
    assert set(verdicts(gpugauge("audit", claims, "--verdict", "wrong,outside", "--format", "json"))) == {"wrong", "taste"}
    assert gpugauge("audit", claims, "--fail-on", "wrong").returncode == 1
    clean = own(gpugauge, "\n".join(OWN.splitlines()[:6]) + "\n")
    assert gpugauge("audit", clean, "--fail-on", "wrong,inconsistent").returncode == 0


@pytest.mark.parametrize("output", ["csv", "markdown"])
def test_other_formats_have_every_claim(gpugauge, output):
    result = gpugauge("audit", own(gpugauge), "--format", output)
    assert result.returncode == 0
    assert all(name in result.stdout for name in ("sum", "taste", "inconsistent"))


@pytest.mark.parametrize("before, after, message", [
    ("memory_gbps(h200) / 1000", "memory_gpbs(h200)", "own.yaml:6:.*unknown metric 'memory_gpbs'.*did you mean 'memory_gbps'"),
    ("memory_gbps(h200) / 1000", "memory_gbps(h20)", "own.yaml:6: claim 'price': unknown device 'h20'.*did you mean 'h200'"),
    ("id: odd", "id: sum", "own.yaml:8:.*repeats the id 'sum' of the claim at own.yaml:5"),
    ("@sum", "@sun", "own.yaml:8: claim 'odd' refers to 'sun', which does not exist; did you mean 'sum'"),
    ("outside: a feeling", "outside: a feeling, metric: 1", "own.yaml:10:.*'outside' and has a 'metric'"),
    ("claims: 5,", "claims: 5-4,", "own.yaml:8:.*expected a printed value"),
    ("decode(h200, micro", "decode(h200, mikro", "own.yaml:9: claim 'open': unknown model 'mikro'.*did you mean 'micro'"),
    ("claims: 4,", "claims: nan,", "own.yaml:5: claim 'sum': claims the word 'nan'"),
])
def test_a_bad_claim_is_one_line_with_its_place(gpugauge, before, after, message):
    assert before in OWN
    result = gpugauge("audit", own(gpugauge, OWN.replace(before, after)))
    assert result.returncode == 2
    assert re.search(message, result.stderr), result.stderr
    assert len(result.stderr.splitlines()) == 1 and result.stdout == ""


def test_wrong_words_on_the_command_line(gpugauge):
    result = gpugauge("audit", own(gpugauge), "--fail-on", "wrnog")
    assert result.returncode == 2 and "did you mean 'wrong'?" in result.stderr
    assert gpugauge("audit").returncode == 2
    assert gpugauge("audit", "absent.yaml").returncode == 2
    assert gpugauge("audit", own(gpugauge), "absent.json").returncode == 2


def test_other_prices_change_the_verdict(gpugauge):
    (gpugauge.folder / "today.csv").write_text(
        "InstanceType,AcceleratorName,AcceleratorCount,Price,SpotPrice,Provider,form_factor\nx,L40S,1,1.00,,Spheron,\n")
    found = verdicts(gpugauge("audit", CLAIMS, "--prices", "today.csv", "--format", "json"))
    assert found["pricing.l40s"] == "wrong"
    assert found["pricing.h100"] == "not measured"
    assert found["monthly.l40s"] == "wrong"
