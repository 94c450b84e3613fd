"""scripts/truth.py: its rows, its errors, what it asks the program, its page."""

import csv
import io
import json
import math
import pathlib
import stat
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from result_file import WrongInput  # noqa: E402
from truth import errors, fit, rows, table  # noqa: E402
from truth.page import page  # noqa: E402
from truth.predict import Figure, Prediction, Program, nearest, prediction_of  # noqa: E402

PUBLISHED = ROOT / "scripts" / "truth" / "published.csv"
SAMPLE = {**dict.fromkeys(rows.COLUMNS, ""), "id": "a", "backend": "trtllm", "backend_version": "1.0.0rc3",
          "model_path": "Qwen/Qwen3-32B", "system": "h100_sxm", "gemm_quant_mode": "fp8", "mode": "agg", "isl": "1000",
          "osl": "101", "batch_size": "8", "tp_size": "2", "pp_size": "1", "silicon_ttft_ms": "400",
          "silicon_tpot_ms": "6", "silicon_data_source": "source_file=x"}


def sample(*changes):
    text = io.StringIO()
    writer = csv.DictWriter(text, rows.COLUMNS)
    writer.writeheader()
    writer.writerows({**SAMPLE, **change} for change in changes)
    return text.getvalue()


def row_of(**change):
    (row,), _ = rows.read_rows("sample.csv", sample(change))
    return row


def point(derived=None, **change):
    """A row with TPOT 6, TTFT 400 and what follows, derived 10% too high unless said otherwise."""
    row = row_of(**change)
    values = derived or {figure: 1.1 * value for figure, value in row.figures.items()}
    figures = {figure: Figure(value, 0.95 * value, 1.05 * value) for figure, value in values.items()}
    return errors.Point(row, row.figures, figures, {"tpot": 6.3})


class Rows(unittest.TestCase):
    def test_a_row(self):
        row = row_of()
        self.assertEqual((row.model, row.precision, row.kv, row.isl, row.osl, row.batch, row.tp),
                         ("qwen3-32b", "fp8", "fp8_e4m3", 1000, 101, 8, 2))
        self.assertEqual(row.figures, {"tpot": 6, "ttft": 400, "throughput": 8 * 101 / 1.0})  # 400 ms and 100 of 6 ms
        self.assertEqual((row.spread, row.chunk_tokens, row.static_scales), (0, 1000 + 1500 + 8, False))
        self.assertTrue(row.is_fitted)
        self.assertFalse(row_of(system="h200_sxm").is_fitted)
        self.assertEqual([table.kind_of(row_of(**change)) for change in ({}, {"system": "gb200"}, {"backend": "sglang"})],
                         ["fitted on", "test", "other engine"])

    def test_rows_of_random_lengths_are_predicted_at_their_mean(self):
        row = row_of(silicon_data_source="source_file=2026-04-06.csv; x", model_path="meta-llama/Llama-3.1-70B")
        self.assertEqual((row.isl, row.osl, row.spread, row.chunk_tokens), (900, 91, 0.222, 8192))
        self.assertTrue(row.static_scales)

    def test_the_cache_is_fp8_only_where_the_checkpoint_says_so(self):
        self.assertEqual(row_of(gemm_quant_mode="").kv, "bf16")
        self.assertEqual(row_of(backend="vllm").kv, "bf16")

    def test_rows_that_gpugauge_has_no_model_or_type_for(self):
        changes = ({"model_path": "deepseek-ai/DeepSeek-R1"}, {"mode": "disagg"}, {"gemm_quant_mode": "nvfp4"},
                   {"pp_size": "2"}, {"silicon_data_source": "x; silicon_concurrency=16"}, {})
        usable, others = rows.read_rows("sample.csv", sample(*changes))
        self.assertEqual(len(usable), 1)
        self.assertEqual([reason for _, reason in others],
                         ["model of no shipped config: deepseek-ai/DeepSeek-R1", "prefill and decode on separate cards",
                          "weights in nvfp4", "pipeline or data parallelism",
                          "more requests at a time than the batch: several workers behind one router"])

    def test_rows_whose_ttft_is_not_that_of_a_full_batch(self):
        for ttft, prompt, words in (("400", 100, ""), ("59", 100, "was cached"), ("601", 100, "queued outside"),
                                    ("599", 100, "")):
            reason = rows.reason_not_usable(row_of(silicon_ttft_ms=ttft), prompt)
            self.assertEqual(bool(words), bool(reason), (ttft, reason))
            self.assertIn(words, reason)

    def test_a_table_that_is_none_is_refused_by_name(self):
        with self.assertRaisesRegex(WrongInput, "sample.csv: no column isl"):
            rows.read_rows("sample.csv", sample({}).replace("isl", "input"))
        with self.assertRaisesRegex(WrongInput, "sample.csv:2: silicon_tpot_ms: found 'nan'"):
            rows.read_rows("sample.csv", sample({"silicon_tpot_ms": "nan"}))

    def test_every_published_row_names_its_source_and_has_a_figure(self):
        published = rows.published_rows(PUBLISHED)
        self.assertEqual(len({row.id for row in published}), len(published))
        self.assertIn("l40s", {row.system for row in published})
        for row in published:
            self.assertTrue(row.source and row.figures and not row.is_fitted, row.id)


