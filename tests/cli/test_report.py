"""gpugauge report: what the page holds, without a browser."""

import base64
import hashlib
import json
import re
import stat
from html.parser import HTMLParser

import pytest
import synthetic_gpu as synthetic
from conftest import ROOT, assert_one_line_error

RESULT = ROOT / "results" / "intel-xeon-2-cores" / "quick.json"
MIB = 1 << 20


class Page(HTMLParser):
    """The elements of a page that matter to its safety."""

    def __init__(self, text):
        super().__init__()
        self.text, self.policy, self.parts, self.links, self.open, self.tags = text, "", [], [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags.append(tag)
        self.links += [value for name, value in attributes.items() if name in ("src", "href", "action", "data", "srcset")]
        assert not [name for name in attributes if name.startswith("on")], "no handler is written into the page"
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        if tag in ("script", "style"):
            self.open = (tag, attributes.get("type"))
            self.parts.append([tag, attributes.get("type"), ""])

    def handle_data(self, data):
        if self.open:
            self.parts[-1][2] += data

    def handle_endtag(self, tag):
        self.open = None

    @property
    def data(self):
        return json.loads(next(text for _, kind, text in self.parts if kind == "application/json"))


def report(gpugauge, *files, options=()):
    result = gpugauge("report", *files, "-o", "page.html", *options)
    assert result.returncode == 0, result.stderr
    return Page((gpugauge.folder / "page.html").read_text())


def rows_of(table):
    """As objects of values by key."""
    def value(cell):
        return cell[1] if isinstance(cell, list) else cell
    keys = [column["key"] for column in table["columns"]]
    return [dict(zip(keys, map(value, row))) for row in table["rows"]]


def column(data, key):
    found = data["cases"]["columns"][key]
    return found if isinstance(found, list) else [found["words"][i] for i in found["index"]]


def test_only_its_own_scripts_run_and_nothing_is_asked_for(gpugauge):
    page = report(gpugauge, RESULT)
    directives = dict(part.strip().split(" ", 1) for part in page.policy.split(";"))
    assert directives["default-src"] == "'none'"
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        texts = [text for name, kind, text in page.parts if name == tag and kind is None]
        hashes = ["'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'" for text in texts]
        assert directives[directive].split() == hashes
    assert "unsafe" not in page.policy
    assert all(link.startswith("#") for link in page.links), page.links
    assert "Released under the MIT License" in page.text, "Chart.js' licence stays"


def test_its_numbers_are_the_files(gpugauge):
    data = report(gpugauge, RESULT).data
    entries = json.loads(RESULT.read_text())["benchmarks"]
    assert column(data, "name") == [entry["name"] for entry in entries]
    for key, part in (("time_ns", "median"), ("time_low_ns", "low"), ("time_high_ns", "high")):
        assert column(data, key) == [entry["gpugauge"]["time_ns"][part] for entry in entries]
    work = [entry["gpugauge"]["work"] for entry in entries]
    times = column(data, "time_ns")
    assert column(data, "gbps") == pytest.approx([w["bytes"] / t for w, t in zip(work, times)])
    assert [entry["gpugauge"]["samples"]["time_ns"] for entry in entries] == [s["time_ns"] for s in data["samples"]]


@pytest.mark.parametrize("command, section", [("datasheet", "datasheet"), ("tokens", "tokens"), ("cost", "costs")])
def test_its_tables_are_those_of_the_commands(gpugauge, command, section):
    synthetic.write(gpugauge.folder / "h100.json", synthetic.result(synthetic.H100))
    synthetic.write(gpugauge.folder / "l40s.json", synthetic.result(synthetic.L40S, seed=9))
    data = report(gpugauge, "h100.json", "l40s.json").data
    printed = json.loads(gpugauge(command, "h100.json", "l40s.json", "--format", "json").stdout)
    tables = data[section] if isinstance(data[section], list) else [data[section]]
    assert [row for table in tables for row in rows_of(table)] == printed[tables[0]["name"]]


def test_the_verdict_is_in_words(gpugauge):
    synthetic.write(gpugauge.folder / "good.json", synthetic.result(synthetic.H100))
    synthetic.write(gpugauge.folder / "slow.json", synthetic.result(synthetic.slow(synthetic.H100, 0.6), seed=9))
    good, slow = report(gpugauge, "good.json", "slow.json").data["verdicts"]
    assert good["words"].startswith("As fast as a healthy H100 SXM5: memory read 92%, BF16 ")
    assert slow["words"].startswith("Slower than a healthy H100 SXM5: memory read 55%, BF16 ")
    assert any("points below its pass mark" in reason for reason in slow["reasons"])
    assert "204 verified" in good["counts"]


def test_two_cards_have_a_break_even(gpugauge):
    dear = synthetic.slow(synthetic.L40S, 0.7)
    synthetic.write(gpugauge.folder / "h100.json", synthetic.result(synthetic.H100))
    synthetic.write(gpugauge.folder / "l40s.json", synthetic.result(dear, seed=9))
    data = report(gpugauge, "h100.json", "l40s.json").data
    crossings = rows_of(data["crossings"])
    assert {row["precision"] for row in crossings} == {"bf16", "fp8"}
    dollars = {}
    for table in data["costs"]:
        for row in rows_of(table):
            dollars.setdefault((row["precision"], row["batch"], row["file"]), row["library_dollars_per_million"])
    for row in crossings:
        known = sorted({batch for precision, batch, _ in dollars if precision == row["precision"]})
        leaders = [min(("h100.json", "l40s.json"), key=lambda file: dollars[row["precision"], batch, file]) for batch in known]
        first = leaders[0]
        assert row["cheaper"] == {"h100.json": "NVIDIA H100 80GB HBM3", "l40s.json": "NVIDIA L40S"}[first]
        swapped = [batch for batch, leader in zip(known, leaders) if leader != first]
        assert bool(swapped) == (row["last_batch"] is not None)
        if swapped:
            assert max(b for b in known if b < swapped[0]) <= row["last_batch"] < swapped[0]
            assert row["first_batch"] == row["last_batch"] + 1


def test_a_step_is_the_sum_of_its_parts(gpugauge):
    rows = [row for table in report(gpugauge, RESULT).data["steps"] for row in rows_of(table)]
    assert {row["engine"] for row in rows} == {"library", "best"}
    for row in rows:
        assert sum(row[f"{part}_ns"] for part in ("linears", "attention", "head", "other")) == pytest.approx(row["step_ns"])


def test_the_first_screen_has_what_a_buyer_asks_for(gpugauge):
    synthetic.write(gpugauge.folder / "h100.json", synthetic.result(synthetic.H100))
    synthetic.write(gpugauge.folder / "l40s.json", synthetic.result(synthetic.L40S, seed=9))
    data = report(gpugauge, "h100.json", "l40s.json").data
    curve = rows_of(data["curves"][0])
    assert {tile["subject"] for tile in data["rent"]} == {table["title"] for table in data["curves"]}
    dearest = {table["title"]: min(row["dollars_per_million"] for row in rows_of(table) if row["fits"]) for table in data["curves"]}
    assert data["rent"][0]["subject"] == min(dearest, key=dearest.get), "that with the cheapest token stands first"
    for file, verdict in zip(("h100.json", "l40s.json"), data["verdicts"]):
        read, arithmetic, tpot, ttft, dollars = verdict["facts"]
        peaks = {row["metric"]: row for row in rows_of(data["datasheet"]) if row["file"] == file}
        assert float(read["value"].removesuffix(" GB/s")) == pytest.approx(peaks["memory read"]["measured"], rel=1e-3)
        assert arithmetic["label"] == "fp8_e4m3 dense GEMM", "the fastest"
        own = [row for row in curve if row["file"] == file]
        assert tpot["label"] == "TPOT, one user" and tpot["value"].endswith(" ms")
        assert float(tpot["value"].removesuffix(" ms")) == pytest.approx(own[0]["tpot_ns"] / 1e6, rel=1e-3)
        assert own[0]["tpot_ns"] == pytest.approx(1e9 / own[0]["tok_per_s"]) and own[0]["batch"] == 1
        assert ttft["label"] == "TTFT, a prompt of 1024 tokens alone"
        everything = [row for table in data["curves"] for row in rows_of(table) if row["file"] == file and row["fits"]]
        cheapest = min(everything, key=lambda row: row["dollars_per_million"])
        assert float(dollars["value"].removeprefix("$")) == pytest.approx(cheapest["dollars_per_million"], rel=0.06)
        assert dollars["label"] == "per million output tokens, decode only, at best"
        assert dollars["detail"].startswith(f"{cheapest['model']} {cheapest['precision']}, context 1024, batch {cheapest['batch']}: ")
        assert verdict["when"] == "measured 20 Nov 2026, suite nightly, 20 min", verdict["when"]
    assert re.search(r"% cheaper than .* per million at batch \d+, decode only", data["rent"][0]["words"])


def test_a_rented_card_that_failed_its_datasheet_is_said_to_have(gpugauge):
    synthetic.write(gpugauge.folder / "h100.json", synthetic.result(synthetic.H100))
    synthetic.write(gpugauge.folder / "l40s.json", synthetic.result(synthetic.slow(synthetic.L40S, 0.7), seed=9))
    data = report(gpugauge, "h100.json", "l40s.json", options=["--hourly", "l40s=0.05", "--hourly", "h100-sxm5=9"]).data
    assert all(tile["words"].endswith(". This L40S failed its datasheet") for tile in data["rent"])
    data = report(gpugauge, "h100.json", "l40s.json", options=["--hourly", "l40s=90", "--hourly", "h100-sxm5=1"]).data
    assert not any("failed" in tile["words"] for tile in data["rent"]), "what is rented passed"


def test_tables_of_others_are_of_the_model_and_fit_into_a_mebibyte(gpugauge):
    cards = [ROOT / "results" / "imported" / f"{card}.json.gz" for card in ("l40s", "h100-sxm5")]
    page = report(gpugauge, *cards, options=["--model", "qwen3-14b", "--hourly", "l40s=0.72", "--hourly", "h100-sxm5=3.84"])
    data = page.data
    assert len(page.text.encode()) <= MIB
    assert data["cases"]["count"] <= 2000, "points of the roofline"
    shapes = {(family, name.split("/h:")[1].split("/")[0]) for family, name in zip(column(data, "family"), column(data, "name")) if "attention" in family}
    assert shapes == {("attention_decode", "40"), ("attention_prefill", "40")}, "Qwen3 14B has 40 heads"
    for verdict in data["verdicts"]:
        assert verdict["tone"] == 0 and verdict["words"] == "tables of aiconfigurator (vLLM 0.24.0): no card was tested"
        assert verdict["when"].startswith("imported ") and re.fullmatch(r"609 of \d+ imported cases are of the model's shapes", verdict["counts"])
    assert "measure it with" not in json.dumps(data["datasheet"]) and all(row["measured"] for row in rows_of(data["datasheet"]))
    assert {row["field"] for row in rows_of(data["provenance"])} & {"measured", "imported"} == {"imported"}
    steps = {(row["file"], row["batch"]) for table in data["steps"] for row in rows_of(table) if row["precision"] == "bf16"}
    assert max(batch for file, batch in steps if file == "l40s.json.gz") == 64, "of more the cache does not fit"


def test_what_a_person_hands_on_names_no_folder_and_no_host(gpugauge):
    (gpugauge.folder / "secret").mkdir()
    made = synthetic.result(synthetic.H100, 10, host="tom-laptop")
    file = synthetic.write(gpugauge.folder / "secret" / "r.json", made)
    page = report(gpugauge, file)
    assert "secret" not in page.text and "tom-laptop" not in page.text
    hashes = [cell for row in page.data["provenance"]["rows"] for cell in row if isinstance(cell, list) and re.fullmatch("[0-9a-f]{40,}", str(cell[1]))]
    assert hashes and all(cell[0] == cell[1][:12] for cell in hashes), "12 digits are shown, all are in the data"


def test_without_a_price_nothing_is_said_of_renting(gpugauge):
    data = report(gpugauge, RESULT).data
    assert data["rent"] == []
    assert "no price is known" in data["verdicts"][0]["facts"][-1]["detail"]


def test_distributions_are_of_all_samples(gpugauge):
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.result(synthetic.H100, 500, sample_count=300))
    times = json.loads(file.read_text())["benchmarks"][0]["gpugauge"]["samples"]["time_ns"]
    shown = report(gpugauge, file).data["samples"][0]
    histogram = shown["histogram"]
    assert shown["step"] > 1 and sum(histogram["counts"]) == len(times)
    assert histogram["low"] == pytest.approx(min(times))
    assert histogram["low"] + histogram["width"] * len(histogram["counts"]) == pytest.approx(max(times))


