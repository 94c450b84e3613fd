"""scripts/goal_table.py: goals beside measurements, and configs/goals.json itself."""

import copy
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

from sandbox import SOURCE

SCRIPT = SOURCE / "scripts/goal_table.py"
SHIPPED = SOURCE / "configs/goals.json"
H100 = {"name": "NVIDIA H100 80GB HBM3", "compute_units": 132, "pin_rate_gbps": 3352.32}


def entry(name, op, us, flops=0.0, size=0.0, clock_mhz=None, passed=True, cache="cold", data="normal", **pace):
    return {"name": name, "gpugauge": {
        "case": {"op": op, "cache": cache, "data": data, **pace}, "work": {"flops": flops, "bytes": size},
        "time_ns": {"median": us * 1e3}, "verification": {"passed": passed},
        "telemetry": {"clock_mhz": clock_mhz} if clock_mhz else {}}}


READ = entry("memory/read/4GiB/stream/cold", {"kind": "memory"}, 1300, size=2**32)  # 3304 GB/s


def gemm(implementation, tflops, batch=8192, nbytes=4e8, **options):
    flops = 2.0 * batch * 8192 * 8192
    return entry(f"gemm/bf16/m:{batch}/n:8192/k:8192/{implementation}/cold", {"kind": "gemm", "m": batch},
                 flops / tflops * 1e-6, flops, nbytes, **options)


class GoalTableTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_table(self, *arguments):
        return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)

    def write(self, *entries, device=H100):
        path = self.folder / "result.json"
        path.write_text(json.dumps({"context": {"gpugauge": {"device": device}}, "benchmarks": entries}))
        return path

    def goals(self, text):
        path = self.folder / "goals.json"
        path.write_text(text)
        return path

    def row(self, goal, *entries, device=H100, status=0):
        result = self.run_table(SHIPPED, self.write(*entries, device=device))
        self.assertEqual(result.returncode, status, result.stderr)
        return "".join(line for line in result.stdout.splitlines() if line.startswith(f"| {goal}"))

    def test_a_compressed_file_is_read(self):
        plain = self.write(READ)
        expected = self.run_table(SHIPPED, plain).stdout
        plain.write_bytes(gzip.compress(plain.read_bytes()))
        self.assertEqual(self.run_table(SHIPPED, plain).stdout, expected)
        plain.write_bytes(plain.read_bytes()[:-9])
        done = self.run_table(SHIPPED, plain)
        self.assertEqual(done.returncode, 2)
        self.assertIn("the gzip is damaged or cut off", done.stderr)

    def test_an_emulated_card_is_refused(self):
        done = self.run_table(SHIPPED, self.write(READ, device={**H100, "name": "emulated " + H100["name"]}))
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("of an emulated NVIDIA H100 80GB HBM3: nothing was measured on it", done.stderr)

    def test_a_rate_met_and_missed(self):
        row = self.row("Memory read", READ)
        self.assertIn("| 97% | 3252 GB/s | 3304 GB/s | 101.6% | met | `memory/read/4GiB/stream/cold` | best published: 3241", row)
        slow = copy.deepcopy(READ)
        slow["gpugauge"]["time_ns"]["median"] *= 1.1
        self.assertIn("**missed**", self.row("Memory read", slow, status=1))

    def test_the_best_implementation_of_an_op_counts_and_the_worst_op(self):
        slow = copy.deepcopy(READ)
        slow["name"] = "memory/read/4GiB/other/cold"
        slow["gpugauge"]["time_ns"]["median"] *= 2
        self.assertIn("| met |", self.row("Memory read", READ, slow))
        slow["gpugauge"]["case"]["op"] = {"kind": "memory", "bytes": 2**34}
        self.assertIn("/other/cold", self.row("Memory read", READ, slow, status=1))

    def test_only_verified_cold_normal_cases_count(self):
        for options in ({"passed": False}, {"cache": "hot"}, {"data": "zeros"}):
            self.assertIn("not measured", self.row("Large GEMM BF16, 8192³, of the clock's",
                                                   gemm("wgmma", 900, clock_mhz=1755, **options)))

    def test_a_burst_is_held_against_the_burst_goal_alone(self):
        burst = gemm("wgmma", 830, clock_mhz=1755, cache="hot", pace="burst")
        self.assertIn("| 820 TFLOPS | 830 TFLOPS | 101.2% | met |", self.row("Large GEMM BF16, 8192³, in a burst", burst))
        self.assertIn("not measured", self.row("Large GEMM BF16, 8192³, of the clock's", burst))
        steady = gemm("wgmma", 900, clock_mhz=1755)
        self.assertIn("not measured", self.row("Large GEMM BF16, 8192³, in a burst", steady))
        self.assertIn("not measured", self.row("Large GEMM BF16, 8192³, of the best cuBLASLt", steady,
                                               gemm("cublaslt", 800, cache="hot", pace="burst")))
        self.assertIn("not measured", self.row("Large GEMM BF16, 8192³, in a burst",
                                               gemm("wgmma", 830, cache="hot", pace="burst", data="zeros")))

    def test_of_another_card_or_of_no_case(self):
        self.assertEqual(self.row("Memory read", READ, device={"name": "NVIDIA A100-SXM4-80GB"}), "")
        self.assertIn("not measured", self.row("Decode attention", READ, device={"name": "NVIDIA L40S"}))
        self.assertIn("not measured", self.row("Decode attention", READ))

    def test_the_library_on_the_same_op(self):
        goal = "Large GEMM BF16, 8192³, of the best cuBLASLt"
        self.assertIn("| 101.5% | met |", self.row(goal, gemm("wgmma", 836), gemm("cublaslt", 700),
                                                    gemm("cublaslt_search", 800)))  # needed: 824
        self.assertIn("not measured", self.row(goal, gemm("wgmma", 810)))
        self.assertIn("not measured", self.row(goal, gemm("cublaslt", 810)))
        goal = "Decode linear, M = 64"
        self.assertIn("**missed**", self.row(goal, gemm("linear_stream", 300, 64), gemm("cublaslt", 310, 64),
                                             gemm("cublaslt", 100, 128), status=1))

    def test_a_share_of_the_measured_read(self):
        linear = entry("gemm/bf16/llama/down/m:4/n:8192/k:4096/linear_stream/cold", {"m": 4}, 22.0, size=67e6)
        row = self.row("Decode linear, M up to 16, 64 MB", READ, linear)  # 3045 of 3304 GB/s, needed 3040
        self.assertIn("| 3040 GB/s | 3045 GB/s | 100.2% | met |", row)
        self.assertIn("not measured", self.row("Decode linear, M up to 16, 16 to 64 MB", READ, linear))

    def test_a_share_of_what_the_clock_allows(self):
        peak = entry("tensor_peak/bf16/dense/gflop:4000/tensor_core/cold", {"kind": "tensor_peak"}, 4000 / 0.98,
                     flops=4e12, clock_mhz=1830)
        row = self.row("Tensor peak, BF16 and FP16 dense", peak)  # 980 of 132 · 4096 · 1830 MHz = 989.4
        self.assertIn("| 970 TFLOPS | 980 TFLOPS | 101.1% | met |", row)
        peak["gpugauge"]["telemetry"]["kernel_clock_mhz"] = 1900  # which the driver has not seen
        self.assertIn("| 1007 TFLOPS | 980 TFLOPS | 97.3% |", self.row("Tensor peak, BF16 and FP16 dense", peak, status=1))
        del peak["gpugauge"]["telemetry"]
        self.assertIn("not measured", self.row("Tensor peak, BF16 and FP16 dense", peak))

    def test_tokens_per_second(self):
        step = entry("decode_step/fp8_e4m3/llama-3.1-8b/b:1/c:1024/kv:bf16/graph_best/cold", {"batch": 1}, 2857.0)
        self.assertIn("| 350 tok/s | 350 tok/s | 100.0% | met |", self.row("Llama-3.1-8B FP8, batch 1", step))

    def test_a_journal_with_a_torn_line(self):
        path = self.folder / "result.json.partial"
        path.write_text(json.dumps({"gpugauge_journal": 1, "context": {"gpugauge": {"device": H100}}}) + "\n" +
                        json.dumps({"benchmark": READ}) + "\n" + json.dumps({"not_measured": {}}) + '\n{"bench')
        result = self.run_table(SHIPPED, path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("101.6%", result.stdout)

    def test_a_result_of_this_program(self):
        data = SOURCE / "tests/data/record"
        for name in ("synthetic_full.json", "synthetic_journal.partial.jsonl"):
            self.assertEqual(self.run_table(SHIPPED, data / name).returncode, 0, name)

    def test_without_results_every_goal_is_listed(self):
        result = self.run_table(SHIPPED)
        self.assertEqual(result.returncode, 0, result.stderr)
        goals = json.loads(SHIPPED.read_text())["goals"]
        rows = [line for line in result.stdout.splitlines() if "| not yet run |" in line]
        self.assertEqual(len(rows), len(goals))
        for row, goal in zip(rows, goals, strict=True):
            self.assertTrue(row.endswith(f"| {goal['source']} |"))
        self.assertIn(f"\n\n{result.stdout}\n", (SOURCE / "results/README.md").read_text(),
                      "the table of goals in results/README.md is not what scripts/goal_table.py prints")

    def test_bad_input_is_one_line_and_status_2(self):
        result = self.write(READ)
        whole = {"goal": "a", "cases": "b", "metric": "gbps", "of": "1", "at_least": 1, "source": "c"}

        def changed(**fields):
            goal = {key: value for key, value in {**whole, **fields}.items() if value is not None}
            return json.dumps({"goals": [goal]})

        self.assertEqual(self.run_table(self.goals(changed()), result).returncode, 0)
        for goals, found in ((changed(case="b"), "goal 'a' has unknown case"),
                             (changed(of=None), "goal 'a' lacks of"),
                             (changed(source=None), "goal 'a' lacks source"),
                             (changed(metric="GB/s"), "metric 'GB/s'"),
                             (changed(cases="("), "goal 'a'"),
                             (changed(of="much"), "goal 'a'"),
                             ("[]", "goals.json: not a list of goals"),
                             ("{", "goals.json: not a list of goals")):
            ran = self.run_table(self.goals(goals), result)
            self.assertEqual(ran.returncode, 2, goals)
            self.assertIn(found, ran.stderr)
            self.assertEqual(ran.stderr.count("\n"), 1)
        (self.folder / "broken.json").write_text("{}")
        for path in ("gone.json", "broken.json"):
            ran = self.run_table(SHIPPED, self.folder / path)
            self.assertEqual(ran.returncode, 2)
            self.assertIn(path, ran.stderr)
        self.assertEqual(self.run_table().returncode, 2)


if __name__ == "__main__":
    unittest.main()
