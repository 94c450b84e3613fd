"""scripts/side_by_side.py and what it runs: ratios, turns, PyTorch on a CPU where it is installed."""

import copy
import importlib.util
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import unittest

from sandbox import SOURCE, ScriptTest

sys.path.insert(0, str(SOURCE / "scripts"))
import pytorch_side  # noqa: E402
import side_by_side  # noqa: E402

HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_TRITON = importlib.util.find_spec("triton") is not None
GEMM = {"kind": "gemm", "m": 48, "n": 320, "k": 128, "activations": "bf16", "weights": "bf16", "output": "bf16"}
FP8 = {**GEMM, "activations": "fp8_e4m3", "weights": "fp8_e4m3"}
COPY = {"kind": "memory", "pattern": "copy", "bytes": 1 << 20}
ATTENTION = {"kind": "attention_prefill", "batch": 1, "tokens": 64, "heads": 4, "kv_heads": 2, "head_dim": 64,
             "dtype": "bf16"}


def entry(path, implementation, us, op=None, cache="cold", data="normal", clock=None, launches=1):
    name = f"{path}/{implementation}/{cache}" + ("" if data == "normal" else f"/{data}")
    return {"name": name, "gpugauge": {
        "case": {"op": op or GEMM, "model": "", "role": "", "implementation": implementation, "cache": cache,
                 "data": data, "semantics_version": 1, "library": False},
        "work": {"flops": 2e9, "bytes": 1e6}, "time_ns": {"median": us * 1e3}, "details": "",
        "samples": {"launches_per_sample": launches}, "telemetry": {} if clock is None else {"clock_mhz": clock}}}


def result(*entries, missing=(), libraries=None):
    shipped = json.loads((SOURCE / "results/intel-xeon-2-cores/quick.json").read_bytes())
    ours = shipped["context"]["gpugauge"]
    ours["device"]["cache_bytes"] = 1 << 10
    ours["not_measured"] = list(missing)
    if libraries:
        ours["software"]["libraries"] = libraries
    return {"context": shipped["context"], "benchmarks": list(entries)}


class RatioTest(unittest.TestCase):
    def rounds(self):
        """PyTorch takes twice as long as ours, give or take; Triton came only in the second round."""
        ours = [result(entry("gemm/a", "wgmma", us, clock=1700), entry("tensor_peak/b", "tensor_core", 5))
                for us in (10, 20, 10)]
        theirs = [result(entry("gemm/a", "pytorch", us), libraries={"torch": "2.11"}) for us in (20, 44, 19)]
        theirs[1]["benchmarks"].append(entry("gemm/a", "triton", 10))
        return list(zip(ours, theirs)), ours, theirs

    def test_a_ratio_pairs_the_times_of_a_round(self):
        summary = side_by_side.summary_of(*self.rounds())
        row = next(row for row in summary["rows"] if row["implementation"] == "wgmma")
        self.assertEqual(row["over"]["pytorch"], {"ratio": 2.0, "low": 1.9, "high": 2.2, "rounds": 3})
        self.assertEqual(row["over"]["triton"], {"ratio": 0.5, "low": 0.5, "high": 0.5, "rounds": 1})
        self.assertEqual(row["clock_mhz"], 1700)
        self.assertEqual(summary["confidence"], 0.75)

    def test_an_op_of_one_side_alone_has_no_row(self):
        self.assertEqual({row["op"] for row in side_by_side.summary_of(*self.rounds())["rows"]}, {"gemm/a"})

    def test_what_is_hot_or_flattered_is_never_compared(self):
        ours = result(entry("gemm/a", "wgmma", 1, cache="hot"), entry("gemm/a", "wgmma", 2, data="zeros"))
        self.assertEqual(side_by_side.by_op([ours]), {})
        self.assertEqual(pytorch_side.cold_cases(ours["benchmarks"]), [])

    def test_what_was_measured_once_was_not_skipped(self):
        missing = [{"name": name, "status": "failed", "reason": "out of memory"}
                   for name in ("gemm/a/pytorch/cold", "gemm/b/pytorch/cold")]
        files = [result(missing=missing), result(entry("gemm/a", "pytorch", 1))]
        self.assertEqual(side_by_side.skipped(files), {"gemm/b/pytorch/cold": "out of memory"})

    def test_the_table(self):
        summary = side_by_side.summary_of(*self.rounds())
        summary["skipped"] = {"gemm/a/triton/cold": "Triton is not installed"}
        text = side_by_side.table(summary)
        self.assertIn("3 rounds of gpugauge cb1ef1f, torch 2.11. ", text)
        self.assertIn("(75% interval)", text)
        self.assertIn("| op | implementation | time | rate | MHz | over pytorch | over triton |", text)
        self.assertIn("| gemm/a | wgmma | 10 µs | 200 TFLOPS | 1700 | 2.000 (1.900–2.200) | 0.500 |", text)
        self.assertIn("| gemm/a | pytorch | 20 µs | 100 TFLOPS |  |  | ", text)
        self.assertIn("- gemm/a/triton/cold: Triton is not installed", text)
        self.assertEqual([side_by_side.time_text(ns) for ns in (1500, 2.5e6, 3e9)], ["1.5 µs", "2.5 ms", "3 s"])


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


