"""--hourly is one grammar on every command that takes a price: what is taken, and what is refused with which words."""

import json

import pytest
import synthetic_gpu
from conftest import assert_one_line_error

MODEL = ["--model", "llama-3.1-8b", "--precision", "bf16"]
SERVED = ["--input-tokens", "1024", "--output-tokens", "256"]
COMMANDS = {
    "cost": [*MODEL, "--batch", "8"], "tokens": [*MODEL, "--batch", "8"], "serve": [*MODEL, *SERVED, "--batch", "8"],
    "advise": [*MODEL, *SERVED, "--batch", "8"], "break-even": [*MODEL, *SERVED, "--batch", "8"], "compare": [],
    "report": [*MODEL, "--batch", "8", "-o", "page.html"],
    "forward": ["--model", "bge-large", "--batch", "1", "--tokens", "512"],
}
NAMED = [["L40S=0.72,H100-SXM5=3.84"], ["l40s=$0.72,h100=$3.84"], ["h100_sxm5=3.84", "l40s=0.72"],
         ["NVIDIA L40S=0.72,NVIDIA H100 80GB HBM3=3.84"], ["l40s.json=0.72,h100.json=3.84"],
         ["NVIDIA H100 SXM5 80 GB=3.84,nvidia l40s=.72"]]
REFUSED = [
    (["2.49"], "which card costs $2.49? --hourly l40s=…,h100-sxm5=…"),
    (["0.72,3.84"], "which card costs $0.72 and which $3.84? --hourly l40s=…,h100-sxm5=…"),
    (["l40s=1,2"], "CARD=DOLLARS for all"),
    (["l40s=1,L40S=2"], "l40s has two prices"),
    (["l40=1"], "unknown card 'l40', expected one of l40s, h100-sxm5; did you mean 'l40s'?"),
    (["l40s=cheap"], "--hourly is 'l40s=cheap', expected CARD=DOLLARS per GPU-hour (l40s=0.72)"),
    (["l40s="], "--hourly is 'l40s='"), (["=2"], "--hourly is '=2'"), (["l40s=-1"], "--hourly is 'l40s=-1'"),
    (["0"], "--hourly is '0'"), (["nan"], "--hourly is 'nan'"), (["1e9"], "up to 1000"),
]


@pytest.fixture(scope="module")
def priced(measured):
    """Both cards' files; runs a command on them at prices."""
    synthetic_gpu.write(measured.folder / "l40s.json", synthetic_gpu.result(synthetic_gpu.L40S))
    synthetic_gpu.write(measured.folder / "h100.json", synthetic_gpu.result(synthetic_gpu.H100))

    def run(command, hourly, files=("l40s.json", "h100.json")):
        prices = [word for words in hourly for word in ("--hourly", words)]
        format = [] if command == "report" else ["--format", "json"]
        done = measured(command, *files, *COMMANDS[command], *prices, *format)
        if command == "report" and done.returncode == 0:
            done.stdout = (measured.folder / "page.html").read_text()
        return done

    return run


@pytest.mark.parametrize("command", COMMANDS)
def test_every_spelling_of_a_card_gives_the_same_answer(priced, command):
    expected = priced(command, ["l40s=0.72,h100-sxm5=3.84"])
    assert expected.returncode == 0, expected.stderr
    assert priced(command, ["l40s=7.2,h100-sxm5=3.84"]).stdout != expected.stdout
    for spelling in NAMED:
        found = priced(command, spelling)
        assert (found.returncode, found.stdout) == (0, expected.stdout), (spelling, found.stderr)


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_no_price_of_these_cards_is_refused_in_the_same_words(priced, command):
    for hourly, words in REFUSED:
        assert_one_line_error(priced(command, hourly), 2, words)


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "compare"])
def test_one_kind_of_card_needs_no_name(priced, command):
    files = ["l40s.json"] * (2 if command == "break-even" else 1)
    found = priced(command, ["$0.72"], files)
    assert found.returncode == 0, found.stderr
    assert found.stdout == priced(command, ["l40s=0.72"], files).stdout
    assert_one_line_error(priced(command, ["1,2"], files), 2, "found 2 prices of one kind of card (l40s), expected one")


def test_a_short_name_of_two_cards_names_both(measured, priced):
    pcie = synthetic_gpu.result(synthetic_gpu.H100)
    pcie["context"]["gpugauge"]["device"]["name"] = "NVIDIA H100 PCIe"
    synthetic_gpu.write(measured.folder / "pcie.json", pcie)
    for command in ("cost", "advise"):
        assert_one_line_error(priced(command, ["h100=2"], ["h100.json", "pcie.json"]), 2,
                              "--hourly h100: h100-sxm5 or h100-pcie? --hourly h100-sxm5=…,h100-pcie=…")


def test_a_file_has_a_price_of_its_own(measured, priced):
    twin = synthetic_gpu.result(synthetic_gpu.L40S)
    synthetic_gpu.write(measured.folder / "twin.json", twin)
    done = priced("cost", ["l40s=2,twin.json=1"], ["l40s.json", "twin.json"])
    prices = {row["file"]: row["dollars_per_gpu_hour"] for row in json.loads(done.stdout)["cost"]}
    assert prices == {"l40s.json": 2, "twin.json": 1}


@pytest.mark.parametrize("old", ["--price-a", "--price-b"])
def test_the_old_prices_of_break_even_are_refused_with_the_new_form(measured, priced, old):
    done = measured("break-even", "l40s.json", "h100.json", *COMMANDS["break-even"], old, "1")
    assert_one_line_error(done, 2, f"found {old}, expected --hourly", "l40s=0.72,h100-sxm5=3.84")


def test_claims_of_a_page_are_about_the_prices_of_providers_all_the_same(measured, priced):
    claims = ["--claims", measured.configs / "claims" / "l40s-vs-h100.yaml"]
    done = measured("report", "l40s.json", *COMMANDS["report"], *claims, "--hourly", "2")
    assert done.returncode == 0, done.stderr
    assert "the list has none at all" not in (measured.folder / "page.html").read_text()
