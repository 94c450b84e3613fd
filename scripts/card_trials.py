#!/usr/bin/env python3
"""Tries on a card what cannot be tried without one: interruptions, memory that runs out, what a record says of the card,
two nightly runs that must agree, and a planted slowdown that must be found.

usage: card_trials.py [--build DIR] [--device DEVICE] [--seconds N] [--steps A,B…] [--planted PROGRAM]
                      [--short-suite SUITE] [--long-suite SUITE] [--model MODEL] FOLDER

  doctor         it says that the device works
  interrupted    Ctrl-C in the middle of a run of the short suite: status 130, what was measured is kept, --resume finishes it
  killed         the same with SIGKILL
  record         its file says of the card: driver, power limit, ECC, MIG, PCIe link, clocks, power, throttling
  out_of_memory  a case that is larger than the device and one that does not fit beside what is there say so, the next runs
  nightly        the long suite twice; `compare` finds nothing slower
  ab_same        `ab` of a program against itself finds nothing slower
  ab_planted     `ab` against one that plant_slowdown.sh made finds it; skipped where there is none
  report         a page of all result files

Programs are those of --build: a build folder or what package.sh made (the folder of this script, or build/). The planted one is
gpugauge-planted beside them, unless --planted names another. FOLDER gets summary.md, result files and the logs; a step that
fails does not stop the others, and none outlasts --seconds (560).

Exit status: 0 done; 1 done, and a step failed; 2 the command line is wrong; 3 no program or no device; 130 interrupted.
"""

import argparse
import json
import pathlib
import re
import signal
import subprocess
import sys
import time

from card_record import facts_of, missing_in
from command_line import check_new_folder, find_program
from result_file import WrongInput, require_measured

FEWEST_SECONDS = 10  # with less left no step is begun
# What is judged by `ab`, of the short suite: the kernels in which plant_slowdown.sh plants.
AB_FILTER = {"cuda": "gate_up.*/linear_stream/cold", "cpu": "memory/(read|copy)/"}
MEMORY_KERNEL = {"cuda": "stream", "cpu": "openmp"}


class Failed(Exception):
    pass


class Skipped(Exception):
    pass


class TimeUp(Exception):
    pass


def load(path):
    result = json.loads(path.read_bytes())
    try:
        require_measured(path, result)
    except WrongInput as error:
        raise Failed(str(error)) from None
    return result


def last_line(text):
    lines = text.strip().splitlines()
    return lines[-1] if lines else "nothing was said"


def measured_in(journal):
    """Cases in a file that is being written."""
    return journal.read_bytes().count(b'{"benchmark":') if journal.exists() else 0