class TurnsTest(ScriptTest):
    """The script itself, with programs that write result files at once."""

    def setUp(self):
        super().setUp()
        (self.bin / "python3").symlink_to(sys.executable)
        self.output = self.checkout.parent / "the output"
        self.ours = self.checkout.parent / "ours.json"
        self.theirs = self.checkout.parent / "theirs.json"
        self.ours.write_text(json.dumps(result(entry("gemm/a", "wgmma", 10))))
        self.theirs.write_text(json.dumps(result(entry("gemm/a", "pytorch", 20))))
        self.program = self.fake("gpugauge", f'while [[ $1 != -o ]]; do shift; done; cat "{self.ours}" >"$2"',
                                 self.checkout)
        self.pytorch()

    def pytorch(self, check="", measure=""):
        (self.checkout / "scripts/pytorch_side.py").write_text(
            "import sys\n"
            f"open({str(self.log)!r}, 'a').write('pytorch_side ' + ' '.join(sys.argv[1:]) + '\\n')\n"
            f"if '--check' in sys.argv:\n    {check or 'sys.exit(0)'}\n{measure}\n"
            f"open(sys.argv[sys.argv.index('-o') + 1], 'w').write(open({str(self.theirs)!r}).read())\n")

    def turns(self, *arguments):
        return self.run_script("scripts/side_by_side.py", *arguments, self.output, dry=False)

    def test_both_take_turns_and_the_table_is_written(self):
        done = self.turns("--rounds", "3", "--filter=-hot")
        self.assertEqual(done.returncode, 0, done.stderr)
        order = [call.split()[0] for call in self.calls() if "--check" not in call]
        self.assertEqual(order, ["gpugauge", "pytorch_side", "pytorch_side", "gpugauge", "gpugauge", "pytorch_side"])
        self.assertIn("gpugauge run --suite side_by_side --device cuda:0 --redact --filter=-hot ", self.calls()[1])
        self.assertIn("2.000 (2.000–2.000)", done.stdout)
        self.assertEqual((self.output / "side_by_side.md").read_text(), done.stdout)
        summary = json.loads((self.output / "side_by_side.json").read_text())
        self.assertEqual((summary["rounds"], summary["confidence"]), (3, 0.75))
        self.assertTrue((self.output / "ours-3.json").exists() and (self.output / "pytorch-3.json").exists())

    def test_without_pytorch_it_ends_at_once_with_one_line(self):
        self.pytorch(check="sys.exit('pytorch_side: PyTorch is not installed')")
        done = self.turns()
        self.assertEqual((done.returncode, done.stderr), (3, "side_by_side: PyTorch is not installed\n"))
        self.assertFalse(any(call.startswith("gpugauge") for call in self.calls()))

    def test_no_round_is_begun_for_which_there_is_no_time(self):
        done = self.turns("--time-limit", "0.001")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("side_by_side: no time for round 2 of 6\n", done.stderr)
        self.assertIn("; one round has no interval.", done.stdout)

    def test_a_run_that_fails_is_said_with_its_last_words(self):
        self.fake("gpugauge", 'echo "error: no such suite"; exit 2', self.checkout)
        done = self.turns()
        self.assertEqual(done.returncode, 3)
        self.assertRegex(done.stderr, "gpugauge ended with status 2: .*ours-1.log: error: no such suite")

    def test_a_wrong_result_is_status_4(self):
        missing = [{"name": "gemm/a/triton/cold", "status": "verification_failed", "reason": "relative error 1"}]
        self.theirs.write_text(json.dumps(result(entry("gemm/a", "pytorch", 20), missing=missing)))
        done = self.turns("--rounds", "2")
        self.assertEqual(done.returncode, 4)
        self.assertEqual(done.stderr.count("gemm/a/triton/cold: computed something wrong"), 1)

    def test_an_emulated_card_is_refused(self):
        emulated = result(entry("gemm/a", "wgmma", 10))
        emulated["context"]["gpugauge"]["device"]["name"] = "emulated NVIDIA H100"
        self.ours.write_text(json.dumps(emulated))
        done = self.turns()
        self.assertEqual(done.returncode, 2)
        self.assertIn("nothing was measured on it", done.stderr)
        self.assertFalse((self.output / "side_by_side.md").exists())

    def test_bad_usage(self):
        for arguments, said in ((["--device", "gpu"], "expected cuda:N or cpu"), (["--rounds", "0"], "above 0"),
                                (["--gpugauge", "nowhere"], "no such program")):
            done = self.turns(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)
        self.output.mkdir()
        (self.output / "something").touch()
        self.assertIn("not an empty folder", self.turns().stderr)


class GraphTest(ScriptTest):
    """The other script's calls for a GPU, by a stand-in for PyTorch: nothing ran on a card."""

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
    """The other script on a CPU."""

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