class Errors(unittest.TestCase):
    def test_of_a_group(self):
        points = [point(), point({"tpot": 5.4, "ttft": 400, "throughput": 800}),
                  point({"tpot": 6.0, "ttft": 400, "throughput": 800})]
        found = errors.errors_of(points, "tpot")
        self.assertEqual(found.rows, 3)
        self.assertAlmostEqual(found.median, 0.1)
        self.assertAlmostEqual(found.mean, 0.2 / 3)
        self.assertAlmostEqual(found.bias, 0)
        self.assertAlmostEqual(found.inside, 1 / 3)  # 6.6 and 5.4 within 5% do not hold 6
        self.assertAlmostEqual(found.other_mean, 0.05)
        self.assertIsNone(errors.errors_of([], "tpot"))

    def test_the_worst_are_first(self):
        points = [point({"tpot": value, "ttft": 1, "throughput": 1}) for value in (6.5, 3, 9.1)]
        self.assertEqual([round(error, 2) for error, _ in errors.worst(points, "tpot", 2)], [0.52, -0.5])

    def test_a_goal_is_met_by_the_mean(self):
        self.assertEqual(table.verdict("tpot", 1, errors.errors_of([point()], "tpot")), "missed (5%), not closer")
        close = errors.errors_of([point({"tpot": 6.1, "ttft": 1, "throughput": 1})], "tpot")
        self.assertEqual(table.verdict("tpot", 8, close), "met, closer")