class Trials:
    def __init__(self, arguments):
        self.arguments, self.folder, self.program = arguments, arguments.folder, arguments.build / "gpugauge"
        self.backend = arguments.device.split(":")[0]
        self.deadline = time.monotonic() + arguments.seconds
        self.rows, self.failed = [], False

    # ---- processes

    def seconds_left(self):
        return self.deadline - time.monotonic()

    def start(self, step, *arguments):
        with (self.folder / f"{step}.log").open("a", encoding="utf-8") as log:
            return subprocess.Popen([self.program, *map(str, arguments)], stdout=log, stderr=log,
                                    stdin=subprocess.DEVNULL)

    def wait(self, process, limit):
        """Its status; after the limit it is interrupted, as by Ctrl-C, and TimeUp."""
        try:
            return process.wait(max(1, min(limit, self.seconds_left())))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            raise TimeUp(f"{process.args[1]} was interrupted") from None

    def gpugauge(self, step, *arguments, limit=float("inf")):
        return self.wait(self.start(step, *arguments), limit)

    def run_arguments(self, output, suite):
        return ["run", "--suite", suite, "--device", self.arguments.device, "--redact", "-o", output]

    def said(self, step):
        return last_line((self.folder / f"{step}.log").read_text(encoding="utf-8", errors="replace"))

    # ---- steps: a note, or an exception

    def doctor(self):
        status = self.gpugauge("doctor", "doctor")
        text = (self.folder / "doctor.log").read_text(encoding="utf-8")
        found = re.search(rf"^ *{self.arguments.device}  *ok  *(.*)$", text, re.MULTILINE)
        if not found or status != 0:
            raise Failed(f"{self.arguments.device} is not ok (status {status})")
        return found.group(1).strip()

    def ended_early(self, step, sent, expected):
        """A run that ends in the middle, and what --resume makes of it."""
        output = self.folder / f"{step}.json"
        journal = output.with_name(output.name + ".partial")
        process = self.start(step, *self.run_arguments(output, self.arguments.short_suite))
        while process.poll() is None and measured_in(journal) < 2:
            if self.seconds_left() <= 0:
                self.wait(process, 0)
            time.sleep(0.005)
        time.sleep(0.05)  # then it is amid the next case
        asked = time.monotonic()
        process.send_signal(sent)
        status = self.wait(process, 30)
        took = time.monotonic() - asked
        if status != expected:
            raise Failed(f"ended with status {status}, expected {expected}")
        if not journal.exists():
            raise Failed(f"{journal.name} was not kept")
        if self.gpugauge(step, "show", journal, "--format", "json") != 0:
            raise Failed(f"{journal.name} cannot be read: {self.said(step)}")
        kept = measured_in(journal)
        status = self.gpugauge(step, "run", "--device", self.arguments.device, "--redact", "--resume", journal)
        if status != 0:
            raise Failed(f"--resume ended with status {status}: {self.said(step)}")
        record = load(output)["context"]["gpugauge"]
        if not record["complete"] or len(record["sessions"]) != 2:
            raise Failed(f"the resumed file is not complete, or has {len(record['sessions'])} sessions, expected 2")
        return f"ended within {took:.1f} s, {kept} cases kept, {len(record['planned'])} after --resume"

    def interrupted(self):
        return self.ended_early("interrupted", signal.SIGINT, 130)

    def killed(self):
        return self.ended_early("killed", signal.SIGKILL, -signal.SIGKILL)

    def any_result(self):
        """Of this folder: the first that is there."""
        found = [path for name in ("interrupted", "killed", "nightly-1") for path in [self.folder / f"{name}.json"]
                 if path.exists()]
        if not found:
            raise Skipped("needs the file of interrupted, killed or nightly")
        return load(found[0])

    def record(self):
        result = self.any_result()
        missing = missing_in(result)
        if missing:
            raise Failed(f"does not say {', '.join(missing)}")
        return facts_of(result)

    def out_of_memory(self):
        whole = self.any_result()["context"]["gpugauge"]["device"]["memory_bytes"] >> 20
        suite = self.folder / "out_of_memory.yaml"
        suite.write_text(
            "name: out_of_memory\ndescription: more than there is, and a case that must be measured all the same\n"
            "settle_seconds: 0\nentries:\n"
            f"  - {{family: memory, backend: {self.backend}, implementations: [{MEMORY_KERNEL[self.backend]}], "
            f"patterns: [read], sizes: [{2 * whole}MiB, {whole}MiB, 1MiB],\n"
            "     sampling: {warmup_seconds: 0.05, case_seconds: 0.1}}\n", encoding="utf-8")
        output = self.folder / "out_of_memory.json"
        status = self.gpugauge("out_of_memory", *self.run_arguments(output, suite))
        if not output.exists():
            raise Failed(f"status {status}: {self.said('out_of_memory')}")
        result = load(output)
        refused = result["context"]["gpugauge"]["not_measured"]
        statuses = [row["status"] for row in refused if row["reason"]]
        if len(statuses) != 2 or not set(statuses) <= {"unsupported", "failed"} or len(result["benchmarks"]) != 1:
            raise Failed(f"{len(result['benchmarks'])} measured, {len(statuses)} refused with a reason, expected 1 and 2")
        return "; ".join(f"{row['status']}: {row['reason']}" for row in refused)

    def nightly(self):
        files, late = [], 0
        model = ["--model", self.arguments.model] if self.arguments.model else []
        for turn in (1, 2):
            output = self.folder / f"nightly-{turn}.json"
            half = self.seconds_left() if turn == 2 else self.seconds_left() / 2
            try:
                status = self.gpugauge("nightly", *self.run_arguments(output, self.arguments.long_suite), *model,
                                       limit=half - 5)
            except TimeUp:
                late, output = late + 1, output.with_name(output.name + ".partial")
            else:
                if status != 0:
                    raise Failed(f"run {turn} ended with status {status}: {self.said('nightly')}")
            files.append(output)
        status = self.gpugauge("compare", "compare", *files, "--fail-on", "slower")
        if status == 1:
            raise Failed("compare finds something slower: compare.log")
        if status != 0:
            raise Failed(f"compare ended with status {status}: {self.said('compare')}")
        if late:
            raise TimeUp(f"{late} of 2 runs ended early; nothing that both have is slower")
        return "nothing is slower"

    def ab(self, step, other):
        arguments = ["--suite", self.arguments.short_suite, "--device", self.arguments.device, "--rounds", 5, "--filter",
                     AB_FILTER[self.backend], "-o", self.folder / step]
        status = self.gpugauge(step, "ab", self.program, other, *arguments)
        if status not in (0, 1):
            raise Failed(f"ab ended with status {status}: {self.said(step)}")
        return status == 1

    def ab_same(self):
        if self.ab("ab_same", self.program):
            raise Failed("ab finds a program slower than itself: ab_same.log")
        return "nothing is slower"

    def ab_planted(self):
        planted = self.arguments.planted or self.arguments.build / "gpugauge-planted"
        if not planted.is_file():
            raise Skipped(f"no {planted.name}: scripts/plant_slowdown.sh makes one")
        if not self.ab("ab_planted", planted):
            raise Failed("ab does not find what was planted: ab_planted.log")
        return "the planted slowdown is found"

    def report(self):
        files = [path for path in sorted(self.folder.glob("*.json")) if path.stem != "out_of_memory"]
        if not files:
            raise Skipped("no result file")
        if self.gpugauge("report", "report", *files, "-o", self.folder / "report.html") != 0:
            raise Failed(self.said("report"))
        return f"report.html of {len(files)} files"

    # ---- all of them

    def step(self, name):
        begun = time.monotonic()
        try:
            if self.seconds_left() < FEWEST_SECONDS:
                raise Skipped("no time left")
            status, note = "ok", getattr(self, name)()
        except Failed as error:
            self.failed, status, note = True, "failed", str(error)
        except Skipped as error:
            status, note = "skipped", str(error)
        except TimeUp as error:
            status, note = "time was up", str(error)
        took = time.monotonic() - begun
        log = f"{name}.log" if (self.folder / f"{name}.log").exists() else "-"
        self.rows.append(f"| {name} | {status} | {took:.0f} | {log} | {note} |")
        say(f"{name}: {status}, {took:.0f} s ({note})")
        return status

    def write_summary(self):
        lines = ["# Card trials", "", "| step | status | seconds | log | |", "|---|---|---:|---|---|", *self.rows]
        (self.folder / "summary.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
        say(self.folder / "summary.md")


STEPS = ["doctor", "interrupted", "killed", "record", "out_of_memory", "nightly", "ab_same", "ab_planted", "report"]


def say(text):
    print(f"card_trials: {text}", file=sys.stderr)


def steps_of(text):
    names = text.split(",")
    for name in names:
        if name not in STEPS:
            raise argparse.ArgumentTypeError(f"no step '{name}', expected some of {','.join(STEPS)}")
    return [name for name in STEPS if name in names]


def parse_arguments():
    parser = argparse.ArgumentParser(description="what can only be tried on a card")
    parser.add_argument("folder", type=pathlib.Path, metavar="FOLDER")
    parser.add_argument("--build", type=pathlib.Path, default=find_program().parent, metavar="DIR")
    parser.add_argument("--device", default="cuda:0", help="cuda:N or cpu (default: cuda:0)")
    parser.add_argument("--seconds", type=float, default=560, help="time limit in seconds (default: 560)")
    parser.add_argument("--steps", type=steps_of, default=STEPS, metavar="A,B…")
    parser.add_argument("--planted", type=pathlib.Path, metavar="PROGRAM")
    parser.add_argument("--short-suite", default="quick", help="suite to interrupt and for ab (default: quick)")
    parser.add_argument("--long-suite", default="nightly", help="suite to run twice (default: nightly)")
    parser.add_argument("--model", help="model of the long suite, in place of its own")
    arguments = parser.parse_args()
    if not re.fullmatch(r"cpu|cuda:\d+", arguments.device):
        parser.error(f"--device is '{arguments.device}', expected cuda:N or cpu")
    if not 0 < arguments.seconds < float("inf"):
        parser.error(f"--seconds is {arguments.seconds:g}, expected a number above 0")
    check_new_folder(parser, arguments.folder)
    return arguments


def main():
    arguments = parse_arguments()
    arguments.build = arguments.build.resolve()
    if not (arguments.build / "gpugauge").is_file():
        say(f"'{arguments.build}' has no gpugauge, expected a build or what package.sh makes")
        sys.exit(3)
    arguments.folder = arguments.folder.resolve()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    trials = Trials(arguments)
    if trials.step("doctor") != "ok":
        sys.stderr.write((arguments.folder / "doctor.log").read_text(encoding="utf-8"))
        sys.exit(3)
    try:
        for name in arguments.steps:
            if name != "doctor":
                trials.step(name)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
    finally:
        trials.write_summary()
    sys.exit(1 if trials.failed else 0)


if __name__ == "__main__":
    main()