def test_rates_of_sweeps_have_intervals(gpugauge):
    data = report(gpugauge, RESULT).data
    lines = [line for sweep in data["sweeps"] for line in sweep["lines"]]
    assert lines
    for line in lines:
        for key in ("tflops", "gbps"):
            for case, (low, high) in zip(line["cases"], line[f"{key}_intervals"], strict=True):
                time, time_low, time_high = (column(data, name)[case] for name in ("time_ns", "time_low_ns", "time_high_ns"))
                rate = column(data, key)[case]
                assert (low, high) == pytest.approx((rate * time / time_high, rate * time / time_low))


def test_imported_numbers_are_not_judged(gpugauge):
    made = synthetic.result(synthetic.H100)
    for entry in made["benchmarks"]:
        entry["gpugauge"]["origin"] = "imported"
        entry["gpugauge"]["verification"] |= {"passed": False, "reason": "imported"}
    data = report(gpugauge, synthetic.write(gpugauge.folder / "r.json", made)).data
    verdict = data["verdicts"][0]
    assert verdict["words"].startswith("tables of nightly (algo 0): no card was tested")
    read = next(row for row in data["datasheet"]["rows"] if "memory read" in row)
    assert any(isinstance(cell, list) and cell[0] == "not measured: imported, no card was tested" for cell in read)
    assert verdict["facts"][0]["detail"].endswith("imported")


