"""A card's short name where a result file is taken: the numbers of results/imported."""

import json
import shutil
import subprocess

import pytest
import synthetic_gpu
from conftest import ROOT, assert_one_line_error

MODEL = ["--model", "llama-3.1-8b", "--precision", "fp8"]
REQUEST = ["--input-tokens", "1024", "--output-tokens", "256", "--batch", "8"]


@pytest.fixture(scope="module")
def cards(measured):
    """A program beside whose configs the numbers of two cards lie."""
    folder = measured.folder / "results" / "imported"
    folder.mkdir(parents=True)
    for name in ("h100-sxm5", "l40s"):
        shutil.copy(ROOT / "results" / "imported" / f"{name}.json.gz", folder)
    return measured


@pytest.mark.parametrize("command", [
    ["tokens", "l40s", *MODEL, "--batch", "8", "--context", "1024"],
    ["cost", "l40s", *MODEL, "--batch", "8", "--context", "1024"],
    ["serve", "l40s", *MODEL, *REQUEST],
    ["break-even", "l40s", "h100-sxm5", *MODEL, *REQUEST],
    ["advise", "l40s", "h100-sxm5", *MODEL, *REQUEST],
    ["compare", "l40s", "h100-sxm5"],
    ["audit", "configs/claims/l40s-vs-h100.yaml", "l40s"],
    ["show", "l40s"],
    ["datasheet", "l40s", "h100-sxm5"],
])
def test_a_name_is_the_file_of_its_card(cards, command):
    files = [f"results/imported/{word}.json.gz" if word in ("l40s", "h100-sxm5") else word for word in command]
    by_name, by_file = (cards(*words, "--format", "json") for words in (command, files))
    assert by_name.returncode == by_file.returncode and by_name.returncode in (0, 1), by_name.stderr
    text = by_file.stdout.replace("results/imported/", "").replace(".json.gz", "")
    assert json.loads(by_name.stdout) == json.loads(text)


def test_intervals_do_not_depend_on_the_order_or_the_company_of_cards(cards):
    def dollars(*names):
        rows = json.loads(cards("advise", *names, *MODEL, *REQUEST, "--format", "json").stdout)["advice"]
        return {(row["card"], row["offer"], row["batch_is"]):
                [value for key, value in row.items() if key.startswith("dollars_per_million")] for row in rows}
    of_both, of_one = dollars("l40s", "h100-sxm5"), dollars("l40s")
    assert of_both == dollars("h100-sxm5", "l40s")
    assert of_one and of_one.items() <= of_both.items()


@pytest.mark.parametrize("price", ["0.72", "1.06", "2"])
def test_advise_and_break_even_give_one_verdict(cards, price):
    """Of the same cards, prices and requests, at given batches and at each card's largest."""
    asked = ["l40s", "h100-sxm5", "--model", "qwen3-14b", "--precision", "fp8", "--batch", "4,64", "--input-tokens", "1024",
             "--output-tokens", "256", "--hourly", f"l40s={price},h100-sxm5=3.84", "--format", "json"]
    ranked, compared = (json.loads(cards(command, *asked).stdout) for command in ("advise", "break-even"))
    assert ranked["answer"][0]["answer"] == compared["answer"][0]["answer"]
    advised = {(row["batch_is"] == "given", row["batch"], row["card"]): row["dollars_per_million"] for row in ranked["advice"]}
    for row in compared["break_even"]:
        for side, card in (("a", "l40s"), ("b", "h100-sxm5")):
            place = (row["batches"] == "equal", row[f"{side}_batch"], card)
            assert advised[place] == pytest.approx(row[f"{side}_dollars_per_million"])


def test_break_even_of_two_cards_fits_60_columns(cards):
    told = subprocess.run(cards.command("break-even", "l40s", "h100-sxm5", *MODEL, *REQUEST), cwd=cards.folder, text=True,
                          check=True, env={**cards.environment, "COLUMNS": "60"}, capture_output=True).stdout
    assert max(map(len, told.splitlines())) <= 60
    assert told.startswith("L40S, ")


