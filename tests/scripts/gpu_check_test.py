"""scripts/gpu_check.sh: its steps, what becomes of those that fail, and how it ends."""

import json
import shutil
import sys
import unittest

from sandbox import SOURCE, ScriptTest

DOCTOR = "  cuda:0           ok       NVIDIA H100 80GB HBM3, 79.2 GiB, 132 SMs\n"

RESULT = {
    "context": {"gpugauge": {"device": {"name": "NVIDIA H100 80GB HBM3", "compute_units": 132,
                                        "pin_rate_gbps": 3352.32}}},
    "benchmarks": [{"name": "memory/read/4GiB/stream/cold", "gpugauge": {
        "case": {"op": {"kind": "memory", "pattern": "read", "bytes": 2**32}, "cache": "cold", "data": "normal"},
        "work": {"flops": 0, "bytes": 2**32}, "time_ns": {"median": 1.3e6}, "verification": {"passed": True}}}],
}
SANITIZERS = ("memcheck", "racecheck", "initcheck")


class GpuCheckTest(ScriptTest):
    def setUp(self):
        super().setUp()
        for tool in ("ls", "tail", "timeout"):
            (self.bin / tool).symlink_to(shutil.which(tool))
        (self.bin / "python3").symlink_to(sys.executable)
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        self.programs = self.checkout.parent / "made elsewhere"
        self.output = self.checkout.parent / "the output"
        self.result = self.checkout.parent / "result.json"
        self.result.write_text(json.dumps(RESULT))
        self.fake_programs()

    def fake_programs(self, run="", doctor=DOCTOR, tests="", unit=""):
        """`run` and `tests` are what gpugauge run and gpu_tests do beyond the usual."""
        self.fake("gpugauge", f'if [[ $1 == doctor ]]; then printf "%s" "{doctor}"; exit 0; fi\n'
                              'while [[ $1 != -o ]]; do shift; done\n'
                              f'step=${{2##*/}}\n{run}\ncat "{self.result}" >"$2"', self.programs)
        self.fake("gpu_tests", 'if [[ $* == --gtest_list_tests ]]; then\n'
                               '  printf "%s\\n" "Running main() from gtest_main.cc" "Memory." "  Reads" "Types/Gemm." '
                               '"  Works/bf16  # GetParam() = 2"; exit; fi\n'
                               f'{tests}\nprintf "[       OK ] %s (1 ms)\\n" "$*"', self.programs)
        self.fake("unit_cuda_tests", unit, self.programs)

    def check(self, *arguments, **environment):
        return self.run_script("scripts/gpu_check.sh", "--build", self.programs, *arguments, self.output, dry=False,
                               CUDA_HOME=str(self.system), **environment)

    def summary(self):
        return (self.output / "summary.md").read_text()

    def test_everything_passes(self):
        self.fake("compute-sanitizer")
        result = self.check()
        self.assertEqual(result.returncode, 0, result.stderr)
        summary = self.summary()
        for step in ("unit_tests", "gpu_tests", *SANITIZERS, "goals", "datasheet", "full", "goal_table"):
            self.assertRegex(summary, rf"\| {step} \| ok \| \d+ \| ")
        self.assertIn("| Memory read, 4 GiB and more, of the pins | 97% | 3252 GB/s | 3304 GB/s | 101.6% | met |", summary)
        self.assertIn("2 passed, 0 skipped", summary)
        for name in ("datasheet.json", "goals.json", "full.json", "gpu_tests.log", "doctor.log"):
            self.assertTrue((self.output / name).exists(), name)
        calls = self.calls()
        self.assertIn("gpu_tests --gtest_brief=0 --gtest_filter=Types/Gemm.*", calls)
        for tool in SANITIZERS:
            looked_at = [call for call in calls if call.startswith(f"compute-sanitizer --tool {tool} --error-exitcode ")]
            self.assertEqual(len(looked_at), 2, calls)
        suites = [call.split("--suite ")[1] for call in calls if "--suite" in call]
        self.assertEqual(suites, ["goals", "datasheet", "full"])

    def test_the_sanitizer_is_skipped_where_it_is_missing(self):
        self.assertEqual(self.check().returncode, 0)
        for tool in SANITIZERS:
            self.assertIn(f"| {tool} | skipped | 0 | - | compute-sanitizer is not installed |", self.summary())

    def test_a_failing_test_suite_stops_nothing_and_fails_the_check(self):
        self.fake("compute-sanitizer")
        self.fake_programs(tests='if [[ $* == *Memory* ]]; then echo "[  FAILED  ] Memory.Reads"; exit 1; fi')
        result = self.check()
        self.assertEqual(result.returncode, 1)
        self.assertRegex(self.summary(), r"\| gpu_tests \| failed \| \d+ \| gpu_tests.log \| .*failed: Memory \|")
        self.assertIn("FAILED", (self.output / "gpu_tests.log").read_text())
        self.assertRegex(self.summary(), r"\| goal_table \| ok ")
        # Only what passed is looked at more closely.
        self.assertFalse(any("compute-sanitizer" in call and "Memory" in call for call in self.calls()))

    def test_an_error_under_one_sanitizer_fails_the_check_and_the_others_go_on(self):
        self.fake("compute-sanitizer", "[[ $* != *racecheck* ]] || exit 99")
        self.assertEqual(self.check().returncode, 1)
        self.assertRegex(self.summary(), r"\| racecheck \| failed \| .*failed: (Memory Types/Gemm|Types/Gemm Memory)")
        for tool in ("memcheck", "initcheck"):
            self.assertRegex(self.summary(), rf"\| {tool} \| ok \| .*2 of 2 test suites clean")

    def test_a_failed_verification_is_status_4(self):
        self.fake_programs(run='[[ $step != goals.json ]] || exit 4', unit="exit 1")
        self.assertEqual(self.check().returncode, 4)
        self.assertRegex(self.summary(), r"\| goals \| failed \| \d+ \| goals.log \| a verification failed \|")
        self.assertRegex(self.summary(), r"\| unit_tests \| failed ")
        self.assertRegex(self.summary(), r"\| full \| ok ")

    def test_a_missed_goal_fails_the_check(self):
        slow = json.loads(json.dumps(RESULT))
        slow["benchmarks"][0]["gpugauge"]["time_ns"]["median"] = 2e6
        self.result.write_text(json.dumps(slow))
        self.assertEqual(self.check().returncode, 1)
        self.assertIn("**missed**", self.summary())
        self.assertIn("a goal was missed", self.summary())

    def test_a_suite_that_takes_too_long_is_interrupted_and_what_it_had_counts(self):
        journal = json.dumps({"gpugauge_journal": 1, "context": RESULT["context"]}) + "\n" + \
            json.dumps({"benchmark": RESULT["benchmarks"][0]}) + '\n{"benchm'
        self.fake_programs(run=f"printf '%s' '{journal}' >\"$2.partial\"\n"
                               "trap 'exit 130' INT\nwhile :; do read -r -t 0.1 <> <(:) || true; done")
        result = self.check("--seconds", "11")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(self.summary(), r"\| goals \| time was up \| \d+ \| .* goals.json.partial \|")
        self.assertIn("| datasheet | skipped | 0 | - | no time left |", self.summary())
        self.assertIn("101.6%", self.summary())

    def test_without_a_card_it_says_so_and_ends_with_3(self):
        self.fake_programs(doctor="  NVIDIA card      missing  none on the PCI bus\n")
        result = self.check()
        self.assertEqual(result.returncode, 3)
        self.assertTrue(result.stderr.startswith("gpu_check: cuda:0 is not here, or does not work"), result.stderr)
        self.assertIn("none on the PCI bus", result.stderr)
        self.assertFalse(any(call.startswith("gpu_tests") for call in self.calls()))

    def test_without_programs_it_ends_with_3(self):
        (self.programs / "gpu_tests").unlink()
        result = self.check()
        self.assertEqual(result.returncode, 3)
        self.assertIn("has no gpugauge and gpu_tests", result.stderr)

    def test_a_portable_folder_needs_no_build(self):
        self.programs = self.checkout
        self.fake_programs()
        result = self.run_script("scripts/gpu_check.sh", self.output, dry=False, CUDA_HOME=str(self.system))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_it_builds_where_nothing_is_built(self):
        self.fake_tools()
        (self.bin / "python3").unlink()
        (self.bin / "python3").symlink_to(sys.executable)
        self.fake_nvcc(self.bin, "13.0")
        self.programs = self.checkout / "build"
        self.fake_programs()
        result = self.run_script("scripts/gpu_check.sh", self.output, dry=False, CUDA_HOME=str(self.system))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"cmake --build {self.checkout}/build --target gpugauge gpu_tests unit_cuda_tests", self.calls())

    def test_a_failed_build_ends_with_3_and_its_last_lines(self):
        self.fake_tools()
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           f'*--preset*) mkdir -p "{self.checkout}/build" ;; '
                           '*--build*) echo "error: expected ;"; exit 1 ;; esac')
        result = self.run_script("scripts/gpu_check.sh", self.output, dry=False, CUDA_HOME=str(self.system))
        self.assertEqual(result.returncode, 3)
        self.assertIn("error: expected ;", result.stderr)

    def test_bad_usage(self):
        for arguments in ([], ["a", "b"], ["--seconds", "0", "a"], ["--seconds", "x", "a"], ["--device", "cpu", "a"],
                          ["--build"], ["--what", "a"]):
            result = self.run_script("scripts/gpu_check.sh", *arguments, dry=False)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn("usage: gpu_check.sh", result.stderr)
            self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
        self.output.mkdir()
        (self.output / "something").touch()
        result = self.check()
        self.assertEqual(result.returncode, 2)
        self.assertIn("not an empty folder", result.stderr)

    def test_help_is_the_usage(self):
        result = self.check("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("\n  --seconds N ", result.stdout)
        self.assertFalse(self.output.exists())


if __name__ == "__main__":
    unittest.main()
