"""scripts/import_vllm.py: what `vllm bench` measured over what gpugauge derives."""

import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "import_vllm.py"

SERVE = {"model_id": "llama", "max_concurrency": 8, "completed": 100, "failed": 0, "duration": 40.0,
         "total_input_tokens": 102400, "total_output_tokens": 12800, "output_throughput": 320.0,
         "total_token_throughput": 2880.0, "median_tpot_ms": 23.0}
THROUGHPUT = {"elapsed_time": 10.0, "num_requests": 100, "total_num_tokens": 120000, "requests_per_second": 10.0,
              "tokens_per_second": 12000.0}
LATENCY = {"avg_latency": 3.2, "latencies": [3.1, 3.3], "percentiles": {"50": 3.2}}
LENGTHS = ("--input-len", "1000", "--output-len", "200")


class ImportVllm(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_script(self, content, *arguments):
        path = self.folder / "bench.json"
        if not isinstance(content, bytes):
            content = (content if isinstance(content, str) else json.dumps(content)).encode()
        path.write_bytes(content)
        return subprocess.run([sys.executable, SCRIPT, path, *arguments], capture_output=True, text=True, check=False)

    def calibration(self, content, *arguments):
        result = self.run_script(content, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

    def refused(self, content, *arguments):
        result = self.run_script(content, *arguments)
        self.assertEqual(result.returncode, 2, result.stdout)
        self.assertNotIn("Traceback", result.stderr)
        self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        return result.stderr

    def test_serve_says_its_point_itself(self):
        found = self.calibration(SERVE, "--proxy", "400")
        self.assertAlmostEqual(found["factor"], 0.8)
        self.assertEqual((found["batch"], found["input_tokens"], found["output_tokens"]), (8, 1024, 128))
        self.assertEqual(found["source"]["benchmark"], "vllm bench serve")
        self.assertEqual(found["model"], "llama")

    def test_a_compressed_file_is_read(self):
        packed = gzip.compress(json.dumps(SERVE).encode())
        self.assertAlmostEqual(self.calibration(packed, "--proxy", "400")["factor"], 0.8)
        self.assertIn("the gzip is damaged or cut off", self.refused(packed[:-9], "--proxy", "400"))
        self.assertIn("git lfs pull", self.refused(b"version https://git-lfs.github.com/spec/v1\noid", "--proxy", "400"))

    def test_a_byte_order_mark_and_utf_16_are_read(self):
        for encoding in ("utf-8-sig", "utf-16"):
            self.assertAlmostEqual(self.calibration(json.dumps(SERVE).encode(encoding), "--proxy", "400")["factor"], 0.8)

    def test_a_small_gzip_that_unpacks_to_gigabytes_is_refused(self):
        member = gzip.compress(bytes(2 ** 26))
        self.assertIn("more than", self.refused(member * 9, "--proxy", "400"))

    def test_throughput_counts_only_the_output(self):
        found = self.calibration(THROUGHPUT, "--proxy", "4000", "--batch", "64", *LENGTHS)
        self.assertAlmostEqual(found["measured_output_tokens_per_second"], 2000)
        self.assertAlmostEqual(found["factor"], 0.5)

    def test_latency_is_of_the_whole_batch(self):
        found = self.calibration(LATENCY, "--proxy", "500", "--batch", "8", *LENGTHS)
        self.assertAlmostEqual(found["measured_output_tokens_per_second"], 500)
        self.assertAlmostEqual(found["factor"], 1)
        self.assertAlmostEqual(found["factor_low"], 3.2 / 3.3)  # the slowest of its runs …
        self.assertAlmostEqual(found["factor_high"], 3.2 / 3.1)  # … and the fastest
        self.assertIn("latencies", self.refused({**LATENCY, "latencies": [3.1, "x"]}, "--proxy", "500", "--batch", "8",
                                                *LENGTHS))

    def test_it_says_what_it_was_measured_on(self):
        found = self.calibration(SERVE, "--proxy", "400", "--device", "NVIDIA TOY", "--cards", "2")
        self.assertEqual((found["device"], found["cards"]), ("NVIDIA TOY", 2))
        self.assertNotIn("factor_low", found)  # one run
        self.assertNotIn("device", self.calibration(SERVE, "--proxy", "400"))

    def test_the_raw_numbers_stand_beside_the_factor_in_a_file(self):
        output = self.folder / "calibration.json"
        result = self.run_script(LATENCY, "--proxy", "1000", "--batch", "8", *LENGTHS, "-o", str(output))
        self.assertEqual((result.returncode, result.stdout), (0, ""), result.stderr)
        found = json.loads(output.read_text())
        self.assertEqual(found["factor"],
                         found["measured_output_tokens_per_second"] / found["proxy_output_tokens_per_second"])

    def test_what_vllm_does_not_write_must_be_said(self):
        self.assertIn("--batch is needed", self.refused(LATENCY, "--proxy", "1", *LENGTHS))
        self.assertIn("--input-len is needed", self.refused(THROUGHPUT, "--proxy", "1", "--batch", "1"))
        self.assertIn("--batch is needed", self.refused({**SERVE, "max_concurrency": None}, "--proxy", "1"))

    def test_what_is_said_twice_must_agree(self):
        self.assertIn("says 8", self.refused(SERVE, "--proxy", "1", "--batch", "16"))
        message = self.refused(THROUGHPUT, "--proxy", "1", "--batch", "1", "--input-len", "100", "--output-len", "200")
        self.assertIn("1200 tokens a request", message)

    def test_files_that_are_none_of_vllm_are_refused(self):
        self.assertIn("not what `vllm bench` writes", self.refused({}, "--proxy", "1"))
        self.assertIn("expected an object", self.refused([], "--proxy", "1"))
        self.assertIn("bench.json", self.refused("{", "--proxy", "1"))
        for wrong in (0, -1, None, "5", True):
            self.assertIn("avg_latency", self.refused({"avg_latency": wrong}, "--proxy", "1", "--batch", "1", *LENGTHS))
        self.assertIn("avg_latency", self.refused('{"avg_latency": NaN}', "--proxy", "1", "--batch", "1", *LENGTHS))

    def point(self, content, *arguments):
        """The batch, and what was warned of."""
        result = self.run_script(content, "--proxy", "400", *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        found = json.loads(result.stdout)
        for warning in found.get("warnings", []):
            self.assertIn(warning, result.stderr)
        return found["batch"], result.stderr

    def test_the_batch_of_a_limited_rate_is_what_was_in_flight(self):
        limited = {**SERVE, "request_rate": 2.5, "request_throughput": 2.5, "mean_ttft_ms": 100.0, "mean_tpot_ms": 10.0}
        batch, warned = self.point(limited)
        self.assertAlmostEqual(batch, 3.43)  # 2.5/s x (0.1 s + 127 x 0.01 s)
        self.assertIn("requests arrived at 2.5/s", warned)
        self.assertEqual(self.point({**limited, "request_rate": "inf"})[0], batch)
        self.assertEqual(self.point({**limited, "max_concurrency": None})[0], batch)
        self.assertEqual(self.point({**limited, "mean_e2el_ms": 3200.0}), (8, ""))  # the limit was reached
        self.assertIn("--batch 8: in", self.refused(limited, "--proxy", "400", "--batch", "8"))
        self.assertIn("idle", self.refused({**limited, "mean_e2el_ms": 100.0}, "--proxy", "400"))
        self.assertIn("at most were let in", self.refused({**limited, "mean_e2el_ms": 9000.0}, "--proxy", "400"))
        self.assertIn("arrivals", self.refused({**SERVE, "request_rate": "2.5"}, "--proxy", "400"))
        self.assertIn("exponential, 1 to 9/s", self.refused(
            {**SERVE, "ramp_up_strategy": "exponential", "ramp_up_start_rps": 1, "ramp_up_end_rps": 9}, "--proxy", "400"))

    def test_fewer_prompts_than_the_limit_are_the_batch(self):
        few = {**SERVE, "max_concurrency": 256, "num_prompts": 100}
        self.assertEqual(self.point(few)[0], 100)
        self.assertIn("100 prompts for 256 at a time", self.point(few)[1])
        self.assertIn("100 prompts in all", self.refused(
            {**SERVE, "max_concurrency": None, "num_prompts": 100}, "--proxy", "400", "--batch", "256"))

    def test_failed_requests_are_said_or_refused(self):
        batch, warned = self.point({**SERVE, "failed": 5})
        self.assertIn("5 of 105 requests failed", warned)
        found = self.calibration({**SERVE, "num_prompts": 104}, "--proxy", "400")  # an older vLLM does not count them
        self.assertEqual((found["failed_requests"], found["completed_requests"]), (4, 100))
        self.assertIn("6 of 106 requests failed, expected at most 5%", self.refused({**SERVE, "failed": 6}, "--proxy", "1"))

    def test_totals_that_contradict_each_other_are_refused(self):
        for change in ({"output_throughput": 400.0}, {"duration": 20.0}, {"request_throughput": 5.0}):
            self.assertIn("inconsistent", self.refused({**SERVE, **change}, "--proxy", "400"))
        self.assertIn("inconsistent", self.refused({**THROUGHPUT, "requests_per_second": 20.0}, "--proxy", "400", "--batch",
                                                   "8", *LENGTHS))
        self.assertIn("inconsistent", self.refused({**LATENCY, "avg_latency": 9}, "--proxy", "400", "--batch", "8", *LENGTHS))

    def test_the_benchmark_is_not_overwritten(self):
        self.assertIn("is also read", self.refused(SERVE, "--proxy", "400", "-o", str(self.folder / "bench.json")))
        self.assertEqual(json.loads((self.folder / "bench.json").read_text()), SERVE)

    def test_of_several_results_one_is_taken(self):
        both = [SERVE, {**SERVE, "max_concurrency": 16, "output_throughput": 330.0}]
        for text in ("\n".join(map(json.dumps, both)), json.dumps(both), json.dumps({"benchmarks": both})):
            self.assertIn("holds 2 benchmarks", self.refused(text, "--proxy", "400"))
            self.assertEqual(self.point(text, "--result", "2")[0], 16)
            self.assertEqual(self.point(text, "--concurrency", "8")[0], 8)
            self.assertIn("none is meant", self.refused(text, "--proxy", "400", "--result", "3"))
        self.assertIn("several are meant", self.refused(json.dumps([SERVE, SERVE]), "--proxy", "1", "--concurrency", "8"))
        self.assertIn("bench.json", self.refused(json.dumps(SERVE) + "}", "--proxy", "400"))

    def label(self, content):
        return self.calibration(content, "--proxy", "400")["source"]["benchmark"]

    def test_every_engine_has_its_own_label(self):
        line = {**SERVE, "total_output_tokens_retokenized": 12790, "request_rate": float("inf"), "backend": "sglang-oai"}
        self.assertEqual(self.label(line), "sglang bench_serving")
        self.assertEqual(self.label({**line, "backend": "trt"}), "sglang bench_serving, backend trt")
        self.assertEqual(self.label({**SERVE, "backend": "openai-chat"}), "vllm bench serve")
        self.assertEqual(self.label({**SERVE, "backend": "sglang"}), "vllm bench serve, backend sglang")

    def test_guidellm(self):
        def mean(value):
            return {"successful": {"mean": value}}
        one = {"config": {"strategy": {"type_": "concurrent", "streams": 8}, "backend": {"model": "llama"}},
               "metrics": {"request_totals": {"successful": 100, "errored": 2, "incomplete": 8, "total": 110},
                           "output_tokens_per_second": mean(320.0), "prompt_token_count": mean(1024.0),
                           "output_token_count": mean(128.0), "requests_per_second": mean(2.5),
                           "request_latency": mean(3.1), "request_concurrency": mean(7.8)}}
        found = self.calibration({"benchmarks": [one]}, "--proxy", "400")
        self.assertEqual((found["source"]["benchmark"], found["batch"], found["failed_requests"], found["model"]),
                         ("guidellm", 8, 2, "llama"))
        at_a_rate = {**one, "config": {"strategy": {"type_": "constant", "rate": 2.5}}}
        self.assertEqual(self.point({"benchmarks": [at_a_rate]})[0], 7.8)
        self.assertEqual(self.point({"benchmarks": [at_a_rate, one]}, "--concurrency", "8")[0], 8)
        one["metrics"]["request_totals"]["errored"] = 50
        self.assertIn("50 of 150 requests failed", self.refused({"benchmarks": [one]}, "--proxy", "400"))

    def test_aiperf(self):
        def average(value):
            return {"unit": "", "avg": value}
        one = {"output_token_throughput": average(320.0), "input_sequence_length": average(1024.0),
               "output_sequence_length": average(128.0), "request_count": average(97.0), "request_throughput": average(2.5),
               "request_latency": average(3200.0), "error_request_count": average(3.0), "was_cancelled": False,
               "input_config": {"loadgen": {"concurrency": 8, "request_rate": None}, "endpoint": {"model_names": ["llama"]}}}
        found = self.calibration(one, "--proxy", "400")
        self.assertEqual((found["source"]["benchmark"], found["batch"], found["failed_requests"], found["model"]),
                         ("aiperf", 8, 3, "llama"))
        self.assertIn("broken off", self.refused({**one, "was_cancelled": True}, "--proxy", "400"))
        self.assertIn("inconsistent", self.refused({**one, "output_sequence_length": average(64.0)}, "--proxy", "400"))
        one["input_config"]["loadgen"] = {"concurrency": 8, "concurrency_ramp_duration": 30.0}
        self.assertIn("concurrency_ramp_duration", self.refused(one, "--proxy", "400"))

    def test_inference_perf(self):
        one = {"load_summary": {"count": 102, "requested_rate": 2.5, "achieved_rate": 2.5},
               "successes": {"count": 100, "latency": {"request_latency": {"mean": 4.0}},
                             "throughput": {"output_tokens_per_sec": 320.0, "requests_per_sec": 2.5},
                             "prompt_len": {"mean": 1024.0}, "output_len": {"mean": 128.0}}, "failures": {"count": 2}}
        found = self.calibration(one, "--proxy", "400")
        self.assertEqual((found["source"]["benchmark"], found["batch"], found["failed_requests"]), ("inference-perf", 10, 2))
        self.assertIn("arrived at 2.5/s", found["warnings"][0])
        one["load_summary"]["concurrency"] = 10
        self.assertEqual(self.point(one)[0], 10)
        self.assertNotIn("warnings", self.calibration(one, "--proxy", "400"))

    def test_a_proxy_is_a_positive_number(self):
        for wrong in ("0", "-1", "nan", "inf", "x"):
            self.assertEqual(self.run_script(SERVE, f"--proxy={wrong}").returncode, 2)


if __name__ == "__main__":
    unittest.main()
