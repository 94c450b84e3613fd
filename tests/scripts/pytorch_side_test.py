"""scripts/pytorch_side.py: on a CPU where PyTorch is installed, and for a GPU by a stand-in that records the calls."""

import copy
import importlib.util
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

from result_entries import ATTENTION, COPY, FP8, GEMM, entry, result
from sandbox import SOURCE, ScriptTest

sys.path.insert(0, str(SOURCE / "scripts"))
import pytorch_side  # noqa: E402

HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_TRITON = importlib.util.find_spec("triton") is not None


class PureTest(unittest.TestCase):
    def test_each_op_is_measured_once(self):
        cases = pytorch_side.cold_cases([entry("gemm/a", "wgmma", 1), entry("gemm/a", "mma", 1), entry("gemm/b", "mma", 1)])
        self.assertEqual([case.path for case in cases], ["gemm/a", "gemm/b"])

    def test_a_sample_has_as_many_launches_as_that_of_ours_with_the_most(self):
        cases = pytorch_side.cold_cases([entry("gemm/a", "wgmma", 1, launches=20), entry("gemm/a", "mma", 1, launches=24),
                                         entry("gemm/a", "mma", 1, cache="hot", launches=90)])
        self.assertEqual([case.launches for case in cases], [24])
        self.assertEqual([pytorch_side.whole_rotations(24, slots) for slots in (1, 8, 5, 100)], [24, 24, 25, 100])

    def test_the_interval_of_a_median_holds_95_percent(self):
        # Of 6 samples the outermost, of 9 the second, of 30 the tenth: tables of order statistics.
        for count, rank in ((2, 0), (6, 0), (8, 0), (9, 1), (20, 5), (30, 9), (2000, 955)):
            self.assertEqual(pytorch_side.interval_rank(count), rank, count)
        self.assertEqual(pytorch_side.estimate(sorted([3, 1, 2] * 3)),
                         {"median": 2, "low": 1, "high": 3, "confidence": 0.95})

    def test_an_entry_carries_the_case_of_ours(self):
        case = pytorch_side.cold_cases([entry("gemm/a", "wgmma", 1)])[0]
        sampled = pytorch_side.Sampled([1000.0] * 6, "converged", 4, 1700.0)
        made = pytorch_side.entry_of(case, "triton", sampled, {"passed": True}, "tile")
        self.assertEqual((made["name"], made["iterations"]), ("gemm/a/triton/cold", 24))
        self.assertEqual(made["flops_per_second"], 2e15)
        self.assertEqual(made["gpugauge"]["case"]["op"], GEMM)
        self.assertFalse(made["gpugauge"]["case"]["library"])
        self.assertEqual(made["gpugauge"]["flags"], [])
        sampled = pytorch_side.Sampled([900.0, 1000.0, 1100.0] * 2, "time_budget", 4, None)
        self.assertEqual(pytorch_side.entry_of(case, "pytorch", sampled, {}, "")["gpugauge"]["flags"], ["not_converged"])