def test_files_of_one_name_are_told_apart(gpugauge):
    files = [synthetic.write(gpugauge.folder / f"{n}.json", synthetic.result(synthetic.H100, 20, seed=n)) for n in range(2)]
    assert [file["label"] for file in report(gpugauge, *files).data["files"]] == [f"{synthetic.H100['name']} ({n})" for n in range(2)]
    (gpugauge.folder / "other").mkdir()
    same = synthetic.write(gpugauge.folder / "other" / "0.json", synthetic.result(synthetic.H100, 20, seed=5))
    labels = [file["label"] for file in report(gpugauge, "0.json", same).data["files"]]
    assert len(set(labels)) == 2 and "other" in labels[1]


def test_ten_files_are_one_page(gpugauge):
    files = [synthetic.write(gpugauge.folder / f"{n}.json", synthetic.result(synthetic.H100, 20, seed=n)) for n in range(10)]
    data = report(gpugauge, *files).data
    assert len(data["files"]) == len(data["verdicts"]) == 10
    assert data["cases"]["count"] == 200 and set(column(data, "file")) == set(range(10))
    assert len(data["environment"]["columns"]) == 11


def test_five_hundred_cases_fit_into_a_mebibyte(gpugauge):
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.result(synthetic.H100, 500, sample_count=300))
    page = report(gpugauge, file)
    assert page.data["cases"]["count"] == 500
    assert len(page.text.encode()) <= MIB
    samples = page.data["samples"][0]
    assert samples["step"] > 1, "thinned, and it says so"
    all_times = json.loads(file.read_text())["benchmarks"][0]["gpugauge"]["samples"]["time_ns"]
    assert samples["time_ns"] == all_times[::samples["step"]]