def test_a_card_beside_itself_evens_at_one(cards):
    answer = json.loads(cards("break-even", "l40s", "l40s", *MODEL, *REQUEST, "--format", "json").stdout)
    row = answer["break_even"][0]
    assert {value for key, value in row.items() if key.startswith("break_even_price_ratio")} == {1.0}, row


@pytest.mark.parametrize("command", ["tokens", "cost"])
def test_without_a_model_there_is_no_answer(cards, command):
    assert_one_line_error(cards(command, "l40s"), 2, "l40s: no linear of a model by name; pass --model")


def test_rows_of_imported_cases_say_so(cards):
    for command in (["show", "l40s"], ["datasheet", "l40s"]):
        rows = next(iter(json.loads(cards(*command, "--format", "json").stdout).values()))
        known = [row for row in rows if row.get("origin")]
        assert known and {row["origin"] for row in known} == {"imported"}
        assert {row["half_width_percent"] for row in known} == {None}


def test_a_report_and_an_export_take_names(cards):
    assert cards("report", "l40s", "-o", "l40s.html").returncode == 0
    assert cards("export", "l40s", "--format", "csv").returncode == 0


def test_what_is_there_under_that_name_comes_first(cards):
    shutil.copy(cards.folder / "result.json", cards.folder / "h100-sxm5")
    try:
        assert cards("show", "h100-sxm5", "--format", "csv").stdout.count("micro") > 0
    finally:
        (cards.folder / "h100-sxm5").unlink()


@pytest.mark.parametrize("name, words", [
    ("h100-sxn5", ["unknown result file or card 'h100-sxn5'", "expected one of h100-sxm5, l40s", "did you mean 'h100-sxm5'?"]),
    ("h100", ["'h100' is short for h100-pcie and h100-sxm5, expected one of them"]),
    ("nothing", ["unknown result file or card 'nothing'", "expected one of"]),
    ("h200", ["h200: no such file", "results/imported has nothing of this card", "h100-sxm5, l40s"]),
    ("result", ["result: no such file; did you mean 'result.json'?"]),
    ("reslt.json", ["reslt.json: no such file; did you mean 'result.json'?"]),
    ("configs/l40s", ["configs/l40s: no such file"]),
    ("l40s.json", ["l40s.json: no such file"]),
])
def test_an_unknown_name_is_one_line_with_the_nearest(cards, name, words):
    assert_one_line_error(cards("tokens", name, *MODEL), 2, *words)


def test_without_such_numbers_a_name_is_a_file(gpugauge):
    assert_one_line_error(gpugauge("show", "l40s"), 2, "l40s: no such file")
    assert_one_line_error(gpugauge("advise", *MODEL), 2, "advise: no file is named", "results/imported")


def test_advise_needs_no_file_and_says_whose_numbers_it_takes(cards):
    text = cards("advise", *MODEL).stdout
    lines = text.splitlines()
    assert lines[0].startswith("L40S, ") and "% cheaper than H100-SXM5 at batch 8" in lines[0]
    assert lines[0].endswith("; sold by 8: $5.76 an hour")
    assert "imported, not measured by gpugauge: h100-sxm5, l40s (aiconfigurator, vLLM 0.24.0)" in lines
    named = cards("advise", "h100-sxm5", "l40s", *MODEL, "--input-tokens", "1024", "--batch", "8")
    assert text == named.stdout
    found = json.loads(cards("advise", *MODEL, "--format", "json").stdout)
    assert found["imported"] == [{"file": name, "source": "aiconfigurator, vLLM 0.24.0"} for name in ("h100-sxm5", "l40s")]
    assert {row["card"] for row in found["cards"]} == {"h100-sxm5", "l40s"}
    for row in found["advice"]:
        assert row["dollars_per_million_low"] < row["dollars_per_million"] < row["dollars_per_million_high"]


