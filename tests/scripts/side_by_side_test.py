"""scripts/side_by_side.py: ratios, turns, and what ends it."""

import json
import sys
import unittest

from result_entries import entry, result
from sandbox import SOURCE, ScriptTest

sys.path.insert(0, str(SOURCE / "scripts"))
import pytorch_side  # noqa: E402
import side_by_side  # noqa: E402


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


if __name__ == "__main__":
    unittest.main()