def test_strings_of_a_file_stay_strings(gpugauge):
    evil = "</script><img src=x onerror=alert(1)>\u2028{{script}}<!--"
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.result(synthetic.H100, 10, name=evil, host=evil))
    page = report(gpugauge, file)
    assert "img" not in page.tags and page.tags.count("script") == 3
    assert page.data["verdicts"][0]["device"] == evil.replace("\u2028", "\\u2028"), "a separator shows as its escape"
    assert page.parts[-1][2].startswith("'use strict'"), "no place is filled by the data"


def test_only_failed_cases_are_a_page_that_says_so(gpugauge):
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.only_failed(synthetic.H100))
    data = report(gpugauge, file).data
    assert "no case gave a number" in data["verdicts"][0]["words"]
    assert [row["reason"] for row in rows_of(data["not_measured"])] == ["out of memory"] * 3
    assert data["cases"]["count"] == 0


def test_a_sick_card_is_said_to_be(gpugauge):
    made = synthetic.result(synthetic.H100, 5)
    session = made["context"]["gpugauge"]["sessions"][0]
    rows = {"rows_remapped_corrected": 0, "rows_remapped_uncorrected": 2, "remap_failed": False}
    session["health_before"] = {"uncorrected_errors": 1, "remap_pending": False, "xids": [], **rows}
    session["health_after"] = {"uncorrected_errors": 3, "remap_pending": True, "xids": [48], **rows}
    data = report(gpugauge, synthetic.write(gpugauge.folder / "r.json", made)).data
    said = "\n".join(data["verdicts"][0]["reasons"])
    assert "2 uncorrected ECC errors occurred during the run: reset the card" in said
    assert "XID 48 occurred during the run (an uncorrected memory error" in said and "is pending until a reset" in said
    environment = {row["field"]: row["file_0"] for row in rows_of(data["environment"])}
    assert environment["card errors in the run"] == "2 uncorrected ECC errors, a pending row remapping, XID 48"
    assert environment["remapped rows"].startswith("2 after uncorrected errors")