def test_advise_of_what_was_measured_says_nothing_of_others(cards):
    found = json.loads(cards("advise", "result.json", "--model", "micro", "--precision", "fp32", "--hourly", "1",
                             "--format", "json").stdout)
    assert "imported" not in found


def test_the_completion_offers_names_and_files(cards):
    assert cards("__complete", "tokens", "").stdout.splitlines() == ["h100-sxm5", "l40s", ":files"]
    assert cards("__complete", "compare", "l40s", "h").stdout.splitlines() == ["h100-sxm5", ":files"]
    assert cards("__complete", "track", "add", "").stdout.splitlines() == [":files"]


def test_the_repository_has_the_numbers_that_its_configs_name(cards):
    """Every file of results/imported is of the card whose datasheet has its name."""
    environment = dict(cards.environment, GPUGAUGE_CONFIGS=str(ROOT / "configs"))
    names = sorted(path.name.removesuffix(".json.gz") for path in (ROOT / "results" / "imported").glob("*.json.gz"))
    program = type(cards)(cards.folder / "repository")
    program.environment = environment
    result = program("advise", *MODEL, *REQUEST, *names, "--format", "json")
    assert result.returncode == 0, result.stderr
    assert sorted(row["card"] for row in json.loads(result.stdout)["cards"]) == names


def test_a_measured_card_stands_beside_the_imported_one_of_its_kind(cards):
    synthetic_gpu.write(cards.folder / "mine.json", synthetic_gpu.result(synthetic_gpu.H100, sample_count=8))
    rows = {row["case"]: row for row in json.loads(cards("show", "mine.json", "--format", "json").stdout)["cases"]}
    theirs = {}
    for row in json.loads(cards("show", "h100-sxm5", "--format", "json").stdout)["cases"]:
        kind, shape = row["case"].split("/m:")[0], row["case"].split("/m:")[-1].rsplit("/", 2)[0]
        theirs.setdefault((kind, shape), []).append(row["time_ns"])
        assert row["imported_time_ns"] is None
    for implementation in ("cublaslt", "stream"):
        row = rows[f"gemm/bf16/llama-3.1-8b/o/m:8/n:4096/k:4096/{implementation}/cold"]
        assert row["imported_time_ns"] == min(theirs["gemm/bf16", "8/n:4096/k:4096"])
        assert row["speed_over_imported"] == pytest.approx(row["imported_time_ns"] / row["time_ns"])
    assert rows["memory/read/4GiB/stream/cold"]["imported_time_ns"] is None
    text = " ".join(cards("show", "mine.json").stdout.split())
    assert "imported: what h100-sxm5 does by aiconfigurator, vLLM 0.24.0, not measured here" in text
    assert "imported gemm/bf16 at " in text and "the speed of the imported h100-sxm5 (aiconfigurator, vLLM 0.24.0), median of" in text


def test_a_card_that_nobody_else_measured_stands_alone(cards):
    row, *_ = json.loads(cards("show", "result.json", "--format", "json").stdout)["cases"]
    assert row["imported_time_ns"] is None and row["speed_over_imported"] is None
    assert "imported" not in cards("show", "result.json").stdout


def test_a_damaged_file_of_another_does_not_spoil_one_s_own(gpugauge):
    synthetic_gpu.write(gpugauge.folder / "mine.json", synthetic_gpu.result(synthetic_gpu.L40S, sample_count=8))
    imported = gpugauge.folder / "results" / "imported"
    imported.mkdir(parents=True)
    (imported / "l40s.json.gz").write_bytes(b"\x1f\x8bcut")
    result = gpugauge("show", "mine.json")
    assert result.returncode == 0 and "L40S" in result.stdout
    assert "l40s.json.gz: the gzip is" in result.stderr


def test_an_imported_file_says_how_it_tells_tokens(cards):
    text = cards("show", "l40s").stdout
    assert "of no model by itself: gpugauge tokens l40s --model llama-3.1-8b" in text
    assert cards("tokens", "l40s", "--model", "llama-3.1-8b").returncode == 0