class Predictions(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.program = pathlib.Path(temporary.name) / "gpugauge"

    def write_program(self, help_text, answer, status=0):
        self.program.write_text(f"#!/bin/sh\necho \"$*\" >> {self.program}.calls\n"
                                f"case \"$*\" in *--help*) cat <<'E'\n{help_text}\nE\n;; *) cat <<'E'\n{answer}\nE\n"
                                f"exit {status};; esac\n")
        self.program.chmod(self.program.stat().st_mode | stat.S_IXUSR)
        return Program(self.program, ROOT / "configs", {})

    def entry(self, batch, batch_is="given", **more):
        ends = {f"{name}{end}": factor * 10 for end, factor in (("", 1), ("_low", 0.9), ("_high", 1.1))
                for name in ("tpot", "ttft")}
        times = {f"{name}_ms": value for name, value in ends.items()}
        rates = {f"library_output{end}_tok_per_s": 100 for end in ("", "_low", "_high")}
        return {"batch": batch, "batch_is": batch_is, "time_is": "imported", **times, **rates, **more}

    def test_the_program_is_asked_as_the_engine_was_run(self):
        answer = json.dumps({"serving": [self.entry(1), self.entry(8), self.entry(99, "largest")]})
        program = self.write_program("--serving ENGINE\n--chunk-tokens N", answer)
        entries = program.serve("x.json", row_of(), "nvlink", [1, 8])
        self.assertEqual(set(entries), {1, 8, rows.LARGEST})
        call = pathlib.Path(f"{self.program}.calls").read_text().splitlines()[-1]
        for words in ("--model qwen3-32b --precision fp8 --kv fp8_e4m3", "--input-tokens 1000 --output-tokens 101",
                      "--batch 1,8", "--gpus 2 --link nvlink", "--serving trtllm --chunk-tokens 2508"):
            self.assertIn(words, call)
        self.assertNotIn("--length-spread", call)

    def test_an_error_of_the_program_is_one_line(self):
        program = self.write_program("", "", status=2)
        with self.assertRaisesRegex(WrongInput, "status 2"):
            program.serve("x.json", row_of(), "nvlink", [1])

    def test_a_prediction_has_the_program_s_figures(self):
        found = prediction_of(self.entry(8, ttft_unloaded_ms=7))
        self.assertIsInstance(found, Prediction)
        self.assertEqual(found.figures["tpot"], Figure(10, 9, 11))
        self.assertEqual(found.prompt_ms, 7)
        self.assertEqual(prediction_of(self.entry(8, tpot_ms=None, reason="batch 9 does not fit: …")),
                         "the batch does not fit the memory")

    def test_the_nearest_version_is_the_oldest_that_is_not_older(self):
        versions = ["0.5.9", "0.5.14", "1.3.0rc20", "1.3.0"]
        self.assertEqual(nearest(versions, "0.5.10"), "0.5.14")
        self.assertEqual(nearest(versions, "1.2"), "1.3.0rc20")
        self.assertEqual(nearest(versions, "9"), "1.3.0")
        self.assertEqual(nearest(versions, ""), "1.3.0")


class Fit(unittest.TestCase):
    def test_one_row_in_twenty_lies_below_and_one_above_what_is_written(self):
        points = [point({figure: value / (0.8 + 0.01 * step) for figure, value in row_of().figures.items()}, tp_size=cards)
                  for cards in "1248" for step in range(41)]  # measured over derived from 0.8 to 1.2, the interval 5% to both sides
        low, high = fit.engine_of(points)[2]["tpot"]
        inside = 0
        for each in points[:41]:
            ratio = each.measured["tpot"] / each.derived["tpot"].value
            down, up = (math.exp(-math.hypot(math.log(low), math.log(0.95))),
                        math.exp(math.hypot(math.log(high), math.log(1.05))))
            inside += down <= ratio <= up
        self.assertIn(inside, range(36, 40))
        self.assertLess(low, 1)

    def test_two_numbers_with_one_error_of_the_method_have_none_between_them(self):
        with self.assertRaisesRegex(WrongInput, "no usable row of h100_sxm on 1 card"):
            fit.engine_of([point(system="h200_sxm", tp_size="1")])
        points = [point(tp_size=cards) for cards in ("1", "2", "4")]
        self.assertEqual(fit.between_of(points)["ttft"], [1, 1])
        other = point({figure: 1.21 * value for figure, value in row_of().figures.items()}, tp_size="8")
        low, high = fit.between_of([*points, other])["ttft"]
        self.assertAlmostEqual(low, 1 / high, places=2)
        self.assertGreater(high, 1.05)

    def test_only_the_two_sections_change(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "method_error.yaml"
            path.write_text("# kept\nconfidence: 0.9\nops:\n  gemm: 1\nengine:\n  1: x\nbetween_cards:\n  tpot: x\n")
            fit.write(path, [point(tp_size=cards) for cards in "1248"])
            text = path.read_text()
        self.assertTrue(text.startswith("# kept\nconfidence: 0.9\nops:\n  gemm: 1\nengine:\n  1: {decode: ["), text)
        self.assertNotIn("x", text)


class Page(unittest.TestCase):
    def test_every_group_stands_in_it_with_its_kind(self):
        points = [point(), point(system="b200_sxm"), point(system="b200_sxm", tp_size="1")]
        text = page(points, ["weights in nvfp4", "weights in nvfp4"], [("b200_sxm", "trtllm", "1", False)], {})
        for line in ("| fitted on | h100_sxm | trtllm | qwen3-32b | fp8 | 2 | 1 | 10.0% | 10.0% | +10.0% | 0.0% | 5.0% |",
                     "| test | b200_sxm | trtllm | qwen3-32b | fp8 | 1 | 1 |", "| 2 | weights in nvfp4 |",
                     "1000/101 batch 8 +10.0%", "| b200_sxm | trtllm | 1 | of each input |"):
            self.assertIn(line, text)


if __name__ == "__main__":
    unittest.main()
