"""scripts/card_trials.py: each trial passes and fails where it should."""

import json
import shutil
import sys
import unittest

from sandbox import SOURCE, ScriptTest

sys.path.insert(0, str(SOURCE / "scripts"))
import card_record  # noqa: E402
import card_trials  # noqa: E402

# A stand-in for gpugauge. What it does wrong is in the file beside it, a word a line.
PROGRAM = r'''#!{python}
import json, os, pathlib, signal, sys, time
words = (pathlib.Path(__file__).parent / "does").read_text().split()
with open({log!r}, "a") as log:
    print(pathlib.Path(__file__).name, *sys.argv[1:], file=log)
command, arguments = sys.argv[1], sys.argv[2:]

def after(option):
    return arguments[arguments.index(option) + 1]

def write(path, measured, refused=(), sessions=1):
    result = json.loads(pathlib.Path({result!r}).read_text())
    ours = result["context"]["gpugauge"]
    for name in {{"no_limit": ["power_limit_w"], "geforce": ["ecc_enabled", "mig_enabled"]}}.get("".join(words), []):
        del ours["device"][name]
    if "emulated" in words:
        ours["device"]["name"] = "emulated NVIDIA H100"
    if "slice" in words:
        del result["benchmarks"][0]["gpugauge"]["samples"]["power_w"]
    ours.update(planned=["a"] * (measured + len(refused)), not_measured=list(refused), complete=True, sessions=[1] * sessions)
    result["benchmarks"] *= measured
    path.write_text(json.dumps(result))

if command == "doctor":
    print("  NVIDIA driver    ok   580\n  cuda:0           " + ("missing" if "no_card" in words else "ok     NVIDIA H100"))
elif command == "run" and "--resume" in arguments:
    journal = pathlib.Path(after("--resume"))
    if "no_resume" in words:
        sys.exit("error: the suite changed")
    write(journal.with_suffix(""), 9, sessions=2)
    journal.unlink()
elif command == "run":
    output = pathlib.Path(after("-o"))
    journal = output.with_name(output.name + ".partial")
    if "out_of_memory" in after("--suite"):
        if "dies" in words:
            sys.exit("error: out of memory")
        sizes = pathlib.Path(after("--suite")).read_text().split("sizes: [")[1].split("]")[0].split(", ")
        write(output, 1, [{{"status": "failed", "reason": f"cannot allocate {{size}}"}} for size in sizes[:-1]])
    elif after("--suite") == "nightly" and "slow_nights" not in words:
        write(output, 3)
    else:
        def interrupted(*_):
            if "loses" in words:
                journal.unlink()
            os._exit(1 if "careless" in words else 130)
        signal.signal(signal.SIGINT, interrupted)
        journal.write_text('{{"benchmark":{{}}}}\n' * 3)
        time.sleep(60)
elif command == "compare":
    sys.exit(1 if "regression" in words else 0)
elif command == "ab":
    planted = "planted" in arguments[1]
    sys.exit((0 if "blind" in words else 1) if planted else 1 if "sees_ghosts" in words else 0)
elif command == "report":
    pathlib.Path(after("-o")).write_text("page")
'''

DEVICE = {name: 1 for name in [*card_record.DEVICE_FIELDS["cuda"], "ecc_enabled", "mig_enabled"]}
RESULT = {
    "context": {"gpugauge": {"device": {"backend": "cuda", "name": "NVIDIA H100", "memory_bytes": 80 << 30, **DEVICE}}},
    "benchmarks": [{"real_time": 1, "gpugauge": {
        "samples": {name: [1] for name in card_record.SAMPLE_COLUMNS["cuda"]}, "flags": ["power_capped", "steal"]}}],
}


