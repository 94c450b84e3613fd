"""scripts/run.sh, scripts/test.sh and .ci/run: what they pass on and how they end."""

import shutil
import sys
import unittest

from sandbox import SOURCE, ScriptTest

JUNIT = """<?xml version="1.0"?>
<testsuite>
  <testcase name="unit.Plain.Passes" status="run"><system-out>fine</system-out></testcase>
  <testcase name="gpu.Device.Opens" status="notrun"><skipped message="SKIP_RETURN_CODE"/>
    <system-out>[ RUN      ] Device.Opens
/src/device_test.cpp:12: Skipped
no NVIDIA driver

[  SKIPPED ] Device.Opens (0 ms)</system-out></testcase>
  <testcase name="lint.format" status="notrun"><skipped message="SKIP_RETURN_CODE"/>
    <system-out>lint: format skipped: clang-format 14 is not installed
</system-out></testcase>
</testsuite>
"""


class CommandsTest(ScriptTest):
    def setUp(self):
        super().setUp()
        self.fake_tools()
        program = self.checkout / "build/gpugauge"
        self.fake("gpugauge", 'pwd\nprintf "<%s>" "$@"\nexit 4', program.parent)

    def fake_ctest(self, status):
        junit = self.checkout / "junit.xml"
        junit.write_text(JUNIT)
        # It writes where --output-junit says.
        self.fake("ctest", 'while [[ $1 != --output-junit ]]; do shift; done\n'
                           f'cat "{junit}" >"$2"\n'
                           'printf "1/3 Test #1: unit.Plain.Passes ... Passed\\n\\n"\n'
                           'printf "67%% tests passed, 1 tests failed out of 3\\n\\nTotal Test time = 1 sec\\n"\n'
                           f'exit {status}')
        (self.bin / "python3").unlink()
        (self.bin / "python3").symlink_to(sys.executable)

    def test_run_passes_arguments_folder_and_status_on(self):
        result = self.run_script("scripts/run.sh", "--output", "my file.json", "--", "*", dry=False, cwd=self.system)
        self.assertEqual(result.stdout, f"{self.system}\n<run><--output><my file.json><--><*>")
        self.assertEqual(result.returncode, 4)
        self.assertIn(f"cmake --build {self.checkout}/build --target gpugauge", self.calls())

    def test_run_refuses_a_wrong_argument_before_anything_is_installed_or_built(self):
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        for arguments, said in (
                (["--out", "x"], "'--out' is not an option here; did you mean '--output'?"),
                (["--redact", "results"], "'results' is not an option here"),
                (["--redact=1"], "--redact takes no value, found '1'"),
                (["--output"], "--output has no value, expected PATH"),
                (["--suite", "--redact"], "--suite has no value, expected SUITE"),
                (["-s", "quik"], "did you mean 'quick'?"),
                (["--suite=quick,full"], "'quick,full'"),
                (["--model", "llama-3.1-8b,lama-3.1-8b"], "--model is 'lama-3.1-8b'"),
                (["--device", "gpu"], "--device is 'gpu', expected cpu, cuda:N or best"),
                (["--batch", "1,0"], "--batch is '0', expected a number from 1 to 65536"),
                (["-q", "--batch=many"], "--batch is 'many'"),
                (["--hourly", "x"], "--hourly is 'x', expected CARD=DOLLARS per GPU-hour (l40s=0.72)"),
                (["--hourly", "2,h100=x"], "--hourly is 'h100=x', expected CARD=DOLLARS per GPU-hour"),
                (["--hourly=-2"], "--hourly is '-2', expected CARD=DOLLARS per GPU-hour"),
                (["--out", "--help"], "'--out' is not an option here"),
                (["--turn", "3/2"], "--turn is '3/2', expected K/N such as 2/5"),
                (["--model", "Qwen/Qwen9-14B"], "--model is 'Qwen/Qwen9-14B', expected one of"),
                (["-o", __file__], f"--output: {__file__}: already exists; continue it with --resume"),
                (["--resume", "nowhere.json"], "--resume: nowhere.json: no such file")):
            with self.subTest(arguments=arguments):
                result = self.run_script("scripts/run.sh", *arguments, dry=False)
                self.assertEqual(result.returncode, 2)
                self.assertIn(said, result.stderr)
                self.assertEqual(len(result.stderr.splitlines()), 1)
                self.assertEqual([call for call in self.calls() if not call.startswith("dpkg")], [])

    def test_run_refuses_a_card_or_a_place_that_is_not_there_before_anything_is_installed_or_built(self):
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        for arguments, said in (
                (["--device", "cuda:0"], "--device is 'cuda:0', and there is no NVIDIA driver here"),
                (["-o", f"{__file__}/x.json"], f"{__file__} is a file, expected a folder"),
                (["-o", str(self.system)], f"--output: {self.system}: is a folder, expected the file to write")):
            with self.subTest(arguments=arguments):
                result = self.run_script("scripts/run.sh", *arguments, dry=False)
                self.assertEqual((result.returncode, len(result.stderr.splitlines())), (3, 1), result.stderr)
                self.assertIn(said, result.stderr)
        self.fake("nvidia-smi", "[[ $* != -L ]] || printf 'GPU 0: NVIDIA L40S\\nGPU 1: NVIDIA L40S\\n'")
        self.fake_nvcc(self.bin, "13.0")
        result = self.run_script("scripts/run.sh", "-d", "cuda:2", dry=False)
        self.assertEqual(result.returncode, 3)
        self.assertIn("--device is 'cuda:2', expected cuda:0 to cuda:1: nvidia-smi lists 2\n", result.stderr)
        self.assertEqual(self.run_script("scripts/run.sh", "-d", "cuda:1", dry=False).returncode, 4)
        self.assertIn("GPUGAUGE_CUDA=OFF builds for the CPU only",
                      self.run_script("scripts/run.sh", "-d", "cuda:1", dry=False, GPUGAUGE_CUDA="OFF").stderr)

    def test_a_dry_run_says_what_it_takes_and_does_nothing(self):
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        (self.checkout / "build/gpugauge").unlink()
        result = self.run_script("scripts/run.sh", "--suite", "quick")
        self.assertRegex(result.stderr.splitlines()[0], r"^setup: first build: about \d+ (s|min) \(.*\); later 0 s\. Only minutes\?")
        self.assertEqual(result.stderr.splitlines()[-1],
                         "would run: " + f"{self.checkout}/build/gpugauge run --suite quick".replace("a checkout", "a\\ checkout"))
        self.assertEqual(result.stdout, "")

    def test_run_s_help_lists_the_options_without_an_installation_or_a_build(self):
        for arguments in (["--help"], ["-h"], ["-qh"], ["--help", "--out"], ["--suite", "quick", "--help"]):
            with self.subTest(arguments=arguments):
                shutil.copytree(SOURCE / "configs", self.checkout / "configs", dirs_exist_ok=True)
                result = self.run_script("scripts/run.sh", *arguments, dry=False)
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                for line in ("  -s, --suite SUITE\n", "  --batch N, from 1 to 65536\n", "  --redact\n", "build/gpugauge run --help"):
                    self.assertIn(line, result.stdout)
        self.assertEqual(self.calls(), [])

    def test_run_takes_what_the_program_takes(self):
        shutil.copytree(SOURCE / "configs", self.checkout / "configs")
        for arguments in (["-squick", "-qv"], ["--batch", "1,64", "--hourly=2.5"], ["--filter", "-gemm"],
                          ["--suite", str(SOURCE / "configs/suites/quick.yaml")], ["--hourly", "h100=2"],
                          ["--hourly", "l40s=$2.5,h100=2"], ["--version", "--out"], ["--hourly=$2"], ["--turn", "2/5"],
                          ["--model", "Qwen/Qwen3-14B,meta-llama/Llama-3.1-8B-Instruct,mistralai/Mixtral-8x7B-Instruct-v0.1"],
                          ["-o", __file__, "--overwrite"], ["-o", str(self.system / "new/x.json")]):
            with self.subTest(arguments=arguments):
                self.assertEqual(self.run_script("scripts/run.sh", *arguments, dry=False).returncode, 4)

    def test_run_keeps_the_build_s_own_words_off_the_output(self):
        self.run_script("scripts/run.sh", dry=False)  # configures
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           '*) echo "[0/2] Re-checking globbed directories..."; echo "[1/1] Build facts"; '
                           'echo "[1/9] Building CXX object a.o"; echo "ninja: no work to do." ;; esac')
        result = self.run_script("scripts/run.sh", dry=False)
        self.assertEqual(result.stderr, "")
        self.assertNotIn("[", result.stdout)

    def test_a_build_says_how_long_it_takes_and_nothing_of_its_steps_in_a_log(self):
        (self.bin / "tr").symlink_to(shutil.which("tr"))
        self.fake("ninja", '[[ $* == *" -n "* ]] && count=30 || count=60\n'
                           'for ((i = 1; i <= count; ++i)); do echo "[$i/$count] Building a.o"; done')
        self.fake("nproc", "echo 4")
        self.run_script("scripts/setup.sh", dry=False)
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           '*) echo "[1/9] Building CXX object a.o"; echo "a.cpp:3: warning: odd" ;; esac')
        result = self.run_script("scripts/run.sh", dry=False)
        begin, warning = result.stderr.splitlines()
        self.assertRegex(begin, r"^setup: building, 30 of 60 steps: about \d+ (s|min) \(estimated .* for 4 cores\)$")
        self.assertEqual(warning, "a.cpp:3: warning: odd")

    def test_a_failed_build_ends_the_run(self):
        self.fake("cmake", 'case "$*" in --version) echo "cmake version 3.25.1" ;; '
                           '*--build*) echo "error: expected ;"; exit 1 ;; esac')
        result = self.run_script("scripts/run.sh", dry=False)
        self.assertEqual(result.returncode, 1)
        self.assertIn("error: expected ;", result.stderr)
        self.assertEqual(result.stdout, "")

    def test_test_ends_with_the_summary_after_the_reasons_and_with_its_status(self):
        self.fake_ctest(status=8)
        result = self.run_script("scripts/test.sh", "-R", "a b", dry=False)
        self.assertEqual(result.returncode, 8, result.stderr)
        self.assertTrue(any(line.startswith("ctest ") and line.endswith(" -R a b") for line in self.calls()))
        self.assertTrue(result.stdout.endswith(
            "\nSkipped, clang-format 14 is not installed:\n  lint.format\n"
            "\nSkipped, no NVIDIA driver:\n  gpu.Device.Opens\n"
            "67% tests passed, 1 tests failed out of 3\n\nTotal Test time = 1 sec\n"), result.stdout)
        self.assertEqual(result.stdout.count("tests passed"), 1)

    def test_ci_runs_the_tests(self):
        self.fake_ctest(status=0)
        shutil.copytree(SOURCE / ".ci", self.checkout / ".ci")
        result = self.run_script(".ci/run", dry=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("67% tests passed", result.stdout)


if __name__ == "__main__":
    unittest.main()