class GraphTest(ScriptTest):
    """Its calls for a GPU, by a stand-in for PyTorch: nothing ran on a card."""

    def setUp(self):
        super().setUp()
        (self.bin / "python3").symlink_to(sys.executable)
        self.source, self.output, self.calls_file = (self.checkout.parent / name for name in ("ours", "theirs", "made calls"))

    def measure(self, base, seconds="0", **environment):
        self.source.write_text(json.dumps(base))
        return self.run_script("scripts/pytorch_side.py", self.source, "-o", self.output, "--seconds", seconds, "--warmup",
                               "0", "--settle", "0", dry=False, STAND_IN_CALLS=str(self.calls_file),
                               PYTHONPATH=str(SOURCE / "tests/scripts/stand_in_torch"), PYTHONDONTWRITEBYTECODE="1",
                               **environment)

    def base(self, name="NVIDIA H100", slots=3, launches=6):
        """A copy whose buffers are `slots` together, in samples of that many launches."""
        made = result(entry("memory/copy", "stream", 1, COPY, launches=launches))
        made["context"]["gpugauge"]["device"].update(id="cuda:0", name=name, cache_bytes=(slots * COPY["bytes"]) // 5)
        return made

    def test_the_events_lie_inside_the_graph_around_as_many_launches_as_ours(self):
        done = self.measure(self.base())
        self.assertEqual(done.returncode, 0, done.stderr)
        calls = [json.loads(line) for line in self.calls_file.read_text().splitlines()]
        captured = [call for call in calls if call["captured"] and not call["call"].startswith("capture ")]
        first, *launches, last = captured
        for event in (first, last):
            self.assertEqual((event["call"], event["timing"], event["external"]), ("record", True, True))
        self.assertNotEqual(first["event"], last["event"])
        # Three buffers in turns, twice.
        self.assertEqual([call["call"] for call in launches], ["copy"] * 6)
        targets = [call["target"] for call in launches]
        self.assertEqual((len(set(targets)), targets[:3]), (3, targets[3:]))
        self.assertEqual([call["call"] for call in calls].count("capture begins"), 1)
        self.assertFalse([call for call in calls if call["call"] == "record" and not call["captured"]])

    def test_each_sample_is_a_replay_that_is_waited_for_and_read_by_those_events(self):
        self.measure(self.base())
        calls = [json.loads(line) for line in self.calls_file.read_text().splitlines()]
        first, last = (call["event"] for call in calls if call["call"] == "record")
        after = [call for call in calls[[call["call"] for call in calls].index("capture ends") + 1:]]
        times = [i for i, call in enumerate(after) if call["call"] == "elapsed_time"]
        for i in times:
            self.assertEqual([call["call"] for call in after[i - 2:i]], ["replay", "stream.synchronize"])
            self.assertEqual((after[i]["first"], after[i]["last"]), (first, last))
        made, = json.loads(self.output.read_text())["benchmarks"]
        ours = made["gpugauge"]
        self.assertEqual(len(times), 1 + ours["samples"]["count"])  # the first loads code
        self.assertEqual(ours["samples"]["launches_per_sample"], 6)
        self.assertEqual(ours["time_ns"], {"median": 1e6 / 6, "low": 1e6 / 6, "high": 1e6 / 6, "confidence": 0.95})
        self.assertEqual((ours["stop"], ours["flags"]), ("time_budget", []))  # there were no seconds
        self.assertTrue(ours["verification"]["passed"])

    def test_sampling_ends_when_it_has_converged(self):
        self.measure(self.base(), seconds="600")
        made, = json.loads(self.output.read_text())["benchmarks"]
        self.assertEqual((made["gpugauge"]["stop"], made["gpugauge"]["samples"]["count"]), ("converged", 10))

    def test_launches_are_rounded_up_to_whole_rotations(self):
        self.measure(self.base(slots=4, launches=6))
        made, = json.loads(self.output.read_text())["benchmarks"]
        self.assertEqual(made["gpugauge"]["samples"]["launches_per_sample"], 8)

    def test_as_many_sets_of_buffers_as_ours(self):
        base = self.base(slots=2, launches=6)
        base["benchmarks"][0]["gpugauge"]["samples"]["buffer_sets"] = 5
        self.measure(base)
        made, = json.loads(self.output.read_text())["benchmarks"]
        self.assertEqual(made["gpugauge"]["samples"]["launches_per_sample"], 10)

    def test_a_pytorch_without_events_in_graphs_is_refused(self):
        done = self.measure(self.base(), STAND_IN_TORCH_VERSION="2.7.1")
        self.assertEqual((done.returncode, done.stderr),
                         (3, "pytorch_side: PyTorch 2.7.1 has no events inside a graph, expected 2.8 or newer\n"))

    def test_an_emulated_card_is_refused(self):
        base = self.base("emulated NVIDIA H100")
        done = self.measure(base)
        self.assertEqual(done.returncode, 2)
        self.assertIn("of an emulated NVIDIA H100: nothing was measured on it", done.stderr)
        self.assertEqual(self.measure(base, GPUGAUGE_READ_EMULATED="1").returncode, 0)


class PytorchSideTest(unittest.TestCase):
    """On a CPU."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_side(self, *arguments):
        return subprocess.run([sys.executable, SOURCE / "scripts/pytorch_side.py", *arguments], capture_output=True,
                              text=True, check=False)

    def measure(self, base):
        source, output = self.folder / "ours.json", self.folder / "theirs.json"
        source.write_text(json.dumps(base))
        done = self.run_side(source, "-o", output, "--seconds", "0", "--warmup", "0", "--settle", "0")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(output.read_text())

    @unittest.skipUnless(HAS_TORCH, "PyTorch is not installed")
    def test_it_measures_and_verifies_what_it_can(self):
        ours = result(entry("gemm/bf16", "wgmma", 1), entry("gemm/fp8", "wgmma", 1, FP8), entry("memory/copy", "stream", 1, COPY),
                      entry("attention", "flash", 1, ATTENTION),
                      entry("memory/read", "stream", 1, {**COPY, "pattern": "read"}),
                      entry("latency", "native", 1, {"kind": "latency"}))
        made = self.measure(ours)
        self.assertEqual([row["name"] for row in made["benchmarks"]],
                         [f"{path}/pytorch/cold" for path in ("gemm/bf16", "gemm/fp8", "memory/copy", "attention")])
        for row in made["benchmarks"]:
            self.assertTrue(row["gpugauge"]["verification"]["passed"])
            self.assertGreater(row["gpugauge"]["verification"]["checked"], 0)
            self.assertGreaterEqual(row["gpugauge"]["samples"]["count"], 6)
        reasons = {row["name"]: row["reason"] for row in made["context"]["gpugauge"]["not_measured"]}
        self.assertEqual(reasons["gemm/fp8/pytorch_fast_accum/cold"], "needs a GPU")
        self.assertEqual(reasons["gemm/bf16/triton/cold"], "Triton compiles for GPUs")
        self.assertEqual(reasons["memory/read/pytorch/cold"], "no read of memory is timed with PyTorch")
        self.assertIn("torch", made["context"]["gpugauge"]["software"]["libraries"])
        self.assert_schema(made)

    def assert_schema(self, made):
        try:
            import jsonschema
        except ImportError:
            return
        jsonschema.validate(made, json.loads((SOURCE / "configs/schema/result.schema.json").read_text()))

    @unittest.skipUnless(HAS_TORCH, "PyTorch is not installed")
    def test_what_is_wrong_or_was_not_written_does_not_pass(self):
        import pytorch_workloads as workloads
        import torch
        for op in (GEMM, FP8, COPY, ATTENTION):
            made = workloads.counterparts(op)["pytorch"](op, 1 << 10, torch.device("cpu"), "pytorch")
            for slot in range(made.slots):
                made.launch(slot)
            made.check()
            output = made.outputs[0] if op is ATTENTION else made.sets[0][-1]
            output.copy_(output.flip(0) if op is COPY else output.flip(-1))
            with self.assertRaises(workloads.WrongResult):
                made.check()
            made.poison()
            with self.assertRaises(workloads.WrongResult):
                made.check()

    @unittest.skipUnless(HAS_TORCH, "PyTorch is not installed")
    def test_buffers_are_five_times_the_cache(self):
        import pytorch_workloads as workloads
        self.assertEqual([workloads.rotation_slots(n, 100) for n in (50, 499, 500, 600)], [10, 2, 1, 1])
        self.assertEqual(workloads.rotation_slots(1 << 20, 0), 5 * 512)  # unknown
        self.assertEqual(workloads.rotation_slots(499, 100, least=7), 7)

    @unittest.skipUnless(HAS_TORCH and HAS_TRITON, "Triton is not installed")
    def test_the_triton_kernel_computes_a_matrix_product(self):
        program = (
            "import torch, triton_matmul as t\n"
            "for m, n, k in ((1100, 140, 128), (40, 200, 512), (16, 33, 512)):\n"
            "    x, w = torch.randn(m, k).half(), torch.randn(n, k).half()\n"
            "    assert t.configs(m, k, 2)\n"
            "    for config in t.configs(m, k, 2)[-2:]:\n"
            "        y = torch.full((m, n), float('nan'), dtype=torch.float16)\n"
            "        t.matmul(x, w, y, 0.5, config)\n"
            "        reference = 0.5 * x.double() @ w.double().t()\n"
            "        assert (y.double() - reference).norm() < 1e-3 * reference.norm(), config\n"
            "assert t.configs(8192, 100, 2) == []\n")
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False,
                              env={"TRITON_INTERPRET": "1", "PYTHONPATH": str(SOURCE / "scripts"),
                                   "HOME": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"})
        if "InterpreterError" in done.stderr:
            self.skipTest("Triton's interpreter does not work with this NumPy: " + done.stderr.splitlines()[-1])
        self.assertEqual(done.returncode, 0, done.stderr)

    @unittest.skipIf(HAS_TORCH, "PyTorch is installed")
    def test_without_pytorch_it_says_so(self):
        done = self.run_side("--check", "cpu")
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, r"^pytorch_side: PyTorch is not installed for .*\n$")

    def test_what_is_no_result_file_is_status_2(self):
        source = self.folder / "x.json"
        broken = copy.deepcopy(result(entry("gemm/a", "wgmma", 1)))
        del broken["context"]["gpugauge"]["device"]
        for text in ("{", "[]", json.dumps(broken)):
            source.write_text(text)
            done = self.run_side(source, "-o", self.folder / "y.json")
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr, rf"^pytorch_side: {source}: .*\n$")
        self.assertEqual(self.run_side(source).returncode, 2)
        self.assertEqual(self.run_side(source, "-o", "y", "--seconds", str(math.nan)).returncode, 2)


if __name__ == "__main__":
    unittest.main()