class CardTrialsTest(ScriptTest):
    def setUp(self):
        super().setUp()
        (self.bin / "python3").symlink_to(sys.executable)
        self.programs = self.checkout.parent / "made elsewhere"
        self.programs.mkdir()
        self.output = self.checkout.parent / "the output"
        result = self.checkout.parent / "result.json"
        result.write_text(json.dumps(RESULT))
        program = self.programs / "gpugauge"
        program.write_text(PROGRAM.format(python=sys.executable, log=str(self.log), result=str(result)))
        program.chmod(0o755)
        shutil.copy(program, self.programs / "gpugauge-planted")
        self.does()

    def does(self, *words):
        (self.programs / "does").write_text(" ".join(words))

    def trials(self, *arguments):
        return self.run_script("scripts/card_trials.py", "--build", self.programs, *arguments, self.output, dry=False)

    def summary(self):
        return (self.output / "summary.md").read_text()

    def assert_fails(self, word, step, said, *others):
        self.does(word)
        done = self.trials("--steps", ",".join([step, *others]))
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(self.summary(), rf"\| {step} \| failed \| \d+ \| ({step}.log|-) \| {said}")
        shutil.rmtree(self.output)

    def test_everything_passes(self):
        done = self.trials()
        self.assertEqual(done.returncode, 0, done.stderr)
        for step in card_trials.STEPS:
            self.assertRegex(self.summary(), rf"\| {step} \| ok \| \d+ \| ")
        self.assertRegex(self.summary(), r"interrupted \| .* \| ended within [0-9.]+ s, 3 cases kept, 9 after --resume \|")
        self.assertIn("ecc_enabled 1, mig_enabled 1, power_limit_w 1, of 9 cases 9 power_capped |", self.summary())
        self.assertIn("| failed: cannot allocate 163840MiB; failed: cannot allocate 81920MiB |", self.summary())
        self.assertTrue((self.output / "report.html").exists())
        calls = "\n".join(self.calls())
        self.assertIn(f"gpugauge ab {self.programs}/gpugauge {self.programs}/gpugauge-planted --suite quick --device cuda:0 ",
                      calls)
        self.assertIn(f"gpugauge compare {self.output}/nightly-1.json {self.output}/nightly-2.json --fail-on slower", calls)

    def test_a_card_may_have_neither_ecc_nor_mig(self):
        self.does("geforce")
        done = self.trials("--steps", "record,interrupted")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.summary(), r"\| record \| ok \| .* power_limit_w 1, of 9 cases")

    def test_an_emulated_card_proves_nothing(self):
        self.does("emulated")
        done = self.trials("--steps", "interrupted,record")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(self.summary(), r"\| record \| failed \| .* of an emulated NVIDIA H100: nothing was measured on it")

    def test_a_slice_has_no_power_of_its_own(self):
        self.does("slice")
        done = self.trials("--steps", "record,interrupted")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_what_fails_is_said_and_stops_nothing(self):
        self.assert_fails("careless", "interrupted", "ended with status 1, expected 130", "report")
        self.assert_fails("loses", "interrupted", "interrupted.json.partial was not kept")
        self.assert_fails("no_resume", "killed", "--resume ended with status 1: error: the suite changed")
        self.assert_fails("no_limit", "record", "does not say power_limit_w", "interrupted")
        self.assert_fails("dies", "out_of_memory", "status 1: error: out of memory", "interrupted")
        self.assert_fails("regression", "nightly", "compare finds something slower")
        self.assert_fails("sees_ghosts", "ab_same", "ab finds a program slower than itself")
        self.assert_fails("blind", "ab_planted", "ab does not find what was planted")

    def test_what_there_is_nothing_for_is_skipped(self):
        (self.programs / "gpugauge-planted").unlink()
        done = self.trials("--steps", "record,ab_planted,report")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.summary(), r"\| record \| skipped \| 0 \| - \| needs the file of ")
        self.assertRegex(self.summary(), r"\| ab_planted \| skipped \| 0 \| - \| no gpugauge-planted: scripts/plant_slowdown.sh")
        self.assertRegex(self.summary(), r"\| report \| skipped \| ")

    def test_time_that_is_up_is_no_failure(self):
        self.does("slow_nights")
        done = self.trials("--seconds", "14", "--steps", "nightly,report")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(self.summary(), r"\| nightly \| time was up \| \d+ \| nightly.log \| 2 of 2 runs ended early; nothing")
        self.assertIn("nightly-2.json.partial --fail-on", "\n".join(self.calls()))
        self.assertIn("| report | skipped | 0 | - | no time left |", self.summary())

    def test_without_a_card_or_a_program_it_ends_with_3(self):
        self.does("no_card")
        done = self.trials()
        self.assertEqual(done.returncode, 3)
        self.assertIn("cuda:0 is not ok", done.stderr)
        self.assertIn("NVIDIA driver    ok", done.stderr)
        shutil.rmtree(self.output)
        (self.programs / "gpugauge").unlink()
        self.assertEqual(self.trials().returncode, 3)

    def test_bad_usage(self):
        for arguments, said in ((["--steps", "doctor,fly"], "no step 'fly'"), (["--device", "tpu"], "expected cuda:N or cpu"),
                                (["--seconds", "nan"], "expected a number above 0")):
            done = self.trials(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(said, done.stderr)
        self.output.mkdir()
        (self.output / "something").touch()
        self.assertIn("not an empty folder", self.trials().stderr)


class FieldsTest(unittest.TestCase):
    def test_the_fields_are_those_of_the_schema(self):
        definitions = json.loads((SOURCE / "configs/schema/result.schema.json").read_text())["definitions"]
        for fields in card_record.DEVICE_FIELDS.values():
            self.assertLessEqual(set(fields), set(definitions["device"]["properties"]))
        measurement = definitions["measurement"]["properties"]
        for columns in card_record.SAMPLE_COLUMNS.values():
            self.assertLessEqual(set(columns), set(measurement["samples"]["properties"]))
        flags = measurement["flags"]["items"]["enum"]
        self.assertLessEqual(card_record.THROTTLED, set(flags))


if __name__ == "__main__":
    unittest.main()