def test_how_to_run_a_case_again_keeps_the_options_and_drops_the_output(gpugauge):
    made = synthetic.result(synthetic.H100, 5)
    argv = made["context"]["gpugauge"]["sessions"][0]["argv"]
    argv += ["--output=x.json", "--overwrite", "--filter", "a b", "--model", "my model", "--", "--benchmark_repetitions=3"]
    again = report(gpugauge, synthetic.write(gpugauge.folder / "r.json", made)).data["files"][0]["rerun"]
    assert again == {"before": "gpugauge run --suite nightly --device cuda:0 --model 'my model'", "behind": " -- --benchmark_repetitions=3"}
    made["context"]["gpugauge"]["sessions"][0]["argv"] = ["import.py"]
    assert report(gpugauge, synthetic.write(gpugauge.folder / "r.json", made)).data["files"][0]["rerun"] is None


def test_claims_and_history_are_given_or_said_to_be_missing(gpugauge):
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.result(synthetic.H100, 12))
    data = report(gpugauge, file).data
    assert data["claims"] is None and data["history"] is None
    assert gpugauge("track", "add", file).returncode == 0
    data = report(gpugauge, file, options=["--claims", gpugauge.configs / "claims" / "l40s-vs-h100.yaml", "--history", "history"]).data
    summary, claims = data["claims"]
    assert sum(row["claims"] for row in rows_of(summary)) == len(claims["rows"]) > 100
    times = {entry["name"]: entry["real_time"] for entry in json.loads(file.read_text())["benchmarks"]}
    assert len(data["history"]["nights"]) == len(times)
    for tracked, nights in zip(rows_of(data["history"]["cases"]), data["history"]["nights"]):
        assert rows_of(nights)[0]["time_ns"] == pytest.approx(times[tracked["case"]])


def test_bad_input(gpugauge):
    (gpugauge.folder / "empty.json").write_text("")
    assert_one_line_error(gpugauge("report", "empty.json", "-o", "p.html"), 2, "empty.json")
    assert_one_line_error(gpugauge("report", "nowhere.json", "-o", "p.html"), 2, "nowhere.json")
    assert_one_line_error(gpugauge("report", RESULT, RESULT, "-o", "p.html"), 2, "named twice")
    assert_one_line_error(gpugauge("report", RESULT, "-o", "p.html", "--history", "no-history"), 3, "no-history")
    assert_one_line_error(gpugauge("report", RESULT, "-o", "p.html", "--claims", "none.yaml"), 2, "none.yaml")
    assert_one_line_error(gpugauge("report", RESULT, "-o", "no/such/p.html"), 3, "no/such")
    assert_one_line_error(gpugauge("report", RESULT, "-o", "."), 3)
    assert not list(gpugauge.folder.glob("p.html*")), "nothing half-written stays"


def test_a_page_that_is_there_stays_if_a_new_one_fails(gpugauge):
    (gpugauge.folder / "p.html").write_text("old")
    assert gpugauge("report", "nowhere.json", "-o", "p.html").returncode == 2
    assert (gpugauge.folder / "p.html").read_text() == "old"
    assert gpugauge("report", RESULT, "-o", "p.html").returncode == 0
    page = gpugauge.folder / "p.html"
    assert page.read_text().startswith("<!DOCTYPE html>") and stat.S_ISREG(page.stat().st_mode)


def test_twenty_thousand_cases(gpugauge):
    file = synthetic.write(gpugauge.folder / "r.json", synthetic.result(synthetic.H100, 20_000, sample_count=6))
    page = report(gpugauge, file)
    assert page.data["cases"]["count"] == 20_000
    assert len(page.text) < 10 * MIB
    assert re.search(r"20000 verified", page.data["verdicts"][0]["counts"])


def test_neither_a_file_nor_a_history_is_refused(gpugauge):
    assert_one_line_error(gpugauge("report", "-o", "p.html"), 2, "--history FOLDER")
