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

    def test_a_proxy_is_a_positive_number(self):
        for wrong in ("0", "-1", "nan", "inf", "x"):
            self.assertEqual(self.run_script(SERVE, f"--proxy={wrong}").returncode, 2)


if __name__ == "__main__":
    unittest.main()
