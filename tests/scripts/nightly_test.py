"""scripts/nightly.sh: its processes, its rerun, what it keeps, and how it ends."""

import fcntl
import os
import shutil
import signal
import subprocess
import time
import unittest

from sandbox import SOURCE, ScriptTest


class NightlyTest(ScriptTest):
    def setUp(self):
        super().setUp()
        for tool in ("cat", "date", "flock", "grep", "sleep", "tail", "tee", "timeout"):
            path = self.bin / tool
            if not path.exists():
                path.symlink_to(shutil.which(tool))
        self.history = self.checkout.parent / "the history"
        self.fake_program()

    def fake_program(self, run="", check="exit 0", rerun="exit 0", add="", counts="{}"):
        """What `run`, `track check` without and with --rerun, and `track add` do beyond being logged."""
        self.program = self.fake("gpugauge", f'''case $* in
  *" run "*) {run}
    while [[ $1 != -o ]]; do shift; done; echo "{{}}" >"$2" ;;
  *"--format json"*) echo '{counts}' ;;
  *"--format github"*) ;;
  *--rerun*) echo "| after a rerun |"; {rerun} ;;
  *"track check"*) echo "| tonight |"; {check} ;;
  *"track add"*) {add} ;;
esac''', self.checkout.parent / "made elsewhere")

    def nightly(self, *arguments):
        return self.run_script("scripts/nightly.sh", "--gpugauge", self.program, "--history", self.history,
                               "--cool-down", "0", *arguments, dry=False)

    def runs(self):
        return [call for call in self.calls() if " run " in call]

    def adds(self):
        return [call for call in self.calls() if "track add" in call]

    def night(self):
        (folder,) = self.history.with_name(self.history.name + ".nights").iterdir()
        return folder

    def test_a_quiet_night(self):
        result = self.nightly()
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertEqual([call.split("--turn ")[1].split()[0] for call in self.runs()],
                         ["1/5", "2/5", "3/5", "4/5", "5/5"])
        self.assertIn("| tonight |", result.stdout)
        self.assertEqual(len(self.adds()), 1)
        for name in ("run-1.json", "run-5.json", "check.md", "check.json", "check.github", "nightly.log"):
            self.assertTrue((self.night() / name).exists(), name)
        self.assertIn("exit status 0", (self.night() / "nightly.log").read_text())

    def test_options_reach_the_run(self):
        self.nightly("--processes", "1", "--suite", "full", "--device", "cuda:1", "--", "--filter", "a b")
        (run,) = self.runs()
        for part in ("--suite full", "--device cuda:1", "--turn 1/1", "--filter a b"):
            self.assertIn(part, run)

    def test_the_whole_night_is_of_one_date(self):
        self.nightly("--processes", "2", "--night", "2026-01-31")
        for call in self.calls():
            if " track " in call:
                self.assertIn("--night 2026-01-31", call)

    def test_the_status_of_the_check_is_passed_on_and_the_night_is_kept(self):
        for status in (1, 5, 6):
            with self.subTest(status):
                self.fake_program(check=f"exit {status}")
                self.assertEqual(self.nightly("--processes", "1").returncode, status)
                shutil.rmtree(self.history.with_name(self.history.name + ".nights"))
        self.assertEqual(len(self.adds()), 3)

    def test_a_suspicion_is_measured_again_and_the_rerun_decides(self):
        for status, expected in (("0", 0), ("1", 1)):
            with self.subTest(expected):
                self.log.unlink(missing_ok=True)
                self.fake_program(check="exit 7", rerun=f"exit {status}")
                result = self.nightly("--processes", "2")
                self.assertEqual(result.returncode, expected, result.stdout)
                self.assertEqual(len(self.runs()), 4)
                self.assertIn("| after a rerun |", result.stdout)
                self.assertNotIn("rerun-1.json", self.adds()[0])
                shutil.rmtree(self.history.with_name(self.history.name + ".nights"))

    def test_a_case_that_needs_its_rerun_gets_it_beside_a_regression(self):
        self.fake_program(check="exit 1", rerun="exit 1", counts='{"counts": [{"regression": 1, "needs_rerun": 1}]}')
        self.assertEqual(self.nightly("--processes", "2").returncode, 1)
        self.assertEqual(len(self.runs()), 4)

    def test_a_regression_alone_is_not_measured_again(self):
        self.fake_program(check="exit 1", counts='{"counts": [{"regression": 1, "needs_rerun": 0}]}')
        self.nightly("--processes", "2")
        self.assertEqual(len(self.runs()), 2)

    def test_a_wrong_result_outweighs_the_check(self):
        self.fake_program(run='status=4; trap "exit 4" EXIT')
        self.assertEqual(self.nightly("--processes", "1").returncode, 4)

    def test_a_run_in_which_cases_failed_still_counts(self):
        self.fake_program(run='trap "exit 3" EXIT')
        result = self.nightly("--processes", "1")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("some cases could not be run", result.stdout)

    def test_a_run_in_which_cases_crashed_or_hung_still_counts_and_says_how_many(self):
        self.fake_program(run='echo "40 verified, 0 unsupported, 0 failed, 2 crashed, 1 hung"; trap "exit 3" EXIT')
        result = self.nightly("--processes", "1")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("run-1: 2 crashed, 1 hung could not be run: ", result.stdout)
        self.assertEqual(len(self.adds()), 1)

    def test_a_wrong_option_ends_the_night_at_once(self):
        self.fake_program(run="exit 2")
        self.assertEqual(self.nightly("--processes", "2").returncode, 2)
        self.assertEqual(len(self.runs()), 1)
        self.assertEqual(self.adds(), [])

    def test_a_night_without_any_result_is_recorded_as_such_and_the_next_one_works(self):
        teller = self.fake("teller")
        for status in (1, 3, 139):
            with self.subTest(status):
                self.log.unlink(missing_ok=True)
                self.fake_program(run=f'echo "gpugauge: cuda:0 is gone" >&2; exit {status}')
                result = self.nightly("--processes", "2", "--notify", teller)
                self.assertEqual(result.returncode, 3, result.stdout)
                self.assertEqual(len(self.runs()), 2)
                self.assertEqual(self.adds(), [])
                check = (self.night() / "check.md").read_text()
                self.assertTrue(check.startswith("Nothing was measured tonight:\n"), check)
                self.assertIn(f"- run-2: gpugauge run ended with status {status}: gpugauge: cuda:0 is gone\n", check)
                self.assertIn(f"teller {self.night()} 3", self.calls())
                shutil.rmtree(self.history.with_name(self.history.name + ".nights"))
        self.fake_program()
        self.assertEqual(self.nightly("--processes", "2").returncode, 0)

    def test_a_process_without_a_result_costs_its_own_turn(self):
        self.fake_program(run='[[ $* != *"--turn 2/3"* ]] || exit 3')
        result = self.nightly("--processes", "3")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertIn("run-2: gpugauge run ended with status 3: nothing was said", result.stdout)
        self.assertEqual(len(self.runs()), 3)
        (add,) = self.adds()
        self.assertIn("run-1.json", add)
        self.assertNotIn("run-2.json", add)

    def test_a_process_that_was_killed_is_continued_once(self):
        self.fake_program(run='''case $* in
    *--resume*) file=${@: -1}; echo "{}" >"${file%.partial}"; exit 3 ;;
    *"--turn 1/2"*) while [[ $1 != -o ]]; do shift; done; : >"$2.partial"; kill -SEGV $$ ;;
  esac''')
        result = self.nightly("--processes", "2")
        self.assertEqual(result.returncode, 0, result.stdout)
        self.assertEqual(len(self.runs()), 3)
        self.assertIn("run-1: gpugauge run ended with status 139, and is continued", result.stdout)
        self.assertIn("run-1.json", self.adds()[0])

    def test_a_suspicion_that_cannot_be_measured_again_is_inconclusive(self):
        self.fake_program(run='[[ $* != *rerun* ]] || exit 3', check="exit 7")
        self.assertEqual(self.nightly("--processes", "1").returncode, 5)
        self.assertEqual(len(self.adds()), 1)

    def test_time_is_up(self):
        self.fake_program(run="exec sleep 30")
        result = self.nightly("--seconds", "1")
        self.assertEqual(result.returncode, 3)
        self.assertIn("- time was up after 1 s", (self.night() / "check.md").read_text())

    def test_what_was_measured_before_time_was_up_is_kept(self):
        self.fake_program(run='[[ $* == *"--turn 1/2"* ]] || exec sleep 30')
        result = self.nightly("--seconds", "2", "--processes", "2")
        self.assertEqual(result.returncode, 3)
        self.assertIn("time is up after 2 s", result.stdout)
        self.assertIn("| tonight |", result.stdout)
        self.assertIn("run-1.json", self.adds()[0])

    def test_a_night_that_cannot_be_kept_is_no_success(self):
        self.fake_program(add="exit 3")
        self.assertEqual(self.nightly("--processes", "1").returncode, 3)

    def test_two_at_once(self):
        lock = self.history.with_name(self.history.name + ".lock")
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            result = self.nightly()
        self.assertEqual(result.returncode, 3)
        self.assertIn("another nightly.sh uses", result.stderr)
        self.assertEqual(self.calls(), [])

    def test_what_it_starts_does_not_hold_the_lock(self):
        self.fake_program(run="{ : >&9; } 2>/dev/null && echo inherited >&2")
        self.assertNotIn("inherited", self.nightly("--processes", "1").stdout)

    def test_interrupted(self):
        self.fake_program(run="exec sleep 30")
        command = [self.checkout / "scripts/nightly.sh", "--gpugauge", self.program, "--history", self.history]
        process = subprocess.Popen(command, env={"PATH": str(self.bin)}, text=True, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        while not self.runs():
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does, and systemd
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130, output)

    def test_it_tells(self):
        teller = self.fake("teller")
        self.fake_program(check="exit 1")
        self.nightly("--processes", "1", "--notify", teller)
        (call,) = [call for call in self.calls() if call.startswith("teller")]
        self.assertEqual(call, f"teller {self.night()} 1")

    def test_a_teller_that_fails_changes_nothing(self):
        self.assertEqual(self.nightly("--processes", "1", "--notify", self.fake("teller", "exit 9")).returncode, 0)

    def test_help_is_the_usage_unless_it_is_for_the_run(self):
        result = self.nightly("--help")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertIn("\n  --cool-down N ", result.stdout)
        self.assertEqual(self.calls(), [])
        self.nightly("--processes", "1", "--", "--help")
        self.assertTrue(self.runs()[0].endswith(" --help"), self.runs())

    def test_wrong_arguments(self):
        for arguments, word in ((["--processes", "0"], "--processes"), (["--seconds", "soon"], "--seconds"),
                                (["--cool-down", "-1"], "--cool-down"), (["--sweet", "x"], "--sweet"),
                                (["--suite"], "--suite"), (["--notify", "/nowhere"], "/nowhere")):
            with self.subTest(arguments):
                result = self.nightly(*arguments)
                self.assertEqual(result.returncode, 2)
                self.assertEqual(len(result.stderr.splitlines()), 1, result.stderr)
                self.assertIn(word, result.stderr)
        self.assertEqual(self.calls(), [])

    def test_the_unit_files_name_what_is_there(self):
        service = (SOURCE / "scripts/nightly/gpugauge-nightly.service").read_text()
        self.assertIn("/scripts/nightly.sh --history", service)
        self.assertTrue((SOURCE / "scripts/nightly/gpugauge-nightly.timer").exists())


if __name__ == "__main__":
    unittest.main()
